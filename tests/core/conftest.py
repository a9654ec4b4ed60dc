"""A site without a web server: the assistant, and engines in threads of their own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.clients import async_client, sync_client
from ai_assistant.core.engine import Engine
from ai_assistant.core.events import AnyEvent, FinalEvent, decode
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.journal import REALTIME_CHANNEL, Journal, JournalWriter
from ai_assistant.core.orphans import requeue_orphans
from ai_assistant.core.queue import EngineQueue, Queue
from ai_assistant.core.replies import StartedRun
from ai_assistant.core.requests import ChatRequest, EventsRequest, TaskRequest
from ai_assistant.core.settings import Engine as EngineSettings
from ai_assistant.core.settings import Limits, Model, Provider, Retries, Settings
from ai_assistant.core.site import Site
from ai_assistant.core.transcript import Transcript
from ai_assistant.core.waiting import WaitingRuns
from ai_assistant.hosts.standalone.database import database_engine, migrate
from ai_assistant.hosts.standalone.store import SqlStore
from tests.simulator import Simulator

SITE = "site.test"
USER = "ada@example.com"
SILENT = "silent.test"
"""A site whose database does not answer."""


class OneSite:
	"""Sites, where one is served."""

	def __init__(self, site: Site):
		self._site = site
		self.rests = False
		self.fails = False

	async def get(self, name: str) -> Site | None:
		self._look()
		if name == SILENT:
			await asyncio.Event().wait()
		return self._site if name == self._site.name and not self.rests else None

	async def is_resting(self, name: str) -> bool:
		self._look()
		return self.rests

	async def is_gone(self, name: str) -> bool:
		return False

	def _look(self) -> None:
		if self.fails:
			raise ValueError("its configuration is half-written")


class RunningEngine:
	"""An engine in a thread. `stop` drains it."""

	def __init__(self, url: str, site: Site):
		self._url = url
		self._site = site
		self.sites = OneSite(site)
		self._stop = asyncio.Event()
		self._go_on = threading.Event()
		self._runs = threading.Event()
		self._thread = threading.Thread(target=lambda: asyncio.run(self._work()))
		self._thread.start()
		assert self._runs.wait(5)

	@property
	def load(self) -> int:
		return self._engine.load

	def close(self) -> None:
		"""Takes no more runs."""
		asyncio.run_coroutine_threadsafe(self._engine.close(), self._loop).result(5)

	async def _work(self) -> None:
		self._loop = asyncio.get_running_loop()
		settings = self._site.settings
		client, sync = async_client(self._url), sync_client(self._url)
		with ThreadPoolExecutor(settings.engine.threads) as threads:
			self._engine = Engine(
				EngineQueue(client, settings.engine.lease),
				Queue(sync),
				JournalWriter(client, settings.retention),
				Journal(sync, settings.retention),
				self.sites,
				threads,
				settings.engine,
			)
			self._runs.set()
			await self._engine.run(self._stop)
		await self._site.gateway.close()
		await client.connection_pool.disconnect()
		sync.close()

	def pause(self) -> None:
		"""Stops the loop as a suspended machine would; returns when it stands."""
		is_standing = threading.Event()

		def stand() -> None:
			is_standing.set()
			self._go_on.wait(30)

		self._go_on.clear()
		self._loop.call_soon_threadsafe(stand)
		assert is_standing.wait(5)

	def resume(self) -> None:
		self._go_on.set()

	def stop(self) -> None:
		self.resume()
		if self._thread.is_alive():
			self._loop.call_soon_threadsafe(self._stop.set)
			self._thread.join(30)
			assert not self._thread.is_alive()


class TestSite:
	"""What tests ask of the site. Every wait is bounded."""

	__test__ = False

	def __init__(self, url: str, data: Path, simulator: Simulator, models: list[str]):
		self.simulator = simulator
		self.settings = Settings(
			providers=(
				Provider(
					"simulator",
					"openai_compatible",
					tuple(map(Model, models)),
					f"{simulator.url}/v1",
					"test-key",
				),
			),
			limits=Limits(runs_per_user=1000, running_per_user=1000),
			retries=Retries(attempts=2, backoff=0.01, cool_down=0),
			engine=EngineSettings(lease=2, drain=0.5),
		)
		self.url = url
		self.redis = sync_client(url)
		self.database = database_engine(None, data)
		migrate(self.database)
		self.store = SqlStore(self.database)
		self.queue = Queue(self.redis)
		self.journal = Journal(self.redis, self.settings.retention)
		self.assistant = self.assistant_of(self.store)
		self._engines: list[RunningEngine] = []

	def configure(self, **settings: Any) -> None:
		"""Others than those it has from now on, and in engines that start."""
		self.settings = replace(self.settings, **settings)
		self.assistant = self.assistant_of(self.store)

	def assistant_of(self, store: SqlStore) -> Assistant:
		return Assistant(SITE, store, self.settings, self.queue, self.journal, lambda: None, lambda user: ())

	def start_engine(self, **engine: float) -> RunningEngine:
		settings = replace(self.settings, engine=replace(self.settings.engine, **engine))
		gateway = Gateway(settings.providers, settings.retries)
		running = RunningEngine(self.url, Site(SITE, self.store, gateway, settings, lambda user: ()))
		self._engines.append(running)
		return running

	def ask(self, model: str, user: str = USER, **fields: str) -> StartedRun:
		return self.assistant.start_run(
			user, ChatRequest(message=fields.pop("message", "Hello?"), model=model, stream=True, **fields)
		)

	def events(self, run: StartedRun, user: str = USER, until: type | None = None) -> list[AnyEvent]:
		"""The run's events until its final one, or one of the kind `until`."""
		found: list[AnyEvent] = []
		deadline = time.monotonic() + 30
		for page in self.assistant.replay.follow(user, EventsRequest(run.task_id), 1):
			found += [decode(bytes(event)) for event in page.events]
			if page.done or (until and any(isinstance(event, until) for event in found)):
				return found
			if time.monotonic() > deadline:
				break
		raise TimeoutError(f"{len(found)} events and no end: {found[-3:]}")

	def shown(self, run: StartedRun) -> Transcript:
		"""What the journal shows now."""
		return self.assistant.replay.shown(self.assistant.replay.run(USER, run.task_id))

	def stop(self, run: StartedRun, user: str = USER) -> str:
		return self.assistant.stop(user, TaskRequest(run.task_id)).status

	def requeue_orphans(self) -> int:
		waiting = WaitingRuns(SITE, self.store, self.settings.limits, self.queue, self.journal)
		return requeue_orphans(SITE, self.store, self.queue, waiting, age=0, grace=0)

	def close(self) -> None:
		for engine in self._engines:
			engine.stop()
		self.redis.close()
		self.database.dispose()


