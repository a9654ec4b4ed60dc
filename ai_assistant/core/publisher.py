"""Writes the events of all runs of an engine into their journals, many in one call, off the read loop."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Sequence

from redis.exceptions import RedisError

from ai_assistant.core.emission import Emission, ShownDelta
from ai_assistant.core.journal import Entry, JournalWriter, Outcome
from ai_assistant.core.pacing import Pace

_MOST_ENTRIES = 256
"""Entries in one call; Redis does nothing else meanwhile, some 5 microseconds each."""

_FIRST_PAUSE = 0.01
_LONGEST_PAUSE = 1.0
"""Seconds between two tries while Redis is away; each is twice as long."""

_log = logging.getLogger(__name__)


class Publisher:
	"""The engine's only writer. While a call is under way, or Redis is away, what arrives is joined further."""

	def __init__(self, journal: JournalWriter, pace: Pace):
		self._journal = journal
		self._pace = pace
		self._scheduled: list[tuple[float, int, Emission]] = []
		self._order = itertools.count()
		self._changed = asyncio.Event()
		self._final = asyncio.Event()
		self._now = asyncio.get_running_loop().time

	def add(self, emission: Emission, delta: ShownDelta) -> None:
		"""Sends the first of a kind, and what comes after a pause, at once; joins what comes in a burst."""
		now = self._now()
		self._pace.observe(now)
		if emission.add(delta):
			self.flush(emission)
		elif emission.due is None:
			self._schedule(emission, max(now, emission.last_taken + self._pace.window))

	def flush(self, emission: Emission) -> None:
		"""Sends what waits at once."""
		if emission.due is None or emission.due > self._now():
			self._schedule(emission, self._now())

	def beat(self, emission: Emission, silence: float) -> None:
		"""Tells that the run is alive, if nothing else was told for so many seconds."""
		if self._now() - emission.last_taken >= silence and emission.add_heartbeat():
			self.flush(emission)

	def abandon(self, emission: Emission) -> None:
		"""The run is another engine's: nothing more of it is sent."""
		emission.is_paused = emission.is_acknowledged = True
		self._final.set()

	async def settle(self, emission: Emission) -> None:
		"""Returns when the emission's final event is in the journal, or belongs to another engine."""
		self.flush(emission)
		while not emission.is_acknowledged:
			self._final.clear()
			await self._final.wait()

	def _schedule(self, emission: Emission, due: float) -> None:
		emission.due = due
		heapq.heappush(self._scheduled, (due, next(self._order), emission))
		if self._scheduled[0][2] is emission:
			self._changed.set()

	async def run(self) -> None:
		"""Writes until it is cancelled."""
		while True:
			await self._wait_for_due()
			emissions = self._take_due()
			entries = [(emission, entry) for emission in emissions for entry in emission.take(self._now())]
			for batch in _batches(entries):
				outcomes = await self._append([entry for _, entry in batch])
				for (emission, entry), outcome in zip(batch, outcomes, strict=True):
					self._acknowledge(emission, entry, outcome)

	async def _wait_for_due(self) -> None:
		while not self._scheduled or self._scheduled[0][0] > self._now():
			self._changed.clear()
			alarm = None
			if self._scheduled:
				loop = asyncio.get_running_loop()
				alarm = loop.call_at(self._scheduled[0][0], self._changed.set)
			await self._changed.wait()
			if alarm:
				alarm.cancel()

	def _take_due(self) -> list[Emission]:
		"""Those whose time has come, and those whose time comes within a quarter of the window: one call for all."""
		until = self._now() + self._pace.window / 4
		due = []
		while self._scheduled and self._scheduled[0][0] <= until:
			at, _, emission = heapq.heappop(self._scheduled)
			if emission.due == at:
				emission.due = None
				if emission.is_waiting:
					due.append(emission)
		return due

	async def _append(self, entries: Sequence[Entry]) -> Sequence[Outcome]:
		pause = _FIRST_PAUSE
		while True:
			try:
				return await self._journal.append(entries)
			except (RedisError, OSError) as error:
				if pause == _FIRST_PAUSE:
					_log.warning("Redis is away, events wait: %s", type(error).__name__)
				await asyncio.sleep(pause)
				pause = min(_LONGEST_PAUSE, pause * 2)

	def _acknowledge(self, emission: Emission, entry: Entry, outcome: Outcome) -> None:
		if entry.attempt != emission.attempt:
			return
		if outcome == "lost":
			if not emission.is_paused:
				emission.is_paused = True
				emission.on_lost()
		elif outcome == "fenced":
			self.abandon(emission)
			emission.on_fenced()
		elif entry.is_final:
			emission.is_acknowledged = True
			self._final.set()


def _batches(entries: list[tuple[Emission, Entry]]) -> list[list[tuple[Emission, Entry]]]:
	return [entries[start : start + _MOST_ENTRIES] for start in range(0, len(entries), _MOST_ENTRIES)]
