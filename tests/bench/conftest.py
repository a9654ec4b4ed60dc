"""What only a bench has. Skipped where none is given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.bench import Bench, bench_of
from tests.simulator import Simulator


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
	with Simulator() as simulator, bench_of(simulator) as bench:
		yield bench
