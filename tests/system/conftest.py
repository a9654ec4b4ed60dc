"""The whole site as people run it: `serve` and its worker as processes, with the simulator as the provider."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest

from ai_assistant.core.events import AnyEvent, FinalEvent, decode
from ai_assistant.core.transcript import Transcript
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.database import database_engine
from tests.simulator import Simulator

MODELS = {
	"plain": "sim:text=20,reasoning=5",
	"paced": "sim:text=150,rate=50",
	"thinking": "sim:reasoning=60,text=10,rate=20",
}


class Served:
	"""A running site. Every wait is bounded."""

	def __init__(self, data: Path, simulator: Simulator):
		self.data = data
		self.simulator = simulator
		models = ", ".join(f'{{ name = "{name}" }}' for name in MODELS.values())
		(data / "ai-assistant.toml").write_text(
			f'[[providers]]\nname = "simulator"\nkind = "openai_compatible"\nbase_url = "{simulator.url}/v1"\n'
			f'api_key = "very-secret-key"\nmodels = [{models}]\n[limits]\nruns_per_user = 100\nwait = 20\n'
		)
		self.output: list[str] = []
		self.start()
		database = database_engine(None, data)
		accounts = Accounts(database)
		for user in ("ann", "bob"):
			accounts.add_user(user)
		self.tokens = {user: accounts.create_token(user) for user in ("ann", "bob")}
		database.dispose()

	def start(self) -> None:
		command = [sys.executable, "-m", "ai_assistant", "serve", "--port", "0", "--data", str(self.data)]
		self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
		threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
		self.url = self._wait_for_line(r"Ready: (\S+)")

	def _read(self, process: subprocess.Popen[str]) -> None:
		assert process.stdout is not None
		with process.stdout:
			self.output += iter(process.stdout.readline, "")

	def _wait_for_line(self, pattern: str) -> str:
		seen = len(self.output)

		def find() -> str | None:
			found = (re.search(pattern, line) for line in self.output[max(0, seen - 1) :])
			return next((match[1] for match in found if match), None)

		return wait_for(find, 30, lambda: "".join(self.output))

	def worker(self) -> psutil.Process | None:
		children = psutil.Process(self.process.pid).children()
		return next((child for child in children if "worker" in child.cmdline()), None)

	def redis(self) -> psutil.Process:
		children = psutil.Process(self.process.pid).children(recursive=True)
		return next(child for child in children if "valkey" in child.name())

	def call(self, method: str, user: str | None = "ann", **parameters: Any) -> tuple[int, Any]:
		"""POSTs JSON: the status and the body."""
		return self.post(method, json.dumps(parameters).encode(), user)

	def post(self, method: str, body: bytes, user: str | None = "ann") -> tuple[int, Any]:
		headers = {"Content-Type": "application/json"}
		return self._open(f"{self.url}/api/method/ai_assistant.api.{method}", headers, user, body)

	def get(self, method: str, user: str | None = "ann", **parameters: Any) -> tuple[int, Any]:
		query = urlencode(parameters)
		return self._open(f"{self.url}/api/method/ai_assistant.api.{method}?{query}", {}, user, None)

	def _open(
		self, url: str, headers: dict[str, str], user: str | None, body: bytes | None
	) -> tuple[int, Any]:
		if user:
			headers |= {"Authorization": f"token {self.tokens[user]}"}
		request = urllib.request.Request(url, body, headers)
		try:
			with urllib.request.urlopen(request, timeout=30) as response:
				return response.status, json.load(response)
		except urllib.error.HTTPError as error:
			with error:
				return error.code, json.load(error)

	def ask(self, model: str, user: str = "ann") -> str:
		"""The task_id of a new run."""
		status, body = self.call("chat_completion", user, message="Hello?", model=model, stream=True)
		assert status == 200, body
		task_id: str = body["message"]["task_id"]
		return task_id

	def events(self, task_id: str) -> list[AnyEvent]:
		"""All so far; none while Redis is away."""
		status, body = self.call("get_events", task_id=task_id)
		if status == 503:
			return []
		assert status == 200, body
		return [decode(json.dumps(event)) for event in body["message"]["events"]]

	def shown(self, task_id: str) -> Transcript:
		transcript = Transcript()
		for event in self.events(task_id):
			transcript.apply(event)
		return transcript

	def wait_event(self, task_id: str, kind: type, seconds: float = 30) -> list[AnyEvent]:
		"""The events as soon as there is one of that kind."""

		def find() -> list[AnyEvent] | None:
			events = self.events(task_id)
			return events if any(isinstance(event, kind) for event in events) else None

		return wait_for(find, seconds, lambda: "".join(self.output[-20:]))

	def final(self, task_id: str, seconds: float = 30) -> FinalEvent:
		finals = [e for e in self.wait_event(task_id, FinalEvent, seconds) if isinstance(e, FinalEvent)]
		assert len(finals) == 1
		return finals[0]

	def stop(self) -> int:
		self.process.send_signal(signal.SIGTERM)
		return self.process.wait(40)

	def kill(self) -> None:
		os.kill(self.process.pid, signal.SIGKILL)
		self.process.wait(10)


def wait_for(find: Callable[[], Any], seconds: float, tell: Callable[[], str]) -> Any:
	"""What `find` returns as soon as it is something."""
	deadline = time.monotonic() + seconds
	while time.monotonic() < deadline:
		if found := find():
			return found
		time.sleep(0.02)
	raise TimeoutError(tell())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
	with Simulator() as simulator:
		served = Served(tmp_path, simulator)
		yield served
		if served.process.poll() is None:
			served.stop()
