"""The events of a run, read again by whoever missed some or waits for more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec
from msgspec import Raw
from redis.exceptions import RedisError

from ai_assistant.core.errors import NotFound, ServiceUnavailable
from ai_assistant.core.events import FinalEvent, decode
from ai_assistant.core.final import final_event
from ai_assistant.core.journal import Address, Journal, Record
from ai_assistant.core.replies import EventPage
from ai_assistant.core.requests import EventsRequest
from ai_assistant.core.run import Run
from ai_assistant.core.store import Store
from ai_assistant.core.transcript import Transcript, folded

_LATE = 30.0
"""Seconds after the end of a run when its final event must have been written."""

_T = TypeVar("_T")


class Replay:
	"""Raises NotFound for a run that is not the user's, and ServiceUnavailable while Redis or the database is away."""

	def __init__(self, site: str, store: Store, journal: Journal):
		self._site = site
		self._store = store
		self._journal = journal

	def run(self, user: str, task_id: str) -> Run:
		run = self._store.get_run(user, task_id)
		if run is None:
			raise NotFound("There is no such run.")
		return run

	def get_events(self, user: str, request: EventsRequest) -> EventPage:
		"""Those after the cursor. Without a final event in the journal, it is made from the store, in the end."""
		run, address = self.run(user, request.task_id), self.address(user, request.task_id)
		if records := reach(lambda: self._journal.read(address, request.after)):
			return _page(records)
		if run.result is None:
			return EventPage([], request.after, False)
		newest = reach(lambda: self._journal.newest(address))
		if newest and _is_final(newest):
			return EventPage([], request.after, position(newest.cursor) <= position(request.after))
		if newest and run.result.ended > time.time() - _LATE:
			return EventPage([], request.after, False)
		return EventPage([Raw(msgspec.json.encode(final_event(run, 0)))], request.after, True)

	def go_on(self, user: str, request: EventsRequest) -> EventPage:
		"""Those after the cursor that the journal has, of a run that was found to be the user's before."""
		address = self.address(user, request.task_id)
		records = reach(lambda: self._journal.read(address, request.after))
		return _page(records) if records else EventPage([], request.after, False)

	def follow(self, user: str, request: EventsRequest, timeout: float) -> Iterator[EventPage]:
		"""Pages until the final event or the end of the journal, an empty one after `timeout` seconds of silence.

		After the first page only the journal is read, so that a host may let its database go.
		"""
		page = self.get_events(user, request)
		yield page
		while not page.done:
			page = self._wait(user, request.task_id, page.cursor, timeout)
			if not page.events and not reach(
				lambda: self._journal.newest(self.address(user, request.task_id))
			):
				return
			yield page

	def wait_for_end(self, user: str, task_id: str, seconds: float) -> None:
		"""Returns when the run has ended, or the time is over. Reads only the journal."""
		page, deadline = EventPage([], "0-0", False), time.monotonic() + seconds
		while not page.done and (left := deadline - time.monotonic()) > 0:
			page = self._wait(user, task_id, page.cursor, left)

	def _wait(self, user: str, task_id: str, after: str, timeout: float) -> EventPage:
		records = reach(lambda: self._journal.wait(self.address(user, task_id), after, timeout))
		return _page(records) if records else EventPage([], after, False)

	def shown(self, run: Run) -> Transcript:
		"""What the run's journal shows; nothing once it has expired."""
		records = reach(lambda: self._journal.read(self.address(run.user, run.id)))
		return folded(record.event for record in records)

	def address(self, user: str, task_id: str) -> Address:
		return Address(self._site, user, task_id)


def position(cursor: str) -> tuple[int, int]:
	"""Attempt and number within it."""
	attempt, seq = cursor.split("-")
	return int(attempt), int(seq)


def reach(ask: Callable[[], _T]) -> _T:
	"""What Redis answers. Raises ServiceUnavailable."""
	try:
		return ask()
	except RedisError:
		raise ServiceUnavailable("The service cannot be reached at the moment. Please try again.") from None


def _page(records: list[Record]) -> EventPage:
	return EventPage([Raw(record.event) for record in records], records[-1].cursor, _is_final(records[-1]))


def _is_final(record: Record) -> bool:
	return isinstance(decode(record.event), FinalEvent)
