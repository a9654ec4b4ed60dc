"""A whole web side for the tests of this host: a real uvicorn server on a free port, and real clients."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import socketio
import uvicorn
from redis import Redis

from ai_assistant.core.journal import REALTIME_CHANNEL
from ai_assistant.core.settings import Limits, Model, Provider
from ai_assistant.core.settings import Settings as CoreSettings
from ai_assistant.hosts.standalone.administration import accounts_of
from ai_assistant.hosts.standalone.app import Application
from ai_assistant.hosts.standalone.serve import configuration
from ai_assistant.hosts.standalone.settings import Settings

SITE = "site.test"
API = "ai_assistant.api"
CHAT = f"{API}.chat_completion"
PASSWORD = "correct horse battery"
WAIT = 10.0
"""Seconds that any test waits for anything."""


async def until(condition: Callable[[], object]) -> None:
	"""Returns once it is true. Raises TimeoutError after WAIT."""
	deadline = time.monotonic() + WAIT
	while not condition():
		if time.monotonic() > deadline:
			raise TimeoutError
		await asyncio.sleep(0.005)


@dataclass
class Answer:
	status: int
	headers: Any
	body: Any


def refusal(answer: Answer) -> tuple[int, str, str]:
	"""Status, Frappe's name and our code; the sentences agree and tell nothing of the inside."""
	error = answer.body["error"]
	assert answer.body["exception"] == error["message"]
	assert "Traceback" not in error["message"]
	assert set(error) == {"code", "message", "retryable", "retry_after"}
	return answer.status, answer.body["exc_type"], error["code"]


@dataclass
class RunningSite:
	"""The web side of a site, without workers, and clients of it."""

	url: str
	application: Application
	bus: Redis
	tokens: dict[str, str]
	http: aiohttp.ClientSession
	clients: list[socketio.AsyncClient] = field(default_factory=list)

	async def call(self, method: str, verb: str = "POST", user: str | None = "ann", **options: Any) -> Answer:
		"""Asks as this user, by token, or as a guest; `options` are aiohttp's."""
		headers = dict(options.pop("headers", {}))
		if user is not None:
			headers["Authorization"] = f"token {self.tokens[user]}"
		url = f"{self.url}/api/method/{method}"
		async with self.http.request(verb, url, headers=headers, **options) as response:
			body = await response.read()
			is_json = response.content_type == "application/json"
			return Answer(response.status, response.headers, msgspec.json.decode(body) if is_json else body)

	async def ask(self, name: str, verb: str = "POST", user: str = "ann", **parameters: Any) -> Answer:
		"""One of our own methods, with parameters as JSON, or as the query of a GET."""
		options = {"json": parameters} if verb == "POST" else {"params": parameters}
		return await self.call(f"ai_assistant.api.{name}", verb, user, **options)

	async def connect(self, *namespaces: str, **options: Any) -> Receiver:
		"""A Socket.IO client that signs in as the options say. Raises socketio's ConnectionError."""
		client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
		receiver = Receiver(client)
		for namespace in namespaces:
			client.on("*", receiver.taker(namespace), namespace=namespace)
		self.clients.append(client)
		await client.connect(self.url, namespaces=list(namespaces), wait_timeout=5, **options)
		return receiver

	def publish(self, user: str, message: Any, **changes: Any) -> int:
		"""Puts an envelope on the bus as the journal does; the number of its receivers."""
		envelope = {
			"event": "ai_progress",
			"message": message,
			"room": f"user:{user}",
			"namespace": SITE,
			**changes,
		}
		return int(self.bus.publish(REALTIME_CHANNEL, msgspec.json.encode(envelope)))  # type: ignore[arg-type]

	def auth(self, user: str = "ann") -> dict[str, Any]:
		return {"token": self.tokens[user]}


class Receiver:
	"""What one Socket.IO client received: pairs of namespace and message."""

	def __init__(self, client: socketio.AsyncClient):
		self.client = client
		self._received: asyncio.Queue[tuple[str, str, Any]] = asyncio.Queue()

	def taker(self, namespace: str) -> Any:
		async def take(event: str, data: Any = None) -> None:
			self._received.put_nowait((namespace, event, data))

		return take

	async def next(self) -> tuple[str, str, Any]:
		"""Namespace, event and data. Raises TimeoutError."""
		return await asyncio.wait_for(self._received.get(), WAIT)

	async def take(self, count: int) -> list[tuple[str, str, Any]]:
		return [await self.next() for _ in range(count)]


@pytest.fixture
def settings(redis_url: str) -> Settings:
	return Settings(
		site=SITE,
		redis_url=redis_url,
		core=CoreSettings(
			providers=(Provider("scripted", "scripted", (Model("reasoner"),)),), limits=Limits(wait=2.0)
		),
	)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
	"""A site's database with two users, and their tokens: passwords take long to hash."""
	data = tmp_path_factory.mktemp("prepared")
	with accounts_of(data) as accounts:
		users = ("ann", "bob")
		for user in users:
			accounts.add_user(user, PASSWORD)
		return data, {user: accounts.create_token(user) for user in users}


@pytest.fixture
async def site(
	settings: Settings, redis: Redis, tmp_path: Path, prepared: tuple[Path, dict[str, str]]
) -> AsyncIterator[RunningSite]:
	data, tokens = prepared
	shutil.copytree(data, tmp_path, dirs_exist_ok=True)
	application = Application(settings, tmp_path)
	async with serving(configuration(application)) as url:
		async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
			running = RunningSite(url, application, redis, tokens, http)
			yield running
			for client in running.clients:
				await client.eio.disconnect(abort=True)
		await application.close()


@asynccontextmanager
async def serving(config: uvicorn.Config) -> AsyncIterator[str]:
	"""Runs it on a free port and gives its URL."""
	server = uvicorn.Server(config)
	with socket.socket() as listener:
		listener.bind(("127.0.0.1", 0))
		running = asyncio.create_task(server.serve([listener]))
		await until(lambda: server.started or running.done())
		yield f"http://127.0.0.1:{listener.getsockname()[1]}"
		server.should_exit = True
		await asyncio.wait_for(running, WAIT)
