"""Where a setting stands: the line of the file, or the environment variable."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
	import tomllib
else:
	import tomli as tomllib

PREFIX = "AI_ASSISTANT_"

Key = tuple[int | str, ...]
"""`("providers", 0, "name")`"""


@dataclass(frozen=True)
class Source:
	"""A settings file, beneath the environment."""

	path: Path
	text: str

	def place(self, key: Key) -> str:
		"""`AI_ASSISTANT_LIMITS__WAIT`, or `ai-assistant.toml:12`; what encloses the key where it is not itself there."""
		variables = [name for name in _variables(key) if name in os.environ]
		depth, line = self._find(key)
		if variables and (variables[0] == _variables(key)[0] or depth < len(key)):
			return variables[0]
		return f"{self.path}:{line}"

	def _find(self, key: Key) -> tuple[int, int]:
		"""How much of the key the file has, and the line on which the statement that brings it begins.

		TOML's own parser finds it: each beginning of the file that is whole knows one statement more.
		"""
		lines = self.text.splitlines(keepends=True)
		depth, found, statement = 0, 1, 1
		for number in range(1, len(lines) + 1):
			try:
				values = tomllib.loads("".join(lines[:number]))
			except tomllib.TOMLDecodeError:
				continue
			if (reached := _depth(values, key)) > depth:
				depth, found = reached, statement
			statement = number + 1
		return depth, found


def _depth(value: Any, key: Key) -> int:
	"""How many steps into the value the key leads."""
	for depth, step in enumerate(key):
		try:
			value = value[step]
		except (KeyError, IndexError, TypeError):
			return depth
	return len(key)


def _variables(key: Key) -> list[str]:
	"""The variables that may have set it, the most particular one first."""
	steps = [str(step).upper() for step in key]
	return [PREFIX + "__".join(steps[:length]) for length in range(len(steps), 0, -1)]
