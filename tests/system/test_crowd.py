"""Many runs at once, as the sockets of several users see them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ai_assistant.core.events import Completion, Heartbeat
from ai_assistant.core.transcript import Transcript
from tests.contract.device import Device, connected
from tests.simulator import Answer, Behaviour, Simulator
from tests.system.conftest import Served

MODEL = "sim:text=50,rate=50"
TEXT = Answer.to(Behaviour.parse(MODEL)).text
RUNS = 100
"""Of each user."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
	with Simulator() as simulator:
		served = Served(tmp_path, simulator, [MODEL])
		yield served
		served.stop()


def folded(device: Device) -> dict[str, Transcript]:
	"""What it shows of each run if nothing that arrived was lost, repeated or out of order."""
	shown: dict[str, Transcript] = {}
	for event in device.heard:
		if not isinstance(event, Heartbeat):
			assert shown.setdefault(event.task_id, Transcript()).apply(event) == "applied", event
	return shown


async def test_three_hundred_runs_at_once_reach_every_socket_whole_and_in_order(site: Served) -> None:
	devices = {user: [Device(site, user)] for user in ("ann", "bob", "chief")}
	devices["ann"].append(Device(site, "ann"))
	loop = asyncio.get_running_loop()
	with ThreadPoolExecutor(8) as threads:
		async with connected(*(device for owned in devices.values() for device in owned)):
			asked = {
				user: [loop.run_in_executor(threads, site.ask, MODEL, user) for _ in range(RUNS)]
				for user in devices
			}
			runs = {user: await asyncio.gather(*tasks) for user, tasks in asked.items()}
			for user, owned in devices.items():
				for device in owned:
					for task_id in runs[user]:
						await device.until(task_id, len(TEXT) + 1)
	for user, owned in devices.items():
		for device in owned:
			shown = folded(device)
			assert device.repairs == 0
			assert shown.keys() == set(runs[user])
			assert {run.text for run in shown.values()} == {TEXT}
			assert all(isinstance(run.final, Completion) for run in shown.values())
