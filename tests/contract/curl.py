"""`curl -N`, as people try a stream."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.host import Host


@dataclass(frozen=True)
class Sent:
	"""One block of a stream: a comment, or an event with its data and perhaps an id."""

	comment: str = ""
	id: str = ""
	data: str = ""

	@property
	def value(self) -> Any:
		return json.loads(self.data)


@dataclass
class Stream:
	"""`head` is in lower case. `blocks` come as they arrive."""

	head: str
	blocks: Iterator[Sent]

	def events(self) -> Iterator[Sent]:
		return (block for block in self.blocks if block.data)


@contextmanager
def curl(host: Host, method: str, *options: str) -> Iterator[Stream]:
	"""Asks as ann; at the end it is killed, if it still reads."""
	program = shutil.which("curl")
	if not program:
		pytest.skip("curl is not installed.")
	token = f"Authorization: token {host.tokens['ann']}"
	command = [program, "-N", "--silent", "--include", "--max-time", "30", "--header", token, *options]
	url = f"{host.url}/api/method/ai_assistant.api.{method}"
	with subprocess.Popen([*command, url], stdout=subprocess.PIPE, text=True) as process:
		assert process.stdout is not None
		lines = (line.rstrip("\n") for line in process.stdout)
		try:
			yield Stream("\n".join(iter(lines.__next__, "")).lower(), _blocks(lines))
		finally:
			process.kill()


def posted(**parameters: Any) -> tuple[str, ...]:
	return "--header", "Content-Type: application/json", "--data", json.dumps(parameters)


def _blocks(lines: Iterator[str]) -> Iterator[Sent]:
	fields: dict[str, str] = {}
	for line in lines:
		if line:
			name, _, value = line.partition(": ")
			fields[name or "comment"] = value
		elif fields:
			yield Sent(fields.get("comment", ""), fields.get("id", ""), fields.get("data", ""))
			fields = {}
