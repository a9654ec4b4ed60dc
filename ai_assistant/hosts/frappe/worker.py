"""The engine on a bench: for a while in a background job (`hop.py`), or in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from ai_assistant.core.clients import async_client, sync_client
from ai_assistant.core.engine import Engine
from ai_assistant.core.journal import Journal, JournalWriter
from ai_assistant.core.queue import EngineQueue, Queue
from ai_assistant.core.settings import Settings
from ai_assistant.hosts.frappe.sites import BenchSites

_LOOK = 1.0
"""Seconds between two looks at whether it is time to stop."""

_FAREWELL = 30.0
"""Seconds for which an engine that leaves tries to wake another one; after that the scheduler does."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shift:
	"""How long an engine works, in seconds: it takes runs for `taking`, leaves after `idle` without any, and is given up
	after `longest`."""

	taking: float
	idle: float
	longest: float


FOR_GOOD = Shift(float("inf"), float("inf"), float("inf"))


class BenchWorker:
	"""One engine for all sites of the bench. Only its threads touch `frappe`."""

	def __init__(
		self,
		url: str,
		settings: Settings,
		shift: Shift,
		must_stop: Callable[[], bool],
		hand_over: Callable[[], None] | None,
	):
		"""Both are called in a thread, and again a second later where they fail: `must_stop` each second, `hand_over` when
		no more runs are taken and some wait; None where nobody is to be woken then."""
		self._url = url
		self._settings = settings
		self._shift = shift
		self._must_stop = must_stop
		self._hand_over = hand_over
		self._stop = asyncio.Event()
		self._failed: set[type[Exception]] = set()

	async def work(self) -> None:
		"""Until it must stop, or its shift and the last of its runs are over. Raises what broke."""
		settings = self._settings
		client, sync = async_client(self._url), sync_client(self._url)
		with (
			ThreadPoolExecutor(settings.engine.threads, "frappe") as threads,
			ThreadPoolExecutor(1, "look") as looks,
		):
			queue, line = EngineQueue(client, settings.engine.lease), Queue(sync)
			sites = BenchSites(queue, threads)
			engine = Engine(
				queue,
				line,
				JournalWriter(client, settings.retention),
				Journal(sync, settings.retention),
				sites,
				threads,
				settings.engine,
			)
			self._hear_signals()
			watching = asyncio.create_task(self._watch(engine, line, looks))
			watching.add_done_callback(lambda _: self._stop.set())
			try:
				await engine.run(self._stop)
			finally:
				watching.cancel()
				await sites.close()
				await self._bid_farewell(line, looks)
				await client.connection_pool.disconnect()
				sync.close()
			with suppress(asyncio.CancelledError):
				await watching

	def _hear_signals(self) -> None:
		for number in (signal.SIGTERM, signal.SIGINT):
			asyncio.get_running_loop().add_signal_handler(number, self._stop.set)

	async def _watch(self, engine: Engine, line: Queue, looks: Executor) -> None:
		began = busy = time.monotonic()
		is_closed = is_handed_over = False
		while True:
			now = time.monotonic()
			busy = now if engine.load else busy
			if not is_closed and now - began > self._shift.taking:
				await engine.close()
				is_closed = True
			if is_closed and not is_handed_over:
				is_handed_over = await self._try(partial(self._wake_another, line), looks)
			is_over = now - busy > self._shift.idle or now - began > self._shift.longest
			if is_over or (is_closed and not engine.load) or await self._try(self._must_stop, looks):
				return
			await asyncio.sleep(_LOOK)

	async def _bid_farewell(self, line: Queue, looks: Executor) -> None:
		"""Runs may wait that nobody else would take."""
		until = time.monotonic() + _FAREWELL
		while time.monotonic() < until:
			if await self._try(partial(self._wake_another, line), looks):
				return
			await asyncio.sleep(_LOOK)

	def _wake_another(self, line: Queue) -> bool:
		"""Whoever asks when nobody takes runs any more wakes one, too: it is for those who asked before."""
		if self._hand_over and line.needs_engine():
			self._hand_over()
		return True

	async def _try(self, work: Callable[[], bool], looks: Executor) -> bool:
		"""What `work` answers; False if it fails, whatever the reason: it is looked at again, and the reason told once."""
		try:
			return await asyncio.get_running_loop().run_in_executor(looks, work)
		except Exception as error:
			if type(error) not in self._failed:
				self._failed.add(type(error))
				_log.warning("a look at the bench failed; the engine will look again", exc_info=True)
			return False
