"""The figures that a site must keep, whatever machine it is measured on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.cases import ALONE, FLAT_OUT, MANY, PACED, Case
from benchmarks.decoding import Decoding
from benchmarks.figures import Cost, Measured, Spread


@dataclass(frozen=True)
class Budget:
	name: str
	found: float
	most: float | None = None
	least: float | None = None

	@property
	def is_met(self) -> bool:
		return (self.most is None or self.found <= self.most) and (
			self.least is None or self.found >= self.least
		)

	@property
	def bound(self) -> str:
		return f"≤ {self.most:,g}" if self.most is not None else f"≥ {self.least:,g}"


def budgets(measured: Sequence[Measured], first_byte: Spread, decoding: Decoding) -> list[Budget]:
	by_case = {one.case: one for one in measured}
	return [
		*_alone(by_case[ALONE]),
		*_paced(by_case[PACED]),
		*_flat_out(by_case[FLAT_OUT]),
		*_many(by_case),
		Budget("server-sent events: first byte, p95 ms", first_byte.p95, 100),
		*_decoding(decoding),
	]


def _alone(one: Measured) -> Iterator[Budget]:
	yield Budget(
		"1 run: first text beyond the provider's, p50 ms", one.site.first.p50 - one.provider.first.p50, 10
	)
	yield Budget("1 run: added delay of a delta, p50 ms", one.site.delay.p50 - one.provider.delay.p50, 5)


def _paced(one: Measured) -> Iterator[Budget]:
	site, provider = one.site, one.provider
	yield Budget(
		"200 runs at once: first text beyond the provider's, p95 ms", site.first.p95 - provider.first.p95, 300
	)
	yield Budget("200 runs: added delay of a delta, p50 ms", site.delay.p50 - provider.delay.p50, 35)
	yield Budget("200 runs: added delay of a delta, p95 ms", site.delay.p95 - provider.delay.p95, 60)
	yield Budget("200 runs: deltas/s", site.rate, least=8_000)
	yield Budget("200 runs: CPU of the site, ms for 1,000 deltas", site.cpu_per_thousand, 100)
	yield Budget("200 runs: memory of the site, MB", _cost(site.cost).memory, 250)


def _flat_out(one: Measured) -> Iterator[Budget]:
	yield Budget("flat out: deltas/s", one.site.rate, least=60_000)
	yield Budget("flat out: CPU of the site, ms for 1,000 deltas", one.site.cpu_per_thousand, 20)


def _many(by_case: dict[Case, Measured]) -> Iterator[Budget]:
	more = MANY.runs - PACED.runs
	grown = _cost(by_case[MANY].site.cost).memory - _cost(by_case[PACED].site.cost).memory
	yield Budget("1,000 runs: memory of each beyond 200, KB", grown * 1000 / more, 100)
	yield Budget("all cases: streams that lost, repeated or reordered", _wrong(by_case), 0)


def _wrong(by_case: dict[Case, Measured]) -> int:
	return sum(one.site.wrong for one in by_case.values())


def _decoding(decoding: Decoding) -> Iterator[Budget]:
	for kind, (flat_out, alone) in decoding.items():
		yield Budget(f"decoding {kind}: µs a delta, flat out", flat_out, 20)
		yield Budget(f"decoding {kind}: µs a delta, each alone", alone, 80)


def _cost(cost: Cost | None) -> Cost:
	assert cost is not None
	return cost
