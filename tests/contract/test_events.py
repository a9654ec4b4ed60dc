"""What connected clients show, on either host."""

from __future__ import annotations

import asyncio
import time

import aiohttp

from ai_assistant.core.events import Completion, Text, decode
from ai_assistant.core.transcript import Transcript
from tests.contract.device import Device, connected
from tests.contract.host import MODELS, Host, text_of

TEXT = text_of("paced")

AWAY = 3.0
"""Seconds without a socket."""


async def test_every_device_of_the_user_sees_the_run_and_nobody_else(host: Host) -> None:
	first, second, other = Device(host, "ann"), Device(host, "ann"), Device(host, "bob")
	async with connected(first, second, other):
		task_id = await asyncio.to_thread(host.ask, MODELS["plain"])
		for device in (first, second):
			await device.until(task_id, len(text_of("plain")) + 1)
			assert device.shown[task_id].text == text_of("plain")
			assert isinstance(device.shown[task_id].final, Completion)
		assert other.shown == {}


async def test_a_device_that_lost_its_socket_shows_in_the_end_what_the_other_shows(host: Host) -> None:
	steady, shaky = Device(host, "ann"), Device(host, "ann")
	text = text_of("lasting")
	async with connected(steady):
		async with connected(shaky):
			task_id = await asyncio.to_thread(host.ask, MODELS["lasting"])
			await shaky.until(task_id, 20)
		lost, at_loss = time.monotonic(), shaky.shown[task_id].text
		while time.monotonic() < lost + AWAY:
			await steady.until(task_id, len(steady.shown[task_id].text) + 1)
		assert shaky.shown[task_id].text == at_loss
		assert steady.shown[task_id].final is None
		async with connected(shaky):
			await shaky.repair(task_id)
			for device in (steady, shaky):
				await device.until(task_id, len(text) + 1)
	assert steady.shown[task_id].text == shaky.shown[task_id].text == text
	assert steady.shown[task_id].final == shaky.shown[task_id].final
	assert steady.repairs == 0


async def test_server_sent_events_go_on_after_the_last_one_that_was_seen(host: Host) -> None:
	task_id = await asyncio.to_thread(host.ask, MODELS["paced"])
	await asyncio.to_thread(host.wait_event, task_id, Text)
	shown, last = Transcript(), ""
	async with aiohttp.ClientSession() as session:
		while shown.final is None:
			last = await read_some(session, host, task_id, last, shown)
	assert shown.text == TEXT


async def read_some(
	session: aiohttp.ClientSession, host: Host, task_id: str, last: str, shown: Transcript
) -> str:
	"""Reads up to 20 events, then hangs up. Returns the id of the last one."""
	url = f"{host.url}/api/method/ai_assistant.api.stream_events"
	headers = {"Authorization": f"token {host.tokens['ann']}"} | ({"Last-Event-ID": last} if last else {})
	events = 0
	async with session.get(url, params={"task_id": task_id}, headers=headers) as response:
		assert response.content_type == "text/event-stream"
		async for line in response.content:
			field, _, value = line.decode().strip().partition(": ")
			if field == "id":
				last = value
			elif field == "data":
				assert shown.apply(decode(value)) == "applied"
				events += 1
				if events == 20 or shown.final:
					break
	return last
