"""The engine on a bench: for a while in a background job (`hop.py`), or in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from ai_assistant.core.clients import async_client, sync_client
from ai_assistant.core.engine import Engine
from ai_assistant.core.journal import Journal, JournalWriter
from ai_assistant.core.queue import EngineQueue, Queue
from ai_assistant.core.settings import Settings
from ai_assistant.hosts.frappe.sites import BenchSites

_LOOK = 1.0
"""Seconds between two looks at whether it is time to stop."""

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
		hand_over: Callable[[], None],
	):
		"""Both are called in a thread: `must_stop` each second, `hand_over` when no more runs are taken."""
		self._url = url
		self._settings = settings
		self._shift = shift
		self._must_stop = must_stop
		self._hand_over = hand_over
		self._stop = asyncio.Event()
		self._parent = os.getppid()

	async def work(self) -> None:
		"""Until it must stop, or its shift and the last of its runs are over."""
		settings = self._settings
		client, sync = async_client(self._url), sync_client(self._url)
		with ThreadPoolExecutor(settings.engine.threads, "frappe") as threads:
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
			watching = asyncio.create_task(self._watch(engine, threads))
			await engine.run(self._stop)
			watching.cancel()
			await sites.close()
			if line.needs_engine():
				self._hand_over()
		await client.connection_pool.disconnect()
		sync.close()

	def _hear_signals(self) -> None:
		for number in (signal.SIGTERM, signal.SIGINT):
			asyncio.get_running_loop().add_signal_handler(number, self._stop.set)

	async def _watch(self, engine: Engine, threads: Executor) -> None:
		loop, began = asyncio.get_running_loop(), time.monotonic()
		busy, is_closed = began, False
		while not self._stop.is_set():
			now = time.monotonic()
			busy = now if engine.load else busy
			if is_closed and not engine.load:
				break
			if not is_closed and now - began > self._shift.taking:
				is_closed = True
				await engine.close()
				await loop.run_in_executor(threads, self._hand_over)
			is_over = now - busy > self._shift.idle or now - began > self._shift.longest
			if (
				is_over
				or os.getppid() != self._parent
				or await loop.run_in_executor(threads, self._must_stop)
			):
				break
			await asyncio.sleep(_LOOK)
		self._stop.set()
