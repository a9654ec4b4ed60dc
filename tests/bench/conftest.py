"""What only a bench has. Skipped where none is given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bench.models import THINKING, WRITING
from tests.contract.bench import Bench, bench_of
from tests.contract.host import MODELS
from tests.simulator import Simulator

_MODELS = [*MODELS.values(), WRITING, THINKING]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
	with Simulator() as simulator:
		yield simulator


@pytest.fixture(scope="module")
def bench(simulator: Simulator) -> Iterator[Bench]:
	with bench_of(simulator, models=_MODELS) as bench:
		yield bench


@pytest.fixture(scope="module")
def other(simulator: Simulator) -> Iterator[Bench]:
	"""Another site of the same bench, with the same users and the same provider."""
	with bench_of(simulator, "OTHER_SITE", _MODELS) as other:
		yield other
