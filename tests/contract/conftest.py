"""The suite runs against the standalone site, and against a bench where one is given."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.bench import Bench
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
		folder, site = os.environ.get("FRAPPE_BENCH"), os.environ.get("SITE")
		if not (folder and site):
			pytest.skip("No bench is given: FRAPPE_BENCH=/path SITE=name make test")
		bench = Bench(Path(folder), site, simulator)
		yield bench
		bench.close()
