"""What of `web/` is tried against a real site, with the simulator as the provider."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.simulator import Simulator
from tests.system.conftest import Served
from tests.web.program import Program
from tests.web.proxy import Proxy

Start = Callable[..., Program]

ROOT = Path(__file__).parent.parent.parent
BUILD = 120
"""Seconds that a build is given."""


@pytest.fixture(scope="session")
def node() -> Path:
	"""The folder of the repository, where npm has installed what package.json names."""
	if not (shutil.which("npm") and shutil.which("node") and (ROOT / "node_modules").exists()):
		pytest.skip("Node.js or what package.json names is not installed; `make test` installs it.")
	return ROOT


@pytest.fixture(scope="session")
def client(node: Path) -> None:
	"""web/client, built for Node."""
	command = ["npm", "run", "--silent", "build:node", "--workspace", "@ai-assistant/client"]
	done = subprocess.run(command, cwd=node, timeout=BUILD, capture_output=True, text=True)
	assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def serving(data: Path) -> Iterator[Served]:
	with Simulator() as simulator:
		site = Served(data, simulator)
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
	with serving(tmp_path) as site:
		yield site


@pytest.fixture
def proxy(site: Served) -> Iterator[Proxy]:
	with Proxy(site.url) as proxy:
		yield proxy


@pytest.fixture
def start(client: None, proxy: Proxy, site: Served) -> Iterator[Start]:
	"""Starts a client of ann behind the proxy; more options are the client's."""
	with ExitStack() as programs:
		options = {"url": proxy.url, "token": site.tokens["ann"]}
		yield lambda **more: programs.enter_context(Program(**{**options, **more}))
