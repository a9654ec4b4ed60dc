"""The web side of one site: everything it needs is built and joined here."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import socketio
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.clients import listening_client, sync_client
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.journal import Journal
from ai_assistant.core.places import Places
from ai_assistant.core.queue import Queue
from ai_assistant.core.replay import reach
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.admin import Admin, Administered
from ai_assistant.hosts.standalone.database import database_engine, migrate
from ai_assistant.hosts.standalone.following import Following
from ai_assistant.hosts.standalone.hints import Hints
from ai_assistant.hosts.standalone.http import Http
from ai_assistant.hosts.standalone.live_catalogue import LiveCatalogue
from ai_assistant.hosts.standalone.methods import Methods
from ai_assistant.hosts.standalone.openai import OpenAI
from ai_assistant.hosts.standalone.page import Page
from ai_assistant.hosts.standalone.providers import Providers
from ai_assistant.hosts.standalone.redis import redis_url
from ai_assistant.hosts.standalone.run_list import RunList
from ai_assistant.hosts.standalone.settings import Settings
from ai_assistant.hosts.standalone.sockets import Sockets, shut_out
from ai_assistant.hosts.standalone.store import SqlStore
from ai_assistant.hosts.standalone.streams import Streams
from ai_assistant.hosts.standalone.users import Users
from ai_assistant.hosts.standalone.vault import Vault

_THREADS = 4
"""For database and Redis. More would only pass the interpreter lock around: each request needs about a millisecond."""


class Application:
	"""`asgi` answers HTTP and Socket.IO; `accounts` are those of the site."""

	def __init__(self, settings: Settings, data: Path):
		"""Brings the database up to date. Raises ServiceUnavailable without a database or Redis."""
		url = redis_url(settings, data)
		self._redis = _open_redis(url)
		self._database = _open_database(settings.database_url, data)
		self._bus = listening_client(url)
		self._threads = ThreadPoolExecutor(_THREADS, "request")
		self._hints = Hints()
		self.accounts = Accounts(self._database)
		self.sockets = Sockets(settings.site, self._bus, self.accounts, self._threads, self._hints.notice)
		queue = Queue(self._redis)
		assistant = self._assistant(settings, queue)
		providers = Providers(self._database, Vault(data), settings.core.providers)
		self._catalogue = LiveCatalogue(settings.site, assistant.catalogue, providers, queue)
		self._catalogue.read()
		following = Following(assistant, self._hints, self._threads, settings.core.limits.wait)
		self._streams = Streams(self._places(settings), following)
		administered = self._administered(settings.site, assistant, providers, queue)
		methods = {
			**Methods(settings.site, assistant, self.accounts, following, self._streams).table(),
			**OpenAI(assistant, self.accounts, following, self._streams).table(),
			**Admin(administered, following).table(),
		}
		page = Page(Http(methods, lambda proof: following.run(proof.user, self.accounts)))
		self.asgi = socketio.ASGIApp(
			self.sockets.server, page, on_startup=self._start, on_shutdown=self._stop
		)

	def _assistant(self, settings: Settings, queue: Queue) -> Assistant:
		store, journal = SqlStore(self._database), Journal(self._redis, settings.core.retention)
		return Assistant(settings.site, store, settings.core, queue, journal, _wake, self.accounts.roles_of)

	def _places(self, settings: Settings) -> Places:
		return Places(self._redis, settings.site, settings.streams, settings.core.limits.streams_per_user)

	def _administered(
		self, site: str, assistant: Assistant, providers: Providers, queue: Queue
	) -> Administered:
		return Administered(
			assistant,
			self.accounts,
			Users(self._database),
			providers,
			RunList(self._database),
			queue.figures,
			self._catalogue.change,
			lambda user: reach(lambda: shut_out(self._redis, site, user)),
		)

	async def _start(self) -> None:
		self._listening = asyncio.create_task(self.sockets.listen())
		self._watching = asyncio.create_task(self._catalogue.watch(self._threads))
		self._keeping = asyncio.create_task(self._streams.keep())
		await self.sockets.is_listening.wait()

	async def close(self) -> None:
		"""Ends what waits for events. Clients come back, to this server or the next one, and heal."""
		self._hints.close()
		await self.sockets.close()

	async def _stop(self) -> None:
		await self.close()
		for task in (self._listening, self._watching, self._keeping):
			task.cancel()
			with contextlib.suppress(asyncio.CancelledError):
				await task
		await self._bus.connection_pool.disconnect()
		self._threads.shutdown()
		self._redis.close()
		self._database.dispose()


def _open_redis(url: str) -> Redis:
	try:
		client = sync_client(url)
		client.ping()
	except (RedisError, ValueError):
		raise ServiceUnavailable("Redis cannot be reached; check REDIS_URL.") from None
	return client


def _open_database(url: str | None, data: Path) -> Engine:
	engine = database_engine(url, data)
	try:
		migrate(engine)
	except (SQLAlchemyError, ImportError, ServiceUnavailable):
		where = "of DATABASE_URL" if url else f"in {data}"
		raise ServiceUnavailable(f"The database {where} cannot be reached, or not be changed.") from None
	return engine


def _wake() -> None:
	"""The workers of a standalone site are always awake."""
