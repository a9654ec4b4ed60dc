"""One streamed answer on its way to one client."""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

from tests.simulator.answer import STAMP
from tests.simulator.behaviour import Behaviour
from tests.simulator.log import Request, RequestLog
from tests.simulator.wire import Script

SHORTEST_PAUSE = 0.01
"""Seconds between two writes of one stream; at higher rates several deltas share a write."""

_BATCH = 64
"""Deltas in one write when they are sent flat out."""

_HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
_STAMP = STAMP.encode()


class Stream:
	"""Sends a script at the pace of a behaviour and tells the log how far it came."""

	def __init__(self, request: web.Request, entry: Request, log: RequestLog):
		self._request = request
		self._entry = entry
		self._log = log
		self._response = web.StreamResponse(headers=_HEADERS)

	async def send(self, script: Script, behaviour: Behaviour, interruption: bytes) -> web.StreamResponse:
		"""All of it, or as far as the behaviour breaks off; `interruption` goes in at that place."""
		kind, after = behaviour.broken or (None, len(script.deltas))
		await self._response.prepare(self._request)
		await self._response.write(script.opening)
		await asyncio.sleep(behaviour.delay)
		await self._deltas(script.deltas[:after], behaviour.rate)
		await self._response.write(interruption)
		if kind == "stall":
			await asyncio.Event().wait()
		if kind in (None, "malformed"):
			await self._deltas(script.deltas[after:], behaviour.rate)
			await self._response.write(_stamped(script.closing))
		self._log.end(self._entry, "completed" if kind in (None, "malformed") else "broken off")
		await self._close(is_cut=kind == "cut")
		return self._response

	async def _deltas(self, deltas: tuple[bytes, ...], rate: float) -> None:
		"""Sends them at `rate` per second by the clock: what a late write missed goes out with the next."""
		clock, sent = asyncio.get_running_loop().time, 0
		start = clock()
		while sent < len(deltas):
			due = int((clock() - start) * rate) + 1 if rate else sent + _BATCH
			batch = deltas[sent:due]
			await self._response.write(_stamped(b"".join(batch)))
			self._log.wrote(self._entry, len(batch))
			sent += len(batch)
			if rate and sent < len(deltas):
				await asyncio.sleep(max(start + sent / rate - clock(), SHORTEST_PAUSE))

	async def _close(self, is_cut: bool) -> None:
		if is_cut and self._request.transport is not None:
			self._request.transport.close()
		else:
			await self._response.write_eof()


def _stamped(frames: bytes) -> bytes:
	return frames.replace(_STAMP, b"%020d" % time.monotonic_ns()) if _STAMP in frames else frames
