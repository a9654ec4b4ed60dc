"""What an engine tells of itself while it works."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from msgspec import Struct

_STATM = Path("/proc/self/statm")


class EngineFigures(Struct):
	"""`runs`: those it carries; `memory`: bytes that its process has in use."""

	runs: int
	deltas_per_second: float
	memory: int


class Meter:
	"""How fast a number grows."""

	def __init__(self, count: Callable[[], int]):
		self._count = count
		self._last = monotonic(), count()

	def read(self) -> float:
		"""Per second, since it was read before."""
		now, count = monotonic(), self._count()
		before, counted = self._last
		self._last = now, count
		return round((count - counted) / max(now - before, 0.001), 1)


def memory() -> int:
	"""Bytes that this process has in use; 0 where the system does not tell."""
	if not _STATM.exists():
		return 0
	return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
