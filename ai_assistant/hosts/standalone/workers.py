"""Worker processes under supervision."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from pathlib import Path

_SHORTEST_LIFE = 10.0
"""Seconds; a worker that ends sooner is started again only after a pause, doubled each time."""

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 10.0

_log = logging.getLogger(__name__)


class Workers:
	"""Keeps `count` worker processes alive until it is told to stop them.

	Each has for its input a pipe into which nobody writes. Its end tells them that this process is gone, however it went.
	"""

	def __init__(self, data: Path, count: int):
		self._data = data
		self._count = count
		self._processes: set[asyncio.subprocess.Process] = set()
		self._tasks: list[asyncio.Task[None]] = []
		self._stopping = asyncio.Event()
		self._input, self._lifeline = os.pipe()

	def start(self) -> None:
		self._tasks = [asyncio.create_task(self._keep_alive()) for _ in range(self._count)]

	async def stop(self, patience: float) -> None:
		"""Asks them to drain and waits; after `patience` seconds they are killed."""
		self._stopping.set()
		for process in self._processes:
			_terminate(process)
		if self._tasks:
			await asyncio.wait(self._tasks, timeout=patience)
			for process in self._processes:
				process.kill()
			await asyncio.gather(*self._tasks, return_exceptions=True)

	async def _keep_alive(self) -> None:
		pause = _FIRST_PAUSE
		while not self._stopping.is_set():
			began = time.monotonic()
			code = await self._run()
			if self._stopping.is_set():
				return
			has_lived = time.monotonic() - began > _SHORTEST_LIFE
			pause = _FIRST_PAUSE if has_lived else min(_LONGEST_PAUSE, pause * 2)
			_log.error("a worker ended with code %s; starting another in %.1f s", code, pause)
			with contextlib.suppress(asyncio.TimeoutError):
				await asyncio.wait_for(self._stopping.wait(), pause)

	async def _run(self) -> int:
		command = [sys.executable, "-m", "ai_assistant", "worker", "--supervised", "--data", str(self._data)]
		process = await asyncio.create_subprocess_exec(*command, stdin=self._input)
		self._processes.add(process)
		try:
			if self._stopping.is_set():
				_terminate(process)
			return await process.wait()
		finally:
			self._processes.discard(process)


def _terminate(process: asyncio.subprocess.Process) -> None:
	with contextlib.suppress(ProcessLookupError):
		process.terminate()
