"""The suite runs against the standalone site, and against a bench where one is given; stores on every database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from ai_assistant.core.store import Store
from ai_assistant.hosts.standalone.store import SqlStore
from tests.contract.bench import bench_of
from tests.contract.bench_store import BenchStore, bench_store
from tests.contract.host import Host
from tests.contract.sql import empty_database
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


@pytest.fixture(scope="module")
def site_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BenchStore]:
	address = str(tmp_path_factory.mktemp("store") / "socket")
	with Simulator() as simulator, bench_of(simulator) as bench, bench_store(bench, address) as store:
		yield store


@pytest.fixture(params=["sqlite", "postgresql", "bench"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
	"""An empty one."""
	if request.param == "bench":
		on_bench = request.getfixturevalue("site_store")
		on_bench.clear()
		yield cast(Store, on_bench)
		return
	sqlite = f"sqlite:///{tmp_path / 'site.db'}"
	address = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")
	with empty_database(address, tmp_path) as database:
		yield SqlStore(database)
