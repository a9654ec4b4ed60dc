"""What of `web/` is tried against a real site, with the simulator as the provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.host import MODELS
from tests.simulator import Simulator
from tests.system.conftest import Served
from tests.web.program import Start, started
from tests.web.proxy import Proxy

if TYPE_CHECKING:
	from playwright.sync_api import Browser


BRISK = {"drain": 1, "lease": 3}
"""Of an engine whose end is waited for."""


@pytest.fixture(scope="package")
def chromium(node: Path) -> Iterator[Browser]:
	pytest.importorskip("playwright", reason="Playwright is not installed.")
	from tests.web.browser import CHROMIUM, browser

	if CHROMIUM is None:
		pytest.skip("This machine has no Chromium.")
	with browser() as launched:
		yield launched


@contextmanager
def serving(data: Path, models: Iterable[str] = MODELS.values(), **settings: Any) -> Iterator[Served]:
	"""`settings`: as in `Served.configure`."""
	with Simulator() as simulator:
		site = Served(data, simulator, models, **settings)
		yield site
		site.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
	"""A site that all tests of a file may ask."""
	with serving(tmp_path_factory.mktemp("site")) as site:
		yield site


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Served]:
	"""A site that one test may stop and start."""
	with serving(tmp_path, engine=BRISK) as site:
		yield site


@pytest.fixture
def proxy(site: Served) -> Iterator[Proxy]:
	with Proxy(site.url) as proxy:
		yield proxy


@pytest.fixture
def start(node_client: None, proxy: Proxy, site: Served) -> Iterator[Start]:
	"""Starts a client of ann behind the proxy; more options are the client's."""
	with started(url=proxy.url, token=site.tokens["ann"]) as start:
		yield start
