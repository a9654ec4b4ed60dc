"""What connected clients show, over real sockets of a real site."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import socketio

from ai_assistant.core.events import decode
from ai_assistant.core.transcript import Transcript
from tests.simulator import Answer, Behaviour
from tests.system.conftest import MODELS, Served

TEXT = Answer.to(Behaviour.parse(MODELS["paced"])).text


class Device:
	"""One client of a user: folds what arrives, and asks for what does not."""

	def __init__(self, served: Served, user: str, namespace: str):
		self.shown: dict[str, Transcript] = {}
		self.repairs = 0
		self._served = served
		self._user = user
		self._namespace = namespace
		self._changed = asyncio.Event()
		self._client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
		self._client.on("ai_progress", self._take, namespace=namespace)

	async def connect(self) -> None:
		auth = {"token": self._served.tokens[self._user]}
		await self._client.connect(
			self._served.url,
			auth=auth,
			namespaces=[self._namespace],
			transports=["websocket"],
			wait_timeout=10,
		)

	async def disconnect(self) -> None:
		await self._client.disconnect()

	async def _take(self, message: dict[str, Any]) -> None:
		transcript = self.shown.setdefault(message["task_id"], Transcript())
		if transcript.apply(decode(json.dumps(message))) == "gap":
			await self.repair(message["task_id"])
		self._changed.set()

	async def repair(self, task_id: str) -> None:
		self.repairs += 1
		transcript = self.shown[task_id]
		_, body = await asyncio.to_thread(
			self._served.call, "get_events", self._user, task_id=task_id, after=transcript.cursor
		)
		for event in body["message"]["events"]:
			transcript.apply(decode(json.dumps(event)))
		self._changed.set()

	async def until(self, task_id: str, characters: int) -> None:
		"""Waits until so much text of the run is shown, or the run has ended."""

		async def wait() -> None:
			while True:
				shown = self.shown.get(task_id)
				if shown and (shown.final or len(shown.text) >= characters):
					return
				self._changed.clear()
				await self._changed.wait()

		await asyncio.wait_for(wait(), 30)


async def test_a_device_that_lost_its_socket_shows_in_the_end_what_the_other_shows(served: Served) -> None:
	steady, shaky = Device(served, "ann", "/localhost"), Device(served, "ann", "/")
	other = Device(served, "bob", "/localhost")
	for device in (steady, shaky, other):
		await device.connect()
	task_id = await asyncio.to_thread(served.ask, MODELS["paced"])
	await shaky.until(task_id, 20)
	await shaky.disconnect()
	at_loss = len(steady.shown[task_id].text)
	await steady.until(task_id, at_loss + len(TEXT) // 2)
	shaky_again = Device(served, "ann", "/")
	shaky_again.shown = shaky.shown
	await shaky_again.connect()
	await shaky_again.repair(task_id)
	for device in (steady, shaky_again):
		await device.until(task_id, len(TEXT) + 1)
	assert steady.shown[task_id].text == shaky_again.shown[task_id].text == TEXT
	assert steady.shown[task_id].final == shaky_again.shown[task_id].final
	assert steady.repairs == 0
	assert other.shown == {}
	for device in (steady, shaky_again, other):
		await device.disconnect()
