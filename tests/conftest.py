from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis import Redis

from ai_assistant.core.clients import sync_client
from ai_assistant.hosts.standalone.redis import embedded_redis
from tests.postgres import find_binaries, postgres


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
