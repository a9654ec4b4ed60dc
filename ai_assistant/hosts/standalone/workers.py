"""Worker processes under supervision."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import time
from pathlib import Path

_SHORTEST_LIFE = 10.0
"""Seconds; a worker that ends sooner is started again only after a pause, doubled each time."""

_LONGEST_PAUSE = 10.0

_log = logging.getLogger(__name__)


class Workers:
	"""Keeps `count` worker processes alive until it is told to stop them."""

	def __init__(self, data: Path, count: int):
		self._data = data
		self._count = count
		self._processes: set[asyncio.subprocess.Process] = set()
		self._tasks: list[asyncio.Task[None]] = []
		self._is_stopping = False

	def start(self) -> None:
		self._tasks = [asyncio.create_task(self._keep_alive()) for _ in range(self._count)]

	async def stop(self, patience: float) -> None:
		"""Asks them to drain and waits; after `patience` seconds they are killed."""
		self._is_stopping = True
		for process in self._processes:
			with contextlib.suppress(ProcessLookupError):
				process.send_signal(signal.SIGTERM)
		if self._tasks:
			_, late = await asyncio.wait(self._tasks, timeout=patience)
			for process in self._processes if late else ():
				process.kill()
			await asyncio.gather(*self._tasks, return_exceptions=True)

	async def _keep_alive(self) -> None:
		pause = 0.1
		while not self._is_stopping:
			began = time.monotonic()
			code = await self._run()
			if self._is_stopping:
				return
			pause = 0.1 if time.monotonic() - began > _SHORTEST_LIFE else min(_LONGEST_PAUSE, pause * 2)
			_log.error("a worker ended with code %s; starting another in %.1f s", code, pause)
			await asyncio.sleep(pause)

	async def _run(self) -> int:
		command = [sys.executable, "-m", "ai_assistant", "worker", "--data", str(self._data)]
		process = await asyncio.create_subprocess_exec(*command)
		self._processes.add(process)
		try:
			return await process.wait()
		finally:
			self._processes.discard(process)
