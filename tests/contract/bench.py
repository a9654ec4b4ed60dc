"""A site on a bench, whose services run: `FRAPPE_BENCH` is its folder, `SITE` the name."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.contract.host import MODELS, Host
from tests.simulator import Simulator

_PREPARE = Path(__file__).with_name("prepare_bench.py")


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

	def close(self) -> None:
		self._run(self.site)

	def _run(self, *arguments: str) -> str:
		command = [str(self._bench / "env/bin/python"), str(_PREPARE), *arguments]
		done = subprocess.run(
			command, cwd=self._bench / "sites", stdout=subprocess.PIPE, text=True, timeout=120, check=True
		)
		return done.stdout