def finals(events: list[AnyEvent]) -> list[FinalEvent]:
	return [event for event in events if isinstance(event, FinalEvent)]


class _Message(msgspec.Struct):
	message: msgspec.Raw


class Bus:
	"""What clients hear by realtime."""

	def __init__(self, redis: Redis):
		self._redis = redis
		self._subscription = redis.pubsub(ignore_subscribe_messages=True)
		self._subscription.subscribe(REALTIME_CHANNEL)
		self._subscription.get_message(timeout=5)

	def heard(self) -> list[AnyEvent]:
		"""All since the last time."""
		self._redis.publish(REALTIME_CHANNEL, "")
		events = []
		while (message := self._subscription.get_message(timeout=5)) and message["data"]:
			events.append(decode(msgspec.json.decode(message["data"], type=_Message).message))
		assert message, "The bus is silent."
		return events

	def close(self) -> None:
		self._subscription.close()


@pytest.fixture
def bus(redis: Redis) -> Iterator[Bus]:
	bus = Bus(redis)
	yield bus
	bus.close()


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[AsyncRedis]:
	"""Of that server, for the test's loop."""
	client = async_client(redis_url)
	yield client
	await client.connection_pool.disconnect()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
	with Simulator() as simulator:
		yield simulator


MODELS = {
	"plain": "sim:text=20,reasoning=5",
	"slow": "sim:text=200,rate=20",
	"stalls": "sim:text=9,rate=50,stall_after=3",
	"thinking": "sim:reasoning=40,text=5,rate=20",
	"silent": "sim:delay=60",
	"breaks_in_text": "sim:text=20,rate=100,cut_after=5",
	"breaks_in_reasoning": "sim:reasoning=20,text=5,rate=100,cut_after=5",
	"refused": "sim:error=401",
	"fast": "sim:text=2000",
	"paced": "sim:text=50,rate=50",
	"tool": "sim:tool=look,text=2",
}
"""By what they do; a name of the simulator's is its behaviour."""


@pytest.fixture
def site(redis_url: str, redis: object, tmp_path: Path, simulator: Simulator) -> Iterator[TestSite]:
	site = TestSite(redis_url, tmp_path, simulator, list(MODELS.values()))
	yield site
	site.close()
