"""Runs that an engine has taken, until their sites are read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, KeysView
from itertools import groupby
from operator import attrgetter

from ai_assistant.core.queue import QueuedRun

_site_of = attrgetter("site")


class Arrivals:
	"""`receive` is given the name of a site and runs of it, in a task for each site: one whose database does not answer
	holds up no other's runs, and no sign of life. `room` is set when some have been received, or dropped."""

	def __init__(self, receive: Callable[[str, Collection[QueuedRun]], Awaitable[None]], room: asyncio.Event):
		self._receive = receive
		self._room = room
		self._coming: dict[QueuedRun, asyncio.Task[None]] = {}
		self._is_closed = False

	@property
	def runs(self) -> KeysView[QueuedRun]:
		return self._coming.keys()

	def add(self, taken: Iterable[QueuedRun]) -> None:
		"""Nothing after `close`."""
		if self._is_closed:
			return
		new = [queued for queued in taken if queued not in self._coming]
		for site, runs in groupby(sorted(new, key=_site_of), _site_of):
			together = list(runs)
			task = asyncio.create_task(self._arrive(site, together))
			self._coming.update(dict.fromkeys(together, task))

	async def _arrive(self, site: str, runs: Collection[QueuedRun]) -> None:
		try:
			await self._receive(site, runs)
		finally:
			for queued in runs:
				self._coming.pop(queued, None)
			self._room.set()

	def drop(self) -> None:
		"""They are not received any more."""
		for task in self._coming.values():
			task.cancel()

	def close(self) -> None:
		self._is_closed = True
		self.drop()
