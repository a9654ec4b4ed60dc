"""`make bench`: every case directly from the provider and through the site, side by side, the page, then the budgets."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.budgets import Budget, budgets
from benchmarks.cases import CASES, PACED, WARM_UP, Case
from benchmarks.decoding import decoding
from benchmarks.figures import Cost, Figures, Measured
from benchmarks.load import Heard, Listener, read_directly
from benchmarks.page import page_budgets
from benchmarks.servers import Peak, cpu_seconds, prepare, process
from benchmarks.streams import first_bytes

_USERS = 20

_POSTS = 200
"""Questions on their way to the site at once."""


async def directly(case: Case, provider: str) -> Figures:
	heard: list[Heard] = []
	began = asyncio.get_running_loop().time()
	async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
		for _ in range(case.times):
			reading = (read_directly(session, provider, case.model) for _ in range(case.runs))
			heard += await asyncio.gather(*reading)
	return Figures.of(case, heard, asyncio.get_running_loop().time() - began)


async def through_site(case: Case, url: str, tokens: list[str], site: psutil.Process) -> Figures:
	async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_POSTS)) as session:
		listeners = [await Listener.connect(session, url, token) for token in tokens]
		listening = [asyncio.create_task(listener.listen()) for listener in listeners]

		async def ask(case: Case, runs: int) -> list[Heard]:
			asking = [listeners[number % _USERS].ask(case.model) for number in range(runs)]
			return await asyncio.gather(*asking)

		await ask(WARM_UP, _USERS)
		heard: list[Heard] = []
		cpu, began = cpu_seconds(site), asyncio.get_running_loop().time()
		async with Peak(site) as peak:
			for _ in range(case.times):
				heard += await ask(case, case.runs)
		seconds = asyncio.get_running_loop().time() - began
		cost = Cost(cpu_seconds(site) - cpu, peak.megabytes)
		for task in listening:
			task.cancel()
	return Figures.of(case, heard, seconds, cost)


def case_table(measured: Sequence[Measured]) -> Table:
	table = Table("case", "", title="Times in ms as p50 / p95")
	for heading in ("deltas/s", "first text", "delay of a delta", "events", "wrong", "CPU ms/1,000", "MB"):
		table.add_column(heading, justify="right")
	for one in measured:
		for way, found in (("provider", one.provider), ("site", one.site)):
			counts = (
				f"{found.rate:,.0f}",
				str(found.first),
				str(found.delay),
				f"{found.events:,}",
				str(found.wrong),
			)
			cost = (f"{found.cpu_per_thousand:.1f}", f"{found.cost.memory:.0f}") if found.cost else ()
			table.add_row(one.case.name, way, *counts, *cost)
	return table


def budget_table(found: Sequence[Budget]) -> Table:
	table = Table("budget", title="Budgets")
	for heading in ("found", "bound"):
		table.add_column(heading, justify="right")
	table.add_column("")
	for budget in found:
		verdict = "met" if budget.is_met else "[bold red]missed[/]"
		table.add_row(budget.name, f"{budget.found:,.1f}", budget.bound, verdict)
	return table


async def measure(console: Console) -> list[Budget]:
	measured: list[Measured] = []
	models = [case.model for case in (WARM_UP, *CASES)]
	with (
		tempfile.TemporaryDirectory() as directory,
		process("tests.simulator", "--port", "0") as (provider, _),
	):
		tokens = prepare(Path(directory), provider, models, _USERS)
		with process("ai_assistant", "serve", "--data", directory, "--port", "0") as (url, site):
			for case in CASES:
				console.print(f"{case.name} …", style="dim")
				through = await through_site(case, url, tokens, site)
				measured.append(Measured(case, await directly(case, provider), through))
			first_byte = await first_bytes(url, tokens[0], PACED.model)
		found = budgets(measured, first_byte, await decoding(provider))
	console.print(case_table(measured))
	return found


def main() -> int:
	"""1 if a budget was missed."""
	uvloop.install()
	console = Console(width=120)
	found = [*asyncio.run(measure(console)), *page_budgets(console)]
	console.print(budget_table(found))
	return 0 if all(budget.is_met for budget in found) else 1


if __name__ == "__main__":
	sys.exit(main())
