"""The realtime service: every event on the bus goes to the Socket.IO clients of the user whose it is.

Most of what this process does is here, so an event is encoded once for all its receivers and put straight into the
outbox of each; python-socketio's own `emit` would make a task for each receiver.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import msgspec
import socketio
from engineio import AsyncServer as EngineServer
from engineio.packet import MESSAGE, Packet
from msgspec import Raw, Struct
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError
from socketio.exceptions import ConnectionRefusedError

from ai_assistant.core.errors import AssistantError, NotAuthenticated
from ai_assistant.core.journal import REALTIME_CHANNEL
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.credentials import Credentials, Session, Token, credentials
from ai_assistant.hosts.standalone.outbox import BacklogFull, Outbox

_USER_ROOM = "user:"
_SHUT_OUT = "shut_out"
"""The event, which no client sees, that ends the sockets of a user in every process of the site."""

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
"""Seconds between two tries while Redis is away."""

_log = logging.getLogger(__name__)


class Envelope(Struct, frozen=True, gc=False):
	"""What is published on the bus; Frappe's form."""

	event: str
	message: Raw
	room: str
	namespace: str


def shut_out(redis: Redis, site: str, user: str) -> None:
	"""Ends all sockets of that user, who was disabled. Raises redis.RedisError."""
	envelope = Envelope(_SHUT_OUT, Raw(b"null"), _USER_ROOM + user, site)
	redis.publish(REALTIME_CHANNEL, _encoder.encode(envelope))


_decoder = msgspec.json.Decoder(Envelope)
_encoder = msgspec.json.Encoder()


class _EngineServer(EngineServer):  # type: ignore[misc]  # untyped
	def create_queue(self, *_: Any, **__: Any) -> Outbox:
		return Outbox()


class _SocketServer(socketio.AsyncServer):  # type: ignore[misc]  # untyped
	def _engineio_server_class(self) -> type[EngineServer]:
		return _EngineServer


