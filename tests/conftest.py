import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from redis import Redis

from ai_assistant.core.clients import sync_client
from ai_assistant.hosts.standalone.redis import embedded_redis
from tests.npm import build
from tests.postgres import find_binaries, postgres

ROOT = Path(__file__).parent.parent

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
	"""Tells what was not tested and why, a line for each reason: those of `-rs` would be one for each test."""
	reasons = Counter(report.longrepr[2] for report in terminalreporter.getreports("skipped"))
	for reason, count in reasons.items():
		terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
	"""A Redis server of the tests' own; several tests may use it at once."""
	with TemporaryDirectory(prefix="ai-assistant-") as directory, embedded_redis(Path(directory)) as url:
		yield url


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
	"""A client of that server, which is empty."""
	with sync_client(redis_url) as client:
		client.flushall()
		yield client


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
	binaries = find_binaries()
	if binaries is None:
		pytest.skip("This machine has no PostgreSQL.")
	with postgres(binaries) as url:
		yield url


@pytest.fixture(scope="session")
def node() -> Path:
	"""The folder where npm has installed what its package.json names."""
	web = ROOT / "web"
	if not (shutil.which("npm") and shutil.which("node") and (web / "node_modules").exists()):
		pytest.skip("Node.js or what web/package.json names is not installed; `make test` installs it.")
	return web


@pytest.fixture(scope="session")
def node_client(node: Path) -> None:
	"""web/client, built for Node."""
	build(node, "client", "build:node")
