"""The `serve` process: what it prints, how it refuses to start, and what it does when it must stop."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import psutil
import pytest

from ai_assistant.core.clients import sync_client
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.standalone.administration import accounts_of
from ai_assistant.hosts.standalone.redis import redis_url
from ai_assistant.hosts.standalone.settings import load_settings

START = 30.0
"""Seconds for a site to start, and to stop."""


class Process:
	"""`ai-assistant serve` in a directory, its output read to the greeting."""

	def __init__(self, process: subprocess.Popen[str]):
		assert process.stdout is not None
		self.process = process
		self.greeting = ""
		for line in process.stdout:
			self.greeting += line
			if "Ctrl-C" in line:
				break

	@property
	def url(self) -> str:
		return re.search(r"Ready: (\S+)", self.greeting)[1]  # type: ignore[index]

	def children(self) -> list[psutil.Process]:
		return psutil.Process(self.process.pid).children(recursive=True)

	def workers(self) -> list[psutil.Process]:
		found = []
		for child in self.children():
			with suppress(psutil.NoSuchProcess):
				if "worker" in child.cmdline():
					found.append(child)
		return found

	def worker(self) -> psutil.Process | None:
		return next(iter(self.workers()), None)

	def call(self, method: str, headers: dict[str, str] | None = None, **parameters: object) -> bytes:
		request = Request(
			f"{self.url}/api/method/{method}",
			json.dumps(parameters).encode(),
			{"Content-Type": "application/json", **(headers or {})},
		)
		with urlopen(request, timeout=START) as response:
			return bytes(response.read())

	def stop(self) -> int:
		self.process.send_signal(signal.SIGTERM)
		return self.process.wait(START)


_SERVE = """
import sys
from pathlib import Path
from ai_assistant.hosts.standalone.serve import serve
serve("127.0.0.1", int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
"""


def command(data: Path, port: int = 0, workers: int = 1, **environment: str) -> subprocess.Popen[str]:
	return subprocess.Popen(
		[sys.executable, "-c", _SERVE, str(port), str(data), str(workers)],
		stdout=subprocess.PIPE,
		stderr=subprocess.PIPE,
		text=True,
		env=own_environment() | environment,
	)


def own_environment() -> dict[str, str]:
	"""Without the machine's own services."""
	return {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}


@contextmanager
def serving(data: Path, workers: int = 1) -> Iterator[Process]:
	with command(data, workers=workers) as process:
		patience = threading.Timer(2 * START, process.kill)
		patience.start()
		try:
			yield Process(process)
		finally:
			patience.cancel()
			process.kill()


def until(condition: Callable[[], object]) -> None:
	deadline = time.monotonic() + START
	while not condition():
		assert time.monotonic() < deadline
		time.sleep(0.02)


def test_first_start_tells_how_to_sign_in_and_the_next_one_no_password(tmp_path: Path) -> None:
	with serving(tmp_path, workers=0) as site:
		name, password = re.search(r"as (\S+) with the password (\S+)", site.greeting).groups()  # type: ignore[union-attr]
		assert b"Logged In" in site.call("login", usr=name, pwd=password)
		assert site.stop() == 0
	with serving(tmp_path, workers=0) as site:
		assert "password" not in site.greeting
		assert site.call("ping") == b'{"message":"pong"}'


def test_the_installed_command_serves_with_as_many_workers_as_asked_for(tmp_path: Path) -> None:
	script = Path(sys.executable).parent / "ai-assistant"
	arguments = ["serve", "--port", "0", "--workers", "2", "--data", str(tmp_path)]
	with subprocess.Popen(
		[script, *arguments],
		stdout=subprocess.PIPE,
		stderr=subprocess.DEVNULL,
		text=True,
		env=own_environment(),
	) as process:
		patience = threading.Timer(2 * START, process.kill)
		patience.start()
		site = Process(process)
		with (
			accounts_of(tmp_path) as accounts,
			sync_client(redis_url(load_settings(tmp_path), tmp_path)) as redis,
		):
			until(lambda: len(Queue(redis).figures()) == 2)
			assert len(site.workers()) == 2
			accounts.add_user("ann")
			headers = {"Authorization": f"token {accounts.create_token('ann')}"}
			answer = site.call("ai_assistant.api.chat_completion", headers, message="hi")
		assert b'"status":"completed"' in answer
		family = site.children()
		assert site.stop() == 0
		patience.cancel()
	assert [one for one in family if one.is_running()] == []


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
	with serving(tmp_path) as site:
		until(site.worker)
		first = site.worker()
		assert first
		first.kill()
		until(lambda: (now := site.worker()) and now.pid != first.pid)
		assert site.stop() == 0


def test_stopping_ends_every_process_and_open_stream(tmp_path: Path) -> None:
	with serving(tmp_path) as site:
		until(site.worker)
		family = site.children()
		url = f"{site.url}/socket.io/?EIO=4&transport=polling"
		with urlopen(url, timeout=START) as opened:
			sid = json.loads(opened.read()[1:])["sid"]
		polling = HTTPConnection(urlsplit(url).netloc, timeout=START)
		polling.request("GET", f"/socket.io/?EIO=4&transport=polling&sid={sid}")
		began = time.monotonic()
		assert site.stop() == 0
		assert time.monotonic() - began < 10
		with closing(polling), suppress(RemoteDisconnected, ConnectionResetError):
			polling.getresponse().read()
		assert [process for process in family if process.is_running()] == []


def test_nothing_survives_a_site_that_was_killed(tmp_path: Path) -> None:
	with serving(tmp_path) as site:
		until(site.worker)
		family = site.children()
		site.process.kill()
		assert psutil.wait_procs(family, START)[1] == []


def test_a_worker_started_by_hand_goes_on_when_its_input_ends(tmp_path: Path) -> None:
	with serving(tmp_path, workers=0) as site, accounts_of(tmp_path) as accounts:
		accounts.add_user("ann")
		headers = {"Authorization": f"token {accounts.create_token('ann')}"}
		with subprocess.Popen(
			[sys.executable, "-m", "ai_assistant", "worker", "--data", str(tmp_path)],
			stdin=subprocess.PIPE,
			stderr=subprocess.PIPE,
			text=True,
			env=own_environment(),
		) as worker:
			assert worker.stdin is not None
			worker.stdin.close()
			worker.stdin = None
			try:
				for _ in range(2):
					answer = site.call(
						"ai_assistant.api.chat_completion", headers, message="hi", provider="scripted"
					)
					assert b'"status":"completed"' in answer
				worker.send_signal(signal.SIGTERM)
				_, errors = worker.communicate(timeout=START)
			finally:
				worker.kill()
	assert worker.returncode == 0
	assert "the parent process is gone" not in errors


@pytest.mark.parametrize(
	("environment", "reason"),
	[
		({"REDIS_URL": "redis://127.0.0.1:1"}, "Redis cannot be reached"),
		({"REDIS_URL": "nonsense"}, "REDIS_URL"),
		(
			{"DATABASE_URL": "postgresql+psycopg://me:hidden@127.0.0.1:1/x"},
			"The database of DATABASE_URL cannot be reached",
		),
		({"DATABASE_URL": "nonsense"}, "DATABASE_URL must look like postgresql://"),
		({"DATABASE_URL": "postgresql+nodriver://me:hidden@h/x"}, "and its driver be installed"),
		({"DATABASE_URL": "sqlite://"}, "DATABASE_URL must name a file"),
		({"AI_ASSISTANT_LIMITS__WAIT": "soon"}, "AI_ASSISTANT_LIMITS__WAIT"),
	],
)
def test_what_cannot_start_says_why_in_one_line(
	tmp_path: Path, environment: dict[str, str], reason: str
) -> None:
	with command(tmp_path, **environment) as process:
		output, errors = process.communicate(timeout=START)
	assert (process.returncode, output) == (1, "")
	assert errors.startswith("Cannot start: ")
	assert reason in errors
	assert errors.count("\n") == 1
	assert "hidden" not in errors


def test_port_in_use_is_one_line(tmp_path: Path) -> None:
	with socket.create_server(("127.0.0.1", 0)) as taken:
		port = taken.getsockname()[1]
		with command(tmp_path, port) as process:
			_, errors = process.communicate(timeout=START)
	assert process.returncode == 1
	assert errors.startswith(f"Cannot start: 127.0.0.1:{port} cannot be listened on (Address already in use)")
	assert errors.count("\n") == 1
