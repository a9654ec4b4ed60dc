"""The suite runs against the standalone site, and against a bench where one is given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.bench import bench_of
from tests.contract.host import Host
from tests.simulator import Simulator
from tests.system.conftest import Served


@pytest.fixture(scope="module", params=["standalone", "bench"])
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
	with Simulator() as simulator:
		if request.param == "standalone":
			served = Served(tmp_path_factory.mktemp("site"), simulator)
			yield served
			served.stop()
			return
		with bench_of(simulator) as bench:
			yield bench
