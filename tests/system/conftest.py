"""The whole site as people run it: `serve` and its worker as processes, with the simulator as the provider."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil
import pytest

from ai_assistant.core.settings import Modes
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.database import database_engine
from tests.contract.host import MODELS, PRICE, Host, wait_for
from tests.simulator import Simulator

KEY = "very-secret-key"
"""Of the provider."""


class Served(Host):
	"""A running site of the standalone host."""

	site = "localhost"
	role = "admin"

	def __init__(
		self, data: Path, simulator: Simulator, names: Iterable[str] = MODELS.values(), **settings: Any
	):
		"""`names`: of the models, the first of which is the default. `settings`: as in `configure`."""
		self.data = data
		self.simulator = simulator
		self._models = list(names)
		self._write_settings(**settings)
		self.output: list[str] = []
		self.start()
		database = database_engine(None, data)
		accounts = Accounts(database)
		for user in ("ann", "bob", "chief"):
			accounts.add_user(user, is_admin=user == "chief")
		self.names = {user: user for user in ("ann", "bob", "chief")}
		self.tokens = {user: accounts.create_token(user) for user in self.names}
		database.dispose()

	def _write_settings(
		self,
		title_model: str = "",
		budgets: Sequence[Mapping[str, Any]] = (),
		streams: int = 500,
		engine: Mapping[str, float] = MappingProxyType({}),
		mode_code: str = Modes.code,
		**limits: float,
	) -> None:
		bounds = {"runs_per_user": 100, "running_per_user": 100, "wait": 20} | limits
		price = f"input_price = {PRICE}, output_price = {PRICE}"
		models = ", ".join(
			f'{{ name = "{name}", {price}, images = {json.dumps("blind" not in name)} }}'
			for name in self._models
		)
		lines = [
			f'title_model = "{title_model}"\nstreams = {streams}',
			f'[[providers]]\nname = "simulator"\nkind = "openai_compatible"\napi_key = "{KEY}"',
			f'base_url = "{self.simulator.url}/v1"\nmodels = [{models}]',
			f"[modes]\ncode = {json.dumps(mode_code, ensure_ascii=False)}",
			"[limits]",
			*(f"{name} = {bound}" for name, bound in bounds.items()),
		]
		lines += ["[engine]", *(f"{name} = {value}" for name, value in engine.items())]
		for budget in budgets:
			lines += ["[[budgets]]", *(f"{name} = {json.dumps(value)}" for name, value in budget.items())]
		(self.data / "ai-assistant.toml").write_text("\n".join(lines))

	def configure(self, **settings: Any) -> None:
		self._write_settings(**settings)
		self.stop()
		self.start()

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

	@contextmanager
	def another_worker(self) -> Iterator[None]:
		command = [sys.executable, "-m", "ai_assistant", "worker", "--data", str(self.data)]
		with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
			try:
				yield
			finally:
				process.terminate()

	def redis(self) -> psutil.Process:
		children = psutil.Process(self.process.pid).children(recursive=True)
		return next(child for child in children if "valkey" in child.name())

	def stop(self) -> int:
		self.process.send_signal(signal.SIGTERM)
		return self.process.wait(40)

	def kill(self) -> None:
		os.kill(self.process.pid, signal.SIGKILL)
		self.process.wait(10)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
	with Simulator() as simulator:
		served = Served(tmp_path, simulator)
		yield served
		if served.process.poll() is None:
			served.stop()
