"""What waits to be sent to one client."""

from __future__ import annotations

import asyncio
from collections import deque

from engineio.packet import Packet

LARGEST_BACKLOG = 8 * 1024 * 1024
"""Characters that may wait for a client that does not keep up."""

_LARGEST_BATCH = 16
"""Packets taken at once: as many as python-engineio's client accepts in one long-polling reply."""


class BacklogFull(Exception):
	"""The client reads too slowly; it must be disconnected, and heals from the journal when it is back."""


class Outbox:
	"""The queue of an Engine.IO socket: bounded, and cheap to wait on.

	engineio awaits `get` by asyncio.wait_for, which makes a task of every coroutine but none of a future.
	"""

	def __init__(self) -> None:
		self._packets: deque[Packet | None] = deque()
		self._waiters: deque[asyncio.Future[Packet | None]] = deque()
		self._backlog = 0
		self._batch = 0

	def get(self) -> asyncio.Future[Packet | None]:
		"""The next packet, the first of a batch; None at the end."""
		waiter: asyncio.Future[Packet | None] = asyncio.get_running_loop().create_future()
		self._batch = 1
		if self._packets:
			waiter.set_result(self._pop())
		else:
			self._waiters.append(waiter)
		return waiter

	def get_nowait(self) -> Packet | None:
		"""A further packet of the batch. Raises asyncio.QueueEmpty."""
		if not self._packets or self._batch >= _LARGEST_BATCH:
			raise asyncio.QueueEmpty
		self._batch += 1
		return self._pop()

	def _pop(self) -> Packet | None:
		packet = self._packets.popleft()
		self._backlog -= _size(packet)
		return packet

	def put_nowait(self, packet: Packet | None) -> None:
		"""Raises BacklogFull, and forgets what waited."""
		while self._waiters:
			waiter = self._waiters.popleft()
			if not waiter.done():
				waiter.set_result(packet)
				return
		self._packets.append(packet)
		self._backlog += _size(packet)
		if self._backlog > LARGEST_BACKLOG:
			self._packets.clear()
			self._backlog = 0
			raise BacklogFull

	async def put(self, packet: Packet | None) -> None:
		self.put_nowait(packet)

	def task_done(self) -> None:
		"""Nothing is counted: see `join`."""

	async def join(self) -> None:
		"""Returns at once: nobody here waits for a client to read."""


def _size(packet: Packet | None) -> int:
	return len(packet.data) if packet is not None and isinstance(packet.data, str) else 0
