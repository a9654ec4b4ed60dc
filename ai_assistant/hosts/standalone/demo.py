"""`ai-assistant demo`: a whole site started, asked by a real client, and stopped again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from rich.console import Console

from ai_assistant.core.settings import ProviderKind
from ai_assistant.hosts.standalone import local_model
from ai_assistant.hosts.standalone.ask import exit_status, stopped_by_interrupt
from ai_assistant.hosts.standalone.client import Site
from ai_assistant.hosts.standalone.terminal import Screen, summary

QUESTION = "Explain in three sentences why the sky is blue."

_START = 60.0
_STOP = 20.0


class DemoFailed(Exception):
	"""A sentence for people."""


@dataclass(frozen=True)
class Speaker:
	"""A provider of the demo's site and the model it is asked for."""

	name: str
	kind: ProviderKind
	model: str
	base_url: str | None = None
	api_key_env: str | None = None
	reasoning: bool = False

	@property
	def settings(self) -> str:
		"""Its `[[providers]]` in the settings file."""
		model = {
			"name": self.model,
			"max_tokens": 300 if self.base_url else 3000,
			"reasoning": self.reasoning,
		}
		values = {
			"name": self.name,
			"kind": self.kind,
			"base_url": self.base_url,
			"api_key_env": self.api_key_env,
		}
		lines = [f"{name} = {json.dumps(value)}" for name, value in values.items() if value is not None]
		fields = ", ".join(f"{name} = {json.dumps(value)}" for name, value in model.items())
		return "\n".join(["[[providers]]", *lines, f"models = [{{ {fields} }}]", ""])


_HOSTED = (
	Speaker("openai", "openai", "gpt-5-mini", api_key_env="OPENAI_API_KEY", reasoning=True),
	Speaker("anthropic", "anthropic", "claude-haiku-4-5", api_key_env="ANTHROPIC_API_KEY", reasoning=True),
)


def run_demo() -> int:
	"""Answers with the exit status; leaves nothing behind. Raises DemoFailed and SiteError."""
	for number in (signal.SIGTERM, signal.SIGHUP):
		signal.signal(number, _leave)
	console = Console()
	with ExitStack() as stack:
		speakers = [Speaker("scripted", "scripted", "reasoner")]
		try:
			url = stack.enter_context(local_model.local_model())
			speakers.append(Speaker("local", "openai_compatible", local_model.NAME, base_url=url))
		except local_model.LocalModelMissing as reason:
			console.print(f"{reason} The scripted model answers alone.")
		speakers += [speaker for speaker in _HOSTED if os.environ.get(speaker.api_key_env or "")]
		data = Path(stack.enter_context(TemporaryDirectory(prefix="ai-assistant-")))
		(data / "ai-assistant.toml").write_text("\n".join(speaker.settings for speaker in speakers))
		token = _make_token(data)
		url = stack.enter_context(_site(data))
		console.print(f"A site runs at {url}.\n\n[bold]{QUESTION}[/bold]\n", highlight=False)
		return asyncio.run(_compare(url, token, speakers, console))


def _leave(number: int, _frame: object) -> NoReturn:
	"""Ends by way of the open contexts, so that what was started is stopped."""
	sys.exit(128 + number)


def _make_token(data: Path) -> str:
	for arguments in (["user", "add", "demo"], ["token", "create", "--user", "demo"]):
		command = [sys.executable, "-m", "ai_assistant", *arguments, "--data", str(data)]
		done = subprocess.run(command, capture_output=True, text=True, timeout=_START)
		if done.returncode:
			raise DemoFailed(done.stderr.strip())
	return done.stdout.split()[-1]


@contextmanager
def _site(data: Path) -> Iterator[str]:
	"""The address of a site in that directory, in a process group of its own: Ctrl-C is for the runs."""
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		port = probe.getsockname()[1]
	command = [sys.executable, "-m", "ai_assistant", "serve", "--port", str(port), "--data", str(data)]
	with (
		(data / "site.log").open("w+") as log,
		subprocess.Popen(
			command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
		) as site,
	):
		assert site.stdout is not None
		patience = threading.Timer(_START, site.kill)
		patience.start()
		try:
			if not any(line.startswith("Ready:") for line in site.stdout):
				log.seek(0)
				raise DemoFailed(f"The site did not start.\n{log.read()[-2000:]}")
			patience.cancel()
			yield f"http://127.0.0.1:{port}"
		finally:
			patience.cancel()
			_end(site)


def _end(process: subprocess.Popen[str]) -> None:
	process.terminate()
	try:
		process.wait(_STOP)
	except subprocess.TimeoutExpired:
		process.kill()


async def _compare(url: str, token: str, speakers: Sequence[Speaker], console: Console) -> int:
	async with Site(url, token) as site:
		await site.connect()
		answers = await asyncio.gather(
			*(site.ask(message=QUESTION, provider=speaker.name, model=speaker.model) for speaker in speakers)
		)
		labelled = list(zip((speaker.model for speaker in speakers), answers, strict=True))
		async with stopped_by_interrupt(site, answers):
			with Screen(console, labelled) as screen:
				async for grown in site.follow(answers):
					screen.show(grown)
	console.print()
	for label, answer in labelled:
		console.print(f"[bold]{label}[/bold]: {summary(answer)}", highlight=False, soft_wrap=True)
	return exit_status(answers)
