"""What `ask` and `listen` do with a site."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from rich.console import Console

from ai_assistant.core.events import Completion
from ai_assistant.hosts.standalone.client import Answer, NoRealtime, Site
from ai_assistant.hosts.standalone.terminal import Plain, Screen, summary


async def ask(url: str, token: str, request: dict[str, Any]) -> int:
	"""Shows the answer while it is made and returns the exit status. Raises SiteError."""
	async with Site(url, token) as site:
		try:
			await site.connect()
		except NoRealtime as error:
			print(f"{error} The answer is read from the journal instead.", file=sys.stderr)
		answer = await site.ask(**request)
		console = Console()
		screen = Screen(console, [("", answer)]) if console.is_terminal else Plain(sys.stdout)
		async with stopped_by_interrupt(site, [answer]):
			with screen:
				async for grown in site.follow([answer]):
					screen.show(grown)
		console.print(f"\n{summary(answer)}", style="dim", highlight=False, soft_wrap=True)
		return exit_status([answer])


async def listen(url: str, token: str, count: int | None) -> None:
	"""Prints each event of the user as a line of JSON, for ever or so many. Raises SiteError."""
	async with Site(url, token) as site:
		await site.connect()
		print(f"Listening at {site.url}; Ctrl-C ends it.", file=sys.stderr)
		seen = 0
		async for event in site.events():
			print(msgspec.json.encode(event).decode(), flush=True)
			seen += 1
			if seen == count:
				return


@asynccontextmanager
async def stopped_by_interrupt(site: Site, answers: Sequence[Answer]) -> AsyncIterator[None]:
	"""Ctrl-C stops the runs, and what they had is kept and shown; the second one ends the command."""
	loop = asyncio.get_running_loop()
	stops: list[asyncio.Future[list[Any]]] = []

	def stop() -> None:
		loop.remove_signal_handler(signal.SIGINT)
		stops.append(asyncio.gather(*(site.call("stop", task_id=answer.task_id) for answer in answers)))

	loop.add_signal_handler(signal.SIGINT, stop)
	try:
		yield
	finally:
		loop.remove_signal_handler(signal.SIGINT)
	await asyncio.gather(*stops)


def exit_status(answers: Sequence[Answer]) -> int:
	"""0 for whole answers, 1 if any failed, 130 if any was stopped, as shells expect."""
	finals = [answer.final for answer in answers]
	if not all(isinstance(final, Completion) for final in finals):
		return 1
	return (
		130
		if any(isinstance(final, Completion) and final.finish_reason == "cancelled" for final in finals)
		else 0
	)
