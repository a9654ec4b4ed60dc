"""A light load generator: it asks, listens on raw sockets, and notes when each of the provider's stamps arrives."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field

import aiohttp
import msgspec
from msgspec import Struct

_PATIENCE = 120.0
"""Seconds for one run."""

_STAMP = re.compile(r"t(\d+)@(\d+) ")


class _Event(Struct):
	type: str
	task_id: str = ""
	text: str = ""
	partial: bool = False


_packet = msgspec.json.Decoder(tuple[str, _Event])


@dataclass
class Heard:
	"""What one stream brought. `first` is in seconds after the question; `delays` in seconds after the stamp."""

	events: int = 0
	first: float = 0.0
	numbers: list[int] = field(default_factory=list)
	delays: list[float] = field(default_factory=list)
	rest: str = ""
	"""The beginning of a stamp whose end comes with the next event."""

	def take(self, text: str, asked: float) -> None:
		now = time.monotonic()
		self.events += 1
		self.first = self.first or now - asked
		whole, space, self.rest = (self.rest + text).rpartition(" ")
		for number, stamp in _STAMP.findall(whole + space):
			self.numbers.append(int(number))
			self.delays.append(now - int(stamp) / 1e9)


async def read_directly(session: aiohttp.ClientSession, url: str, model: str) -> Heard:
	"""The floor: the provider's own stream, with nothing between."""
	heard, asked, buffer = Heard(), time.monotonic(), ""
	body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "Hello?"}]}
	headers = {"Authorization": "Bearer key"}
	async with session.post(f"{url}/v1/chat/completions", json=body, headers=headers) as response:
		async for chunk in response.content.iter_any():
			*lines, buffer = (buffer + chunk.decode()).split("\n")
			if text := "".join(line for line in lines if "@" in line):
				heard.take(f"{text} ", asked)
	return heard


class Listener:
	"""One user's socket, and what each of their runs brought."""

	def __init__(
		self, session: aiohttp.ClientSession, url: str, token: str, socket: aiohttp.ClientWebSocketResponse
	):
		self._session = session
		self._method = f"{url}/api/method/ai_assistant.api.chat_completion"
		self._headers = {"Authorization": f"token {token}"}
		self._socket = socket
		self._runs: dict[str, tuple[float, Heard, asyncio.Event]] = {}
		self._early: dict[str, list[_Event]] = {}

	@classmethod
	async def connect(cls, session: aiohttp.ClientSession, url: str, token: str) -> Listener:
		socket = await session.ws_connect(f"{url}/socket.io/?EIO=4&transport=websocket", max_msg_size=0)
		await socket.receive_str()
		await socket.send_str("40" + msgspec.json.encode({"token": token}).decode())
		answer = await socket.receive_str()
		if not answer.startswith("40"):
			raise RuntimeError(f"The site refused the socket: {answer}")
		return cls(session, url, token, socket)

	async def listen(self) -> None:
		async for message in self._socket:
			data = str(message.data)
			if data == "2":
				await self._socket.send_str("3")
			elif data.startswith("42"):
				_, event = _packet.decode(data[2:])
				self._take(event)

	def _take(self, event: _Event) -> None:
		run = self._runs.get(event.task_id)
		if run is None:
			self._early.setdefault(event.task_id, []).append(event)
			return
		asked, heard, ended = run
		if event.type == "text":
			heard.take(event.text, asked)
		elif event.type in ("completion", "error"):
			ended.set()

	async def ask(self, model: str) -> Heard:
		"""Returns when the run has ended."""
		heard, ended, asked = Heard(), asyncio.Event(), time.monotonic()
		body = {"message": "Hello?", "model": model, "stream": True}
		async with self._session.post(self._method, json=body, headers=self._headers) as response:
			reply = await response.json()
		task_id = reply["message"]["task_id"]
		self._runs[task_id] = (asked, heard, ended)
		for event in self._early.pop(task_id, []):
			self._take(event)
		await asyncio.wait_for(ended.wait(), _PATIENCE)
		return heard
