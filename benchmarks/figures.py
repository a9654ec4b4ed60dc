"""What was heard of a case, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from benchmarks.cases import Case
from benchmarks.load import Heard


@dataclass(frozen=True)
class Spread:
	"""Milliseconds."""

	p50: float
	p95: float

	@classmethod
	def of(cls, seconds: Sequence[float]) -> Spread:
		tail = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
		return cls(median(seconds) * 1000, tail * 1000)

	def __str__(self) -> str:
		return f"{self.p50:.1f} / {self.p95:.1f}"


@dataclass(frozen=True)
class Cost:
	"""Of the whole tree of the site's processes: CPU in seconds, and the most memory in MB."""

	cpu: float
	memory: float


@dataclass(frozen=True)
class Figures:
	"""`first`: from the question to the first text. `delay`: from the provider's stamp on a delta to its arrival."""

	seconds: float
	deltas: int
	events: int
	wrong: int
	"""Streams that lost, repeated or reordered a delta."""
	first: Spread
	delay: Spread
	cost: Cost | None = None

	@classmethod
	def of(cls, case: Case, heard: Sequence[Heard], seconds: float, cost: Cost | None = None) -> Figures:
		expected = list(range(case.deltas))
		return cls(
			seconds,
			sum(len(one.numbers) for one in heard),
			sum(one.events for one in heard),
			sum(one.numbers != expected for one in heard),
			Spread.of([one.first for one in heard]),
			Spread.of([delay for one in heard for delay in one.delays]),
			cost,
		)

	@property
	def rate(self) -> float:
		"""Deltas a second, from the first question to the last end."""
		return self.deltas / self.seconds

	@property
	def cpu_per_thousand(self) -> float:
		"""Milliseconds of the site for 1,000 deltas."""
		return self.cost.cpu * 1e6 / self.deltas if self.cost else 0.0


@dataclass(frozen=True)
class Measured:
	"""One case, directly from the provider and through the site."""

	case: Case
	provider: Figures
	site: Figures
