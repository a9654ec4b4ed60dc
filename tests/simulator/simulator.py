"""The simulator as an object: in a thread of its own for tests, or served until a signal."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from threading import Event, Thread
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.simulator.log import Request, RequestLog
from tests.simulator.server import Server

START = 10.0
"""Seconds within which a simulator must be up or down."""


class Simulator:
	"""A provider at `url`, from `__enter__` to `__exit__`.

	The `wait_…` methods block: coroutines call them through `asyncio.to_thread`.
	"""

	url: str

	def __init__(self) -> None:
		self._log = RequestLog()
		self._is_up = Event()
		self._thread = Thread(target=lambda: run(self._serve()), name="simulator", daemon=True)

	def __enter__(self) -> Simulator:
		self._thread.start()
		if not self._is_up.wait(START):
			raise TimeoutError("The simulator did not start.")
		return self

	def __exit__(
		self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
	) -> None:
		self._loop.call_soon_threadsafe(self._stop.set)
		self._thread.join(START)

	@property
	def requests(self) -> list[Request]:
		"""Every request so far, oldest first."""
		return self._log.of()

	def requests_of(self, model: str) -> list[Request]:
		return self._log.of(model)

	def wait_started(self, model: str, timeout: float = 5.0) -> Request:
		"""The first request with exactly this model name. Raises TimeoutError."""
		return self._log.wait(model, lambda request: True, timeout)

	def wait_deltas(self, model: str, deltas: int, timeout: float = 5.0) -> Request:
		"""The first request with this model name, once so many deltas of it are written. Raises TimeoutError."""
		return self._log.wait(model, lambda request: request.deltas >= deltas, timeout)

	def wait_ended(self, model: str, timeout: float = 5.0) -> Request:
		"""The first request with this model name that has ended, in whatever way. Raises TimeoutError."""
		return self._log.wait(model, lambda request: request.ending is not None, timeout)

	def wait_closed(self, model: str, timeout: float = 5.0) -> Request:
		"""The first request with this model name that the client closed. Raises TimeoutError."""
		return self._log.wait(model, lambda request: request.ending == "closed by client", timeout)

	async def _serve(self) -> None:
		self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
		runner, self.url = await start(self._log, "127.0.0.1", 0)
		self._is_up.set()
		await self._stop.wait()
		await runner.cleanup()


def run(main: Coroutine[Any, Any, None]) -> None:
	"""Runs it to its end, on uvloop where that is installed."""
	try:
		import uvloop
	except ImportError:
		asyncio.run(main)
	else:
		uvloop.run(main)


async def start(log: RequestLog, host: str, port: int) -> tuple[web.AppRunner, str]:
	"""A running server and its URL; port 0 takes a free one."""
	runner = web.AppRunner(
		Server(log).application(), access_log=None, handler_cancellation=True, shutdown_timeout=0.1
	)
	await runner.setup()
	site = web.TCPSite(runner, host, port, backlog=4096)
	await site.start()
	bound_host, bound_port = runner.addresses[0][:2]
	return runner, f"http://{bound_host}:{bound_port}"
