"""A client on a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import socketio

from ai_assistant.core.events import AnyEvent, decode
from ai_assistant.core.transcript import Transcript
from tests.contract.host import PATIENCE, Host


class Device:
	"""One client of a user: folds what arrives, and asks for what does not."""

	def __init__(self, host: Host, user: str | None):
		"""Without a user it is a guest's."""
		self.shown: dict[str, Transcript] = {}
		self.heard: list[AnyEvent] = []
		"""Events as they arrived, of all runs."""
		self.repairs = 0
		self._host = host
		self._user = user
		self._namespace = f"/{host.site}"
		self._changed = asyncio.Event()
		self._client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
		self._client.on("ai_progress", self._take, namespace=self._namespace)

	async def connect(self) -> None:
		headers = {"Origin": self._host.url, "Cookie": "sid=Guest"}
		if self._user:
			headers |= {"Authorization": f"token {self._host.tokens[self._user]}", "Cookie": "any=one"}
		await self._client.connect(
			self._host.url,
			headers=headers,
			namespaces=[self._namespace],
			transports=["websocket"],
			wait_timeout=10,
		)

	async def emit(self, event: str, *arguments: str) -> None:
		await self._client.emit(event, arguments, namespace=self._namespace)

	async def disconnect(self) -> None:
		await self._client.disconnect()

	async def _take(self, message: dict[str, Any]) -> None:
		transcript = self.shown.setdefault(message["task_id"], Transcript())
		self.heard.append(decode(json.dumps(message)))
		if transcript.apply(self.heard[-1]) == "gap":
			await self.repair(message["task_id"])
		self._changed.set()

	async def repair(self, task_id: str) -> None:
		"""Asks for the events of the run that this device has not seen, perhaps all of them."""
		self.repairs += 1
		transcript = self.shown.setdefault(task_id, Transcript())
		_, body = await asyncio.to_thread(
			self._host.call, "get_events", self._user, task_id=task_id, after=transcript.cursor
		)
		for event in body["message"]["events"]:
			transcript.apply(decode(json.dumps(event)))
		self._changed.set()

	async def catch_up(self) -> None:
		"""Asks for what it missed of the runs that it shows as going on."""
		for task_id, transcript in list(self.shown.items()):
			if not transcript.final:
				await self.repair(task_id)

	async def open(self, conversation: str) -> list[dict[str, Any]]:
		"""The messages of the chosen branch; what this device does not know the end of, it asks for."""
		_, body = await asyncio.to_thread(
			self._host.get, "chat.get_conversation_history", self._user, conversation_id=conversation
		)
		history = body.get("message", {"messages": [], "runs": []})
		for run in [*history["runs"], *history["messages"]]:
			if run["task_id"] and not self.shown.setdefault(run["task_id"], Transcript()).final:
				await self.repair(run["task_id"])
		messages: list[dict[str, Any]] = history["messages"]
		return messages

	async def until(self, task_id: str, characters: int) -> None:
		"""Waits until so much text of the run is shown, or the run has ended."""

		async def wait() -> None:
			while True:
				shown = self.shown.get(task_id)
				if shown and (shown.final or len(shown.text) >= characters):
					return
				self._changed.clear()
				await self._changed.wait()

		await asyncio.wait_for(wait(), PATIENCE)


@asynccontextmanager
async def connected(*devices: Device) -> AsyncIterator[None]:
	async with AsyncExitStack() as stack:
		for device in devices:
			await device.connect()
			stack.push_async_callback(device.disconnect)
		yield
