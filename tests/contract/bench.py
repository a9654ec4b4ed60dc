"""A site on a bench, whose services run: `FRAPPE_BENCH` is its folder, `SITE` the name, `OTHER_SITE` another one's."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psutil
import pytest

from tests.contract.host import MODELS, PRICE, Host, wait_for
from tests.simulator import Simulator

_PREPARE = Path(__file__).with_name("prepare_bench.py")

_ON_SITE = """
import sys
import frappe
site, *arguments = sys.argv[1:]
frappe.init(site=site)
frappe.connect()
"""

_CONFIGURE = """
import json
settings, given = frappe.get_doc("AI Assistant Settings"), json.loads(arguments[0])
print(json.dumps({name: settings.get(name) for name in given if name != "budgets"}))
settings.update(given)
settings.save()
frappe.db.commit()
"""

_BENCH = ("-m", "frappe.utils.bench_helper", "frappe", "--site")
"""What the command `bench` runs."""

_PATIENCE = 120.0
"""Seconds for a program on a site."""

_WORKERS = """
import json
from frappe.utils.background_jobs import get_workers
print(json.dumps([worker.pid for worker in get_workers()]))
"""

_KNOWN = 2.5
"""Seconds after which every web process has read the settings again."""

_OTHERS = 600.0
"""Seconds for another run of the suite to leave the site."""


@contextmanager
def bench_of(
	simulator: Simulator, site: str = "SITE", models: Iterable[str] = MODELS.values()
) -> Iterator[Bench]:
	"""The site that this variable names. Skips the test where no bench is given."""
	folder, name = os.environ.get("FRAPPE_BENCH"), os.environ.get(site)
	if not (folder and os.environ.get("SITE")):
		pytest.skip("No bench; FRAPPE_BENCH=/path SITE=name make test runs them.")
	if not name:
		pytest.skip(f"No second site of the bench; {site}=name beside FRAPPE_BENCH and SITE runs them.")
	with _alone_on(Path(folder, "sites", name)):
		bench = Bench(Path(folder), name, simulator, models)
		try:
			yield bench
		finally:
			bench.close()


@contextmanager
def _alone_on(site: Path) -> Iterator[None]:
	"""Two runs of the suite would take each other's users away."""
	with (site / "site_config.json").open() as file:
		wait_for(lambda: _lock(file), _OTHERS, lambda: f"Another suite stays on {site}.")
		yield


def _lock(file: IO[str]) -> bool:
	try:
		flock(file, LOCK_EX | LOCK_NB)
	except BlockingIOError:
		return False
	return True


class Bench(Host):
	"""`FRAPPE_URL` goes before the address that the bench's settings tell, where a proxy stands in front of both
	the web server and the realtime service; another site has its own name in it."""

	role = "System Manager"

	def __init__(self, bench: Path, site: str, simulator: Simulator, models: Iterable[str]):
		self.site = site
		self.simulator = simulator
		self.output = []
		self._bench = bench
		self._former = {"budgets": [], "title_model": ""}
		self._is_configured = False
		made = json.loads(self._run(str(_PREPARE), site, simulator.url, str(PRICE), *models))
		self.tokens, self.names = made["tokens"], made["names"]
		address = os.environ.get("FRAPPE_URL") or made["url"]
		self.url = address.replace(os.environ["SITE"], site)

	def configure(self, **settings: Any) -> None:
		found = self.run(_CONFIGURE, json.dumps(self._former | settings))
		self._former = json.loads(found) | self._former
		self._is_configured = bool(settings)
		time.sleep(_KNOWN)  # each web process has a copy, and no request can ask them all for it

	def document(self, doctype: str, name: str, user: str | None) -> tuple[int, Any]:
		"""As Frappe's own REST interface gives it."""
		return self.resource("GET", doctype, name, user)

	def resource(
		self,
		verb: str,
		doctype: str,
		name: str | None,
		user: str | None,
		body: Mapping[str, Any] | None = None,
	) -> tuple[int, Any]:
		"""What Frappe's own REST interface answers of a document, or without a name of all of the DocType."""
		path = "/".join(map(quote, (doctype, name) if name else (doctype,)))
		headers = {"Content-Type": "application/json"} if body is not None else {}
		sent = json.dumps(body).encode() if body is not None else None
		return self.open(f"{self.url}/api/resource/{path}", headers, user, sent, verb)

	def jobs(self) -> list[psutil.Process]:
		"""The background jobs that are being done: children of the workers."""
		workers = [psutil.Process(pid) for pid in json.loads(self.run(_WORKERS)) if psutil.pid_exists(pid)]
		return [child for worker in workers for child in worker.children()]

	@contextmanager
	def jobs_paused(self) -> Iterator[None]:
		"""Not for longer than an engine's lease."""
		jobs = self.jobs()
		for job in jobs:
			job.suspend()
		try:
			yield
		finally:
			for job in jobs:
				job.resume()

	@contextmanager
	def configuration_cut(self) -> Iterator[None]:
		"""The site's configuration as Frappe leaves it for a moment whenever it writes it."""
		file = self._sites / self.site / "site_config.json"
		whole = file.read_text()
		file.write_text("")
		try:
			yield
		finally:
			file.write_text(whole)

	def run(self, program: str, *arguments: str, seconds: float = _PATIENCE) -> str:
		"""What a program prints that finds `frappe` connected to the site, and its `arguments`."""
		return self._run("-c", _ON_SITE + program, self.site, *arguments, seconds=seconds)

	def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
		"""What `bench --site` with the site and these arguments does and prints."""
		return subprocess.run(
			self._command(*_BENCH, self.site, *arguments),
			cwd=self._sites,
			stdout=subprocess.PIPE,
			stderr=subprocess.STDOUT,
			text=True,
			timeout=_PATIENCE,
		)

	def started(self, *arguments: str) -> psutil.Process:
		"""The process of such a command, whose starter has gone."""
		command = shlex.join(self._command(*_BENCH, self.site, *arguments))
		starter = ["sh", "-c", f"{command} >/dev/null 2>&1 & echo $!"]
		done = subprocess.run(starter, cwd=self._sites, stdout=subprocess.PIPE, text=True, check=True)
		return psutil.Process(int(done.stdout))

	@contextmanager
	def running(self, program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
		"""Such a program, from its first line on until it ends."""
		command = self._command("-c", _ON_SITE + program, self.site, *arguments)
		with subprocess.Popen(command, cwd=self._sites, stdout=subprocess.PIPE, text=True) as process:
			assert process.stdout
			assert process.stdout.readline()
			yield process
			assert process.wait(_PATIENCE) == 0

	def close(self) -> None:
		if self._is_configured:
			self.configure()
		self._run(str(_PREPARE), self.site)

	def _run(self, *arguments: str, seconds: float = _PATIENCE) -> str:
		command = self._command(*arguments)
		done = subprocess.run(
			command, cwd=self._sites, stdout=subprocess.PIPE, text=True, timeout=seconds, check=True
		)
		return done.stdout

	def _command(self, *arguments: str) -> list[str]:
		return [str(self._bench / "env/bin/python"), *arguments]

	@property
	def _sites(self) -> Path:
		return self._bench / "sites"
