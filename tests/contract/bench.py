"""A site on a bench, whose services run: `FRAPPE_BENCH` is its folder, `SITE` the name."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from tests.contract.host import MODELS, Host
from tests.simulator import Simulator

_PREPARE = Path(__file__).with_name("prepare_bench.py")


@contextmanager
def bench_of(simulator: Simulator, site: str = "SITE") -> Iterator[Bench]:
	"""The site that this variable names. Skips the test where no bench is given."""
	folder, name = os.environ.get("FRAPPE_BENCH"), os.environ.get(site)
	if not (folder and name):
		pytest.skip(f"No bench is given: FRAPPE_BENCH=/path {site}=name make test")
	bench = Bench(Path(folder), name, simulator)
	try:
		yield bench
	finally:
		bench.close()


class Bench(Host):
	"""`FRAPPE_URL` goes before the address that the bench's settings tell, where a proxy stands in front of both
	the web server and the realtime service."""

	def __init__(self, bench: Path, site: str, simulator: Simulator):
		self.site = site
		self.simulator = simulator
		self.output = []
		self._bench = bench
		made = json.loads(self._run(site, simulator.url, *MODELS.values()))
		self.tokens = made["tokens"]
		self.url = os.environ.get("FRAPPE_URL") or made["url"]

	def document(self, doctype: str, name: str, user: str | None) -> tuple[int, Any]:
		"""As Frappe's own REST interface gives it."""
		return self.open(f"{self.url}/api/resource/{quote(doctype)}/{quote(name)}", {}, user, None)

	def jobs(self) -> list[psutil.Process]:
		"""The background jobs that are being done: children of the workers."""
		workers = [process for process in psutil.process_iter(["cmdline"]) if self._is_worker(process)]
		return [child for worker in workers for child in worker.children()]

	def _is_worker(self, process: psutil.Process) -> bool:
		command = process.info["cmdline"] or []
		is_here = any(word.startswith(str(self._bench)) for word in command)
		return is_here and "frappe.utils.bench_helper" in command and "worker" in command

	def close(self) -> None:
		self._run(self.site)

	def _run(self, *arguments: str) -> str:
		command = [str(self._bench / "env/bin/python"), str(_PREPARE), *arguments]
		done = subprocess.run(
			command, cwd=self._bench / "sites", stdout=subprocess.PIPE, text=True, timeout=120, check=True
		)
		return done.stdout
