"""Runs as those see them who wait for them: asleep until a hint, and then reading what has come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, TypeVar

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.replies import EventPage, Reply, StartedRun
from ai_assistant.core.requests import EventsRequest
from ai_assistant.hosts.standalone.hints import Hints

_LOOK = 5.0
"""Seconds after which one that waits looks for itself, hint or none."""

_T = TypeVar("_T")


class Following:
	"""For all requests of one event loop. Synchronous work runs in `threads`, which must be few: they share one
	interpreter lock."""

	def __init__(self, assistant: Assistant, hints: Hints, threads: Executor, wait: float):
		"""`wait`: seconds that a request without `stream` waits for an answer."""
		self._assistant = assistant
		self._hints = hints
		self._threads = threads
		self._wait = wait
		self._looks: dict[object, asyncio.Future[EventPage]] = {}

	async def run(self, work: Callable[..., _T], *arguments: Any) -> _T:
		"""Does it in a thread."""
		return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

	def start(self, work: Callable[..., None], *arguments: Any) -> None:
		"""Has it done in a thread, and does not wait for it."""
		asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

	def deadline(self) -> float:
		"""Seconds of the loop's clock at which one that begins to wait now is told to wait no longer."""
		return asyncio.get_running_loop().time() + self._wait

	async def reply(self, user: str, started: StartedRun, deadline: float) -> Reply:
		"""The reply once the run has ended, or as it stands when the wait is over, whatever was away meanwhile."""
		now = asyncio.get_running_loop().time
		with self._hints.of(started.task_id, only_final=True) as hint:
			while now() < deadline and not self._hints.is_closed:
				await hint.wait(min(_LOOK, deadline - now()))
				with suppress(ServiceUnavailable):
					if await self.run(self._assistant.has_ended, user, started.task_id):
						break
		try:
			return await self.run(self._assistant.reply, user, started.task_id)
		except ServiceUnavailable:
			return started.going_on()

	async def pages(self, user: str, task_id: str, page: EventPage) -> AsyncGenerator[EventPage, None]:
		"""This page and those that follow, until the run ends or the site goes down; an empty one after a silence."""
		with self._hints.of(task_id) as hint:
			yield page
			while not (page.done or self._hints.is_closed):
				is_silent = not await hint.wait(_LOOK)
				page = await self._look(user, EventsRequest(task_id, page.cursor), is_silent)
				if page.events or is_silent:
					yield page

	async def _look(self, user: str, request: EventsRequest, is_silent: bool) -> EventPage:
		"""What came after the cursor: one look for all who know as much and were woken by the same event. Only after a
		silence the database is asked as well, for an end that the journal does not tell."""
		replay = self._assistant.replay
		key = (request.task_id, request.after, is_silent, self._hints.noticed)
		look = self._looks.get(key)
		if look is None:
			read = replay.get_events if is_silent else replay.go_on
			look = self._looks[key] = asyncio.ensure_future(self.run(read, user, request))
			look.add_done_callback(lambda _: self._looks.pop(key))
		return await asyncio.shield(look)
