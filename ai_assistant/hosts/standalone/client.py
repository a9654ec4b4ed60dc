"""The command line's client of a site: methods over HTTP, events over Socket.IO, healed from the journal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Any

import aiohttp
import msgspec
import socketio
from socketio.exceptions import ConnectionError as SocketConnectionError

from ai_assistant.core.errors import AssistantError
from ai_assistant.core.events import AnyEvent, FinalEvent
from ai_assistant.core.transcript import Transcript

_METHODS = "/api/method/ai_assistant.api."
_CONNECT = 5.0
_POLL = 0.25
_SILENCE = 15.0
"""Seconds without any event after which the journal is asked; heartbeats come more often than this."""
_OUTAGE = 20.0
"""Seconds for which a site may be away while an answer is followed."""


class SiteError(AssistantError):
	"""A site that refuses or cannot be reached: a sentence for people."""


class SiteUnreachable(SiteError):
	pass


class NoRealtime(SiteError):
	pass


class Answer:
	"""One run as this client sees it. `asked`: seconds of `time.perf_counter()`."""

	def __init__(self, task_id: str, conversation_id: str, asked: float):
		self.task_id = task_id
		self.conversation_id = conversation_id
		self.asked = asked
		self.transcript = Transcript()
		self.events = 0
		self.first_event: float | None = None
		"""Seconds from asking to the first event's arrival."""

	@property
	def final(self) -> FinalEvent | None:
		return self.transcript.final

	def apply(self, event: AnyEvent, arrived: float) -> bool:
		"""Takes an event in; False if others are missing before it."""
		outcome = self.transcript.apply(event)
		if outcome == "applied":
			self.events += 1
			if self.first_event is None:
				self.first_event = arrived - self.asked
		return outcome != "gap"


class Site:
	"""A running site, asked by one user. An async context manager."""

	def __init__(self, url: str, token: str):
		"""`token`: `key:secret`."""
		self.url = url.rstrip("/")
		self._headers = {"Authorization": f"token {token}", "Origin": self.url}

	async def __aenter__(self) -> Site:
		timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT)
		self._http = aiohttp.ClientSession(headers=self._headers, timeout=timeout)
		self._socket = socketio.AsyncClient(
			http_session=self._http, handle_sigint=False, reconnection_delay=0.2, reconnection_delay_max=2
		)
		self._reached = time.perf_counter()
		self._arrivals: asyncio.Queue[tuple[float, dict[str, Any] | None]] = asyncio.Queue()
		return self

	async def __aexit__(
		self,
		kind: type[BaseException] | None,
		error: BaseException | None,
		trace: TracebackType | None,
	) -> None:
		await self._socket.shutdown()
		await self._http.close()

	async def call(self, method: str, **parameters: Any) -> Any:
		"""The `message` of the method's reply. Raises SiteError."""
		try:
			async with self._http.post(self.url + _METHODS + method, json=parameters) as response:
				body = await response.read()
		except (aiohttp.ClientConnectionError, asyncio.TimeoutError):
			raise SiteUnreachable(
				f"No site answers at {self.url}. `ai-assistant serve --data DIR` starts one."
			) from None
		except (aiohttp.ClientError, ValueError):
			raise SiteError(f"{self.url} is not the address of a site.") from None
		self._reached = time.perf_counter()
		return _message(response.status, body, self.url)

	async def connect(self) -> None:
		"""Begins to receive the user's events. Raises NoRealtime."""
		config = await self.call("get_realtime_config")
		namespace = config["namespace"]
		self._socket.on(config["event"], self._receive, namespace=namespace)
		self._socket.on("connect", self._notice, namespace=namespace)
		self._socket.on("disconnect", self._notice, namespace=namespace)
		try:
			await self._socket.connect(
				config["url"],
				headers=dict(self._headers),
				transports=["websocket"],
				namespaces=[namespace],
				socketio_path=config["path"],
				wait_timeout=_CONNECT,
			)
		except SocketConnectionError as error:
			raise NoRealtime(f"No realtime connection to {config['url']}: {error}.") from None

	async def _receive(self, event: dict[str, Any]) -> None:
		self._arrivals.put_nowait((time.perf_counter(), event))

	async def _notice(self, *_reason: str) -> None:
		"""Something may have been lost."""
		self._arrivals.put_nowait((time.perf_counter(), None))

	async def events(self) -> AsyncIterator[dict[str, Any]]:
		"""Every event of the user as it came, for ever."""
		while True:
			_, event = await self._arrivals.get()
			if event is not None:
				yield event

	async def ask(self, **request: Any) -> Answer:
		"""Starts a run with the parameters of `chat_completion`. Raises SiteError."""
		asked = time.perf_counter()
		started = await self.call("chat_completion", stream=True, **request)
		return Answer(started["task_id"], started["conversation_id"], asked)

	async def follow(self, answers: Iterable[Answer]) -> AsyncIterator[Answer]:
		"""Yields an answer each time it has grown, until every one has ended.

		What the socket loses, or all of it when there is none, is read from the journal. Raises SiteError.
		"""
		waiting = {answer.task_id: answer for answer in answers}
		while waiting:
			for answer in await self._next(waiting):
				yield answer
				if answer.final is not None:
					del waiting[answer.task_id]

	async def _next(self, waiting: dict[str, Answer]) -> list[Answer]:
		patience = _SILENCE if self._socket.connected else _POLL
		try:
			arrived, data = await asyncio.wait_for(self._arrivals.get(), patience)
		except asyncio.TimeoutError:
			data = None
		if data is None:
			return [answer for answer in list(waiting.values()) if await self._catch_up(answer)]
		answer = waiting.get(data["task_id"])
		if answer is None:
			return []
		if not answer.apply(msgspec.convert(data, AnyEvent), arrived):
			await self._catch_up(answer)
		return [answer]

	async def _catch_up(self, answer: Answer) -> bool:
		"""Reads what the journal has beyond the answer; whether that was anything."""
		before = answer.events
		try:
			page = await self.call("get_events", task_id=answer.task_id, after=answer.transcript.cursor)
		except SiteUnreachable:
			if time.perf_counter() - self._reached > _OUTAGE:
				raise
			return False
		for event in msgspec.convert(page["events"], list[AnyEvent]):
			answer.apply(event, time.perf_counter())
		return answer.events > before


def _message(status: int, body: bytes, url: str) -> Any:
	try:
		reply: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
	except msgspec.MsgspecError:
		raise SiteError(f"{url} answers, but not as a site does (HTTP {status}).") from None
	if status < 400:
		return reply.get("message")
	if status == 401:
		raise SiteError(f"{url} does not know this token; `ai-assistant token create --user NAME` makes one.")
	raise SiteError((reply.get("error") or {}).get("message") or f"{url} answered HTTP {status}.")
