"""`make bench`: every case directly from the provider and through the site, side by side."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import aiohttp
import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.load import Heard, Listener, read_directly
from benchmarks.servers import cpu_seconds, megabytes, prepare, process

_USERS = 20


@dataclass(frozen=True)
class Case:
	name: str
	runs: int
	deltas: int
	rate: int
	"""Deltas a second of one run; 0 is flat out."""

	@property
	def model(self) -> str:
		return f"sim:text={self.deltas},rate={self.rate},stamp=1"


CASES = (
	Case("1 run at 50/s", 1, 250, 50),
	Case("50 runs at 50/s", 50, 250, 50),
	Case("200 runs at 50/s", 200, 250, 50),
	Case("20 runs flat out", 20, 2000, 0),
)


@dataclass(frozen=True)
class Figures:
	"""Milliseconds, but `rate` (deltas a second) and `cpu` (milliseconds of the site for 1,000 deltas)."""

	rate: float
	first: tuple[float, float]
	delay: tuple[float, float]
	events: int
	wrong: int
	cpu: float | None = None
	memory: float | None = None


def middle_and_tail(values: list[float]) -> tuple[float, float]:
	"""p50 and p95 in milliseconds."""
	tail = quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
	return median(values) * 1000, tail * 1000


def figures(case: Case, heard: list[Heard], seconds: float, cpu: float = 0.0, memory: float = 0.0) -> Figures:
	expected = list(range(case.deltas))
	total = sum(len(one.numbers) for one in heard)
	return Figures(
		total / seconds,
		middle_and_tail([one.first for one in heard]),
		middle_and_tail([delay for one in heard for delay in one.delays]),
		sum(one.events for one in heard),
		sum(one.numbers != expected for one in heard),
		cpu * 1e6 / total if cpu else None,
		memory or None,
	)


async def directly(case: Case, provider: str) -> Figures:
	began = asyncio.get_running_loop().time()
	async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
		heard = await asyncio.gather(
			*(read_directly(session, provider, case.model) for _ in range(case.runs))
		)
	return figures(case, heard, asyncio.get_running_loop().time() - began)


async def through_site(case: Case, url: str, tokens: list[str], site: psutil.Process) -> Figures:
	async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
		listeners = [await Listener.connect(session, url, token) for token in tokens]
		listening = [asyncio.create_task(listener.listen()) for listener in listeners]
		warm = Case("", 1, 5, 0).model
		await asyncio.gather(
			*(one.ask(session, url, token, warm) for one, token in zip(listeners, tokens, strict=True))
		)
		cpu, began = cpu_seconds(site), asyncio.get_running_loop().time()
		asking = [
			listeners[number % _USERS].ask(session, url, tokens[number % _USERS], case.model)
			for number in range(case.runs)
		]
		heard = await asyncio.gather(*asking)
		seconds = asyncio.get_running_loop().time() - began
		spent, memory = cpu_seconds(site) - cpu, megabytes(site)
		for task in listening:
			task.cancel()
	return figures(case, heard, seconds, spent, memory)


def report(rows: list[tuple[Case, str, Figures]]) -> None:
	table = Table(title="Times in ms as p50 / p95")
	for heading in (
		"case",
		"",
		"deltas/s",
		"first text",
		"delay of a delta",
		"events",
		"wrong",
		"CPU ms/1000",
		"MB",
	):
		table.add_column(heading, justify="right" if table.columns else "left")
	for case, way, found in rows:
		table.add_row(
			case.name,
			way,
			f"{found.rate:,.0f}",
			f"{found.first[0]:.1f} / {found.first[1]:.1f}",
			f"{found.delay[0]:.1f} / {found.delay[1]:.1f}",
			f"{found.events:,}",
			str(found.wrong),
			f"{found.cpu:.1f}" if found.cpu else "",
			f"{found.memory:.0f}" if found.memory else "",
		)
	Console(width=120).print(table)


async def measure() -> int:
	"""The number of streams that lost, repeated or reordered anything."""
	rows: list[tuple[Case, str, Figures]] = []
	models = [case.model for case in CASES] + [Case("", 1, 5, 0).model]
	with (
		tempfile.TemporaryDirectory() as directory,
		process("tests.simulator", "--port", "0") as (provider, _),
	):
		tokens = prepare(Path(directory), provider, models, _USERS)
		serve = ("ai_assistant", "serve", "--data", directory, "--port", "18763")
		with process(*serve) as (url, site):
			for case in CASES:
				rows.append((case, "provider", await directly(case, provider)))
				rows.append((case, "site", await through_site(case, url, tokens, site)))
	report(rows)
	return sum(found.wrong for _, _, found in rows)


if __name__ == "__main__":
	uvloop.install()
	sys.exit(1 if asyncio.run(measure()) else 0)
