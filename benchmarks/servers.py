"""The provider simulator and a site, as processes of their own."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.database import database_engine, migrate

PASSWORD = "a password of a benchmark"
"""Of each user."""

_EVERY = 0.5
"""Seconds between two looks at the memory."""


@contextmanager
def process(*arguments: str) -> Iterator[tuple[str, psutil.Process]]:
	"""Runs `python -m …` and gives the first address it prints, and the process."""
	command = [sys.executable, "-m", *arguments]
	with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
		assert running.stdout is not None
		try:
			for line in running.stdout:
				if found := re.search(r"http://[\w.:]+", line):
					yield found[0], psutil.Process(running.pid)
					return
			raise RuntimeError(f"{' '.join(arguments)} did not start")
		finally:
			running.terminate()
			running.communicate(timeout=30)


def prepare(data: Path, provider: str, models: Sequence[str], users: int) -> list[str]:
	"""Settings, database and users of a new site; the users' tokens."""
	offered = ", ".join(f'{{ name = "{model}" }}' for model in models)
	(data / "ai-assistant.toml").write_text(
		f'[[providers]]\nname = "simulator"\nkind = "openai_compatible"\nbase_url = "{provider}/v1"\n'
		f'api_key = "key"\nmodels = [{offered}]\n[limits]\nruns_per_user = 1000\nrunning_per_user = 1000\n'
	)
	engine = database_engine(None, data)
	migrate(engine)
	accounts = Accounts(engine)
	names = [f"user{number}" for number in range(users)]
	tokens = []
	for name in names:
		accounts.add_user(name, PASSWORD)
		tokens.append(accounts.create_token(name))
	engine.dispose()
	return tokens


def family(site: psutil.Process) -> list[psutil.Process]:
	return [site, *site.children(recursive=True)]


def cpu_seconds(site: psutil.Process) -> float:
	return sum(one.cpu_times().user + one.cpu_times().system for one in family(site))


class Peak:
	"""The most memory that the site's processes had together while the context lasted: pages they share count once."""

	def __init__(self, site: psutil.Process):
		self.megabytes = 0.0
		self._site = site

	async def __aenter__(self) -> Peak:
		self._watching = asyncio.create_task(self._watch())
		return self

	async def __aexit__(self, *_: object) -> None:
		self._watching.cancel()
		self._look()

	async def _watch(self) -> None:
		while True:
			self._look()
			await asyncio.sleep(_EVERY)

	def _look(self) -> None:
		self.megabytes = max(self.megabytes, sum(map(_memory, family(self._site))) / 1_000_000)


def _memory(process: psutil.Process) -> int:
	"""Its share of the memory, in bytes; only Linux tells shares, elsewhere all that is resident."""
	found = process.memory_full_info()
	return int(getattr(found, "pss", found.rss))
