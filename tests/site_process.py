"""A site as its own process, and the command line as people call it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ai_assistant.core.settings import Model, Provider
from ai_assistant.hosts.standalone.administration import accounts_of
from ai_assistant.hosts.standalone.demo import as_toml, running_site
from ai_assistant.hosts.standalone.settings import FILE

FAST, SLOW = "reasoner@500", "reasoner@20"
"""Models of the scripted provider: deltas per second."""

WAIT = 60.0
"""Seconds that any command is given."""


@dataclass(frozen=True)
class SiteProcess:
	"""`token` is that of the user ann."""

	url: str
	data: Path
	token: str


@contextmanager
def served() -> Iterator[SiteProcess]:
	with TemporaryDirectory(prefix="ai-assistant-") as directory:
		data = Path(directory)
		scripted = Provider("scripted", "scripted", (Model(FAST), Model(SLOW)))
		(data / FILE).write_text(as_toml(scripted))
		with accounts_of(data) as accounts:
			accounts.add_user("ann")
			token = accounts.create_token("ann")
		with running_site(data) as url:
			yield SiteProcess(url, data, token)


def command(*arguments: object, token: str = "") -> subprocess.CompletedProcess[str]:
	"""What `ai-assistant` with these arguments does, given that token by its environment."""
	return subprocess.run(
		[sys.executable, "-m", "ai_assistant", *map(str, arguments)],
		env=environment(token),
		capture_output=True,
		text=True,
		timeout=WAIT,
	)


def environment(token: str = "") -> dict[str, str]:
	return {**os.environ, "AI_ASSISTANT_TOKEN": token}
