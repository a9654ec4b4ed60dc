"""How long deltas may wait to be joined: not at all while the engine is idle, a whole interval when it is busy."""

from __future__ import annotations

_BUSY = 5_000
"""Deltas a second, over all runs of an engine, from which on the whole interval is used."""

_PERIOD = 0.1
"""Seconds over which the rate is measured."""


class Pace:
	"""The joining window, shared by all runs of one engine. Times are seconds of a monotonic clock."""

	def __init__(self, interval: float):
		self.window = 0.0
		"""Seconds between two events of one kind of one run. A delta that comes later than this is never held back."""
		self._interval = interval
		self.observed = 0
		"""Deltas since the engine began."""
		self._before = 0
		self._since = 0.0

	def observe(self, now: float) -> None:
		"""Counts one delta."""
		self.observed += 1
		elapsed = now - self._since
		if elapsed >= _PERIOD:
			measured = self._interval * min(1.0, (self.observed - self._before) / elapsed / _BUSY)
			self.window = max(measured, (self.window + measured) / 2)
			self._before = self.observed
			self._since = now