class Sockets:
	"""The Socket.IO server of one site, on the root namespace and on `/<site>`; a client joins its user's room only."""

	def __init__(
		self,
		site: str,
		redis: AsyncRedis,
		accounts: Accounts,
		threads: Executor,
		notice: Callable[[bytes], None],
	):
		"""`redis` is a `listening_client`. `notice` is called with every event of the site, as JSON."""
		self.server = _SocketServer(async_mode="asgi", cors_allowed_origins=_is_own_page)
		self.is_listening = asyncio.Event()
		self.reconnections = -1
		"""How often the bus was lost and found again; what came in between was not forwarded."""
		self._site = site
		self._redis: Any = redis
		self._accounts = accounts
		self._threads = threads
		self._notice = notice
		self._namespaces = ("/", f"/{site}")
		self._closing: set[asyncio.Task[None]] = set()
		for namespace in self._namespaces:
			self.server.on("connect", self._connector(namespace), namespace=namespace)
			self.server.on("ping", self._ponger(namespace), namespace=namespace)

	def _connector(self, namespace: str) -> Callable[..., Any]:
		async def connect(sid: str, environ: dict[str, Any], auth: Any) -> None:
			user = await asyncio.get_running_loop().run_in_executor(self._threads, self._user, environ, auth)
			await self.server.enter_room(sid, _USER_ROOM + user, namespace=namespace)

		return connect

	def _ponger(self, namespace: str) -> Callable[..., Any]:
		async def ping(sid: str, *_: Any) -> None:
			await self.server.emit("pong", to=sid, namespace=namespace)

		return ping

	def _user(self, environ: dict[str, Any], auth: Any) -> str:
		try:
			proof = _proof(environ, auth)
			if proof is None:
				raise NotAuthenticated("Sign in first.")
			return proof.user(self._accounts)
		except AssistantError as error:
			raise ConnectionRefusedError(str(error)) from None

	async def listen(self) -> None:
		"""Forwards what comes over the bus, until it is cancelled; a bus that is away is waited for."""
		pause = _FIRST_PAUSE
		while True:
			try:
				async with self._redis.pubsub() as subscription:
					await subscription.subscribe(REALTIME_CHANNEL)
					while True:
						self._receive(await subscription.parse_response())
						pause = _FIRST_PAUSE
			except (RedisError, OSError) as error:
				_log.warning("the realtime bus is away: %s", type(error).__name__)
			await asyncio.sleep(pause)
			pause = min(2 * pause, _LONGEST_PAUSE)

	def _receive(self, message: list[Any] | None) -> None:
		"""One message of the subscription; None after a health check."""
		if message is None:
			return
		if message[0] == b"message":
			self.forward(message[2])
		elif message[0] == b"subscribe":
			self.reconnections += 1
			self.is_listening.set()

	def forward(self, data: bytes) -> None:
		"""Sends one envelope to its room; anything but this site's event for a user's room goes nowhere."""
		try:
			envelope = _decoder.decode(data.decode())
		except (UnicodeDecodeError, msgspec.DecodeError):
			return
		if envelope.namespace != self._site or not envelope.room.startswith(_USER_ROOM):
			return
		if envelope.event == _SHUT_OUT:
			self._accounts.forget_tokens(envelope.room.removeprefix(_USER_ROOM))
			self._disconnect(envelope.room)
			return
		self._notice(envelope.message)
		event = None
		for namespace in self._namespaces:
			packet = None
			for _, client in self.server.manager.get_participants(namespace, envelope.room):
				event = event or _encoder.encode([envelope.event, envelope.message]).decode()
				packet = packet or _packet(namespace, event)
				self._send(client, packet)

	def _send(self, client: str, packet: Packet) -> None:
		socket = self.server.eio.sockets.get(client)
		if socket is None or socket.closed:
			return
		try:
			socket.queue.put_nowait(packet)
		except BacklogFull:
			_log.warning("a client reads too slowly and is disconnected")
			self._drop(socket)

	def _disconnect(self, room: str) -> None:
		clients = {
			client
			for namespace in self._namespaces
			for _, client in self.server.manager.get_participants(namespace, room)
		}
		for client in clients & self.server.eio.sockets.keys():
			self._drop(self.server.eio.sockets[client])

	def _drop(self, socket: Any) -> None:
		task = asyncio.ensure_future(_close(socket))
		self._closing.add(task)
		task.add_done_callback(self._closing.discard)

	async def close(self) -> None:
		"""Ends long polling; WebSockets are closed by the server that carries them. May be called again."""
		for socket in list(self.server.eio.sockets.values()):
			socket.queue.put_nowait(None)
		if self.server.eio.service_task_handle:
			await self.server.shutdown()


def _is_own_page(origin: str | None, environ: dict[str, Any]) -> bool:
	"""Whether it is of this host, by any scheme: a proxy may have ended TLS without saying so."""
	return origin is not None and origin.endswith(f"://{environ.get('HTTP_HOST')}")


def _packet(namespace: str, event: str) -> Packet:
	"""A Socket.IO event in an Engine.IO message; encoded once, it is shared by all receivers."""
	return Packet(MESSAGE, f"2{event}" if namespace == "/" else f"2{namespace},{event}")


async def _close(socket: Any) -> None:
	await socket.close(wait=False, abort=True)
	socket.queue.put_nowait(None)


def _proof(environ: dict[str, Any], auth: Any) -> Credentials | None:
	"""What the client sent in its `auth`, else in its headers. Raises NotAuthenticated."""
	if isinstance(auth, dict):
		if isinstance(token := auth.get("token"), str):
			return Token.parse(token)
		if isinstance(sid := auth.get("sid"), str):
			return Session(sid)
	return credentials(environ.get("HTTP_AUTHORIZATION", ""), environ.get("HTTP_COOKIE", ""))
