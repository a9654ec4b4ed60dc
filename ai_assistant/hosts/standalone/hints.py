"""Who in this process waits for which run. A hint only wakes; what has come is then read from the journal."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from msgspec import Struct


class _Event(Struct):
	"""What a hint needs to know of an event."""

	type: str
	task_id: str


_decoder = msgspec.json.Decoder(_Event)
_FINAL = ("completion", "error")


class Hint:
	"""Wakes one that waits for a run. It begins awake: something may have come before it was made."""

	def __init__(self, only_final: bool):
		self.only_final = only_final
		self._is_awake = asyncio.Event()
		self._is_awake.set()

	def wake(self) -> None:
		self._is_awake.set()

	async def wait(self, timeout: float) -> bool:
		"""Whether there was a hint within `timeout` seconds."""
		try:
			await asyncio.wait_for(self._is_awake.wait(), timeout)
		except asyncio.TimeoutError:
			return False
		self._is_awake.clear()
		return True


class Hints:
	"""All that wait in this process."""

	def __init__(self) -> None:
		self.is_closed = False
		"""The server is going down: nobody should wait any longer."""
		self.noticed = 0
		"""Events so far: what is read from a journal now holds all of them."""
		self._waiting: defaultdict[str, list[Hint]] = defaultdict(list)

	@contextmanager
	def of(self, task_id: str, *, only_final: bool = False) -> Iterator[Hint]:
		hint = Hint(only_final)
		self._waiting[task_id].append(hint)
		try:
			yield hint
		finally:
			self._waiting[task_id].remove(hint)
			if not self._waiting[task_id]:
				del self._waiting[task_id]

	def notice(self, event: bytes) -> None:
		"""Wakes those who wait for the run of this event, given as JSON."""
		if not self._waiting:
			return
		self.noticed += 1
		try:
			seen = _decoder.decode(event)
		except msgspec.DecodeError:
			return
		for hint in self._waiting.get(seen.task_id, ()):
			if not hint.only_final or seen.type in _FINAL:
				hint.wake()

	def close(self) -> None:
		self.is_closed = True
		for hints in self._waiting.values():
			for hint in hints:
				hint.wake()
