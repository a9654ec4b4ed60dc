"""A server that answers whatever it is asked with the same bytes, cut as one likes."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web


class Replay:
	"""At `url` while the context is entered. `body` goes out in writes of `size` bytes."""

	url: str

	def __init__(self) -> None:
		self.body = b""
		self.size = 1_000_000
		self.pause = 0.0
		"""Seconds after each write."""
		self.peers: list[Any] = []
		"""The client's address, of each request."""

	async def __aenter__(self) -> Replay:
		application = web.Application()
		application.router.add_post("/{path:.*}", self._answer)
		self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
		await self._runner.setup()
		await web.TCPSite(self._runner, "127.0.0.1", 0).start()
		self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])
		return self

	async def __aexit__(self, *exception: object) -> None:
		await self._runner.cleanup()

	async def _answer(self, request: web.Request) -> web.StreamResponse:
		assert request.transport is not None
		self.peers.append(request.transport.get_extra_info("peername"))
		response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
		await response.prepare(request)
		for start in range(0, len(self.body), self.size):
			await response.write(self.body[start : start + self.size])
			await asyncio.sleep(self.pause)
		await response.write_eof()
		return response
