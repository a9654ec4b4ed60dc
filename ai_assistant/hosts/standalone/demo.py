"""`ai-assistant demo`: a whole site started, asked by a real client, and stopped again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from rich.console import Console

from ai_assistant.core.errors import AssistantError
from ai_assistant.core.events import Error
from ai_assistant.core.settings import Model, Provider
from ai_assistant.hosts.standalone.administration import accounts_of
from ai_assistant.hosts.standalone.ask import exit_status, stopped_by_interrupt
from ai_assistant.hosts.standalone.client import Site
from ai_assistant.hosts.standalone.local_model import NAME, LocalModelMissing, local_model
from ai_assistant.hosts.standalone.settings import FILE, load_settings
from ai_assistant.hosts.standalone.terminal import Screen, summary

QUESTION = "Explain in three sentences why the sky is blue."

_USER = "demo"
_OF_OTHER_SITES = ("DATABASE_URL", "REDIS_URL")

_START = 60.0
_STOP = 20.0
"""Seconds that the site is given."""


class DemoFailed(AssistantError):
	"""A sentence for people."""


def run_demo() -> int:
	"""Returns the exit status and leaves nothing behind. Raises DemoFailed and SiteError."""
	for number in (signal.SIGTERM, signal.SIGHUP):
		signal.signal(number, _leave)
	for name in [name for name in os.environ if name in _OF_OTHER_SITES or name.startswith("AI_ASSISTANT_")]:
		del os.environ[name]
	console = Console(highlight=False)
	with ExitStack() as stack:
		data = Path(stack.enter_context(TemporaryDirectory(prefix="ai-assistant-")))
		providers = list(load_settings(data).core.providers)
		try:
			providers.append(_local(stack.enter_context(local_model())))
		except LocalModelMissing as reason:
			console.print(f"{reason} The others answer without it.")
		(data / FILE).write_text("".join(map(as_toml, providers)))
		with accounts_of(data) as accounts:
			accounts.add_user(_USER)
			token = accounts.create_token(_USER)
		url = stack.enter_context(running_site(data))
		console.print(f"A site runs at {url}. Asked of {len(providers)} models:\n\n[bold]{QUESTION}[/bold]\n")
		return asyncio.run(_compare(Site(url, token), providers, console))


def _local(url: str) -> Provider:
	return Provider("local", "openai_compatible", (Model(NAME, max_tokens=300),), base_url=url)


def as_toml(provider: Provider) -> str:
	"""Its `[[providers]]` in a settings file."""
	lines = [
		f"{name} = {_toml_value(value)}\n" for name, value in asdict(provider).items() if value is not None
	]
	return "".join(["[[providers]]\n", *lines])


def _toml_value(value: Any) -> str:
	if isinstance(value, dict):
		fields = (f"{name} = {_toml_value(one)}" for name, one in value.items() if one is not None)
		return f"{{ {', '.join(fields)} }}"
	if isinstance(value, (list, tuple)):
		return f"[{', '.join(map(_toml_value, value))}]"
	return json.dumps(value)


def _leave(number: int, _frame: object) -> NoReturn:
	"""Ends by way of the open contexts, so that what was started is stopped."""
	sys.exit(128 + number)


@contextmanager
def running_site(data: Path) -> Iterator[str]:
	"""The address of a site served from that directory, by a process that Ctrl-C does not reach. Raises DemoFailed."""
	command = [sys.executable, "-m", "ai_assistant", "serve", "--port", "0", "--data", str(data)]
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
			ready = next((line for line in site.stdout if line.startswith("Ready:")), None)
			if ready is None:
				log.seek(0)
				raise DemoFailed(f"The site did not start.\n{log.read()[-2000:]}")
			patience.cancel()
			yield ready.removeprefix("Ready:").strip()
		finally:
			patience.cancel()
			_end(site)


def _end(process: subprocess.Popen[str]) -> None:
	process.terminate()
	try:
		process.wait(_STOP)
	except subprocess.TimeoutExpired:
		process.kill()


async def _compare(site: Site, providers: Sequence[Provider], console: Console) -> int:
	"""Asks all of them at once and shows their answers side by side. Those that need a key may fail."""
	models = [one.models[0].name for one in providers]
	async with site:
		await site.connect()
		answers = await asyncio.gather(*(site.ask(message=QUESTION, model=model) for model in models))
		labelled = list(zip(models, answers, strict=True))
		async with stopped_by_interrupt(site, answers):
			with Screen(console, labelled) as screen:
				async for grown in site.follow(answers):
					screen.show(grown)
	console.print()
	for model, answer in labelled:
		console.print(f"[bold]{model}[/bold]: {summary(answer)}", soft_wrap=True)
	decisive = []
	for provider, answer in zip(providers, answers, strict=True):
		if provider.api_key_env and isinstance(answer.final, Error):
			console.print(f"The demo does without {provider.name}: is {provider.api_key_env} still valid?")
		else:
			decisive.append(answer)
	return exit_status(decisive)
