import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import psutil
import pytest

from ai_assistant.core.clients import async_client, sync_client
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.hosts.standalone.redis import embedded_redis, redis_url


@dataclass(frozen=True)
class Named:
	redis_url: str | None = None


OWNER = """
import sys
from pathlib import Path
from ai_assistant.hosts.standalone.redis import embedded_redis
with embedded_redis(Path(sys.argv[1])):
	print("ready", flush=True)
	sys.stdin.read()
"""


@pytest.fixture
def data() -> Iterator[Path]:
	with TemporaryDirectory(prefix="ai-assistant-") as directory:
		yield Path(directory)


def test_a_server_that_is_named_is_used_as_it_is(data: Path) -> None:
	assert redis_url(Named("redis://example.com/3"), data) == "redis://example.com/3"


def test_without_any_server_a_sentence_says_what_to_do(data: Path) -> None:
	with pytest.raises(ServiceUnavailable, match="REDIS_URL"):
		redis_url(Named(), data)


def test_the_embedded_server_is_found_while_it_runs_and_keeps_its_data(data: Path) -> None:
	with embedded_redis(data) as url:
		assert redis_url(Named(), data) == url
		with sync_client(url) as client:
			client.xadd("journal", {"event": "kept"}, id="1-1")
	with pytest.raises(ServiceUnavailable):
		redis_url(Named(), data)
	with embedded_redis(data) as url, sync_client(url) as client:
		assert client.xrange("journal") == [(b"1-1", {b"event": b"kept"})]


def test_a_long_path_gets_a_port_of_the_loopback_and_a_password(data: Path) -> None:
	deep = data / ("d" * 100)
	with embedded_redis(deep) as url, sync_client(url) as client:
		assert url.startswith("redis://:")
		assert client.ping()
		assert "@127.0.0.1:" in url
	assert not (deep / "redis.url").exists()


def test_what_may_hold_a_password_is_readable_by_its_owner_only(data: Path) -> None:
	with embedded_redis(data):
		assert (data / "redis.url").stat().st_mode & 0o077 == 0
		assert (data / "redis" / "valkey.conf").stat().st_mode & 0o077 == 0


def is_gone(pid: int) -> bool:
	"""Whether the process has ended; nobody may have asked for its exit status yet."""
	try:
		return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
	except psutil.NoSuchProcess:
		return True


def test_the_server_ends_when_its_parent_is_killed_and_the_next_one_takes_over(data: Path) -> None:
	command = [sys.executable, "-c", OWNER, str(data)]
	with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
		assert owner.stdout is not None
		assert owner.stdout.readline() == b"ready\n"
		with sync_client(redis_url(Named(), data)) as client:
			client.set("answer", "kept")
			server = client.info("server")["process_id"]
		os.kill(owner.pid, signal.SIGKILL)
		with embedded_redis(data) as url, sync_client(url) as client:
			assert client.get("answer") == b"kept"
		assert is_gone(server)


def test_a_thread_can_wait_on_redis_while_others_use_the_client(redis_url: str) -> None:
	with sync_client(redis_url) as client:
		waiter = threading.Thread(target=client.blpop, args=("list", 10))
		waiter.start()
		client.rpush("list", "item")
		waiter.join(5)
		assert not waiter.is_alive()


async def test_an_idle_blocking_read_ends_only_when_it_was_told_to(redis_url: str) -> None:
	began = monotonic()
	async with async_client(redis_url) as client:
		assert await client.blpop("nothing", 1) is None
	assert monotonic() - began >= 0.9


async def test_more_readers_than_the_default_pool_of_redis_has_may_wait_at_once(redis_url: str) -> None:
	async with async_client(redis_url) as client:
		readers = [asyncio.create_task(client.blpop(f"list{number}", 10)) for number in range(150)]
		async with client.pipeline() as pipeline:
			for number in range(150):
				pipeline.rpush(f"list{number}", "item")
			await pipeline.execute()
		assert all(await asyncio.wait_for(asyncio.gather(*readers), 10))
