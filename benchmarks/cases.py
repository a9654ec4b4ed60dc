"""What is measured: how many runs at once, how long, how fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
	name: str
	runs: int
	deltas: int
	rate: int
	"""Deltas a second of one run; 0 is flat out."""
	times: int = 1
	"""How often it is done, one after the other."""

	@property
	def model(self) -> str:
		"""Of the simulator, which stamps each delta with its number and the time."""
		return f"sim:text={self.deltas},rate={self.rate},stamp=1"


WARM_UP = Case("warm-up", 1, 5, 0)
ALONE = Case("1 run, 50/s", 1, 50, 50, times=10)
FIFTY = Case("50 runs, 50/s", 50, 250, 50)
PACED = Case("200 runs, 50/s", 200, 250, 50)
FLAT_OUT = Case("20 runs, flat out", 20, 2000, 0)
MANY = Case("1,000 runs, 10/s", 1000, 100, 10)

CASES = (ALONE, FIFTY, PACED, FLAT_OUT, MANY)
