"""The worker process: hosts one engine until it is told to stop or its parent is gone."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import uvloop
from redis.exceptions import RedisError

from ai_assistant.core.clients import async_client, sync_client
from ai_assistant.core.engine import Engine
from ai_assistant.core.errors import AssistantError
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.journal import Journal, JournalWriter
from ai_assistant.core.orphans import requeue_orphans
from ai_assistant.core.queue import EngineQueue, Queue
from ai_assistant.core.site import Site
from ai_assistant.core.waiting import WaitingRuns
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.database import database_engine
from ai_assistant.hosts.standalone.live_site import LiveSite
from ai_assistant.hosts.standalone.process import begin_process
from ai_assistant.hosts.standalone.providers import Providers
from ai_assistant.hosts.standalone.redis import redis_url
from ai_assistant.hosts.standalone.settings import Settings, load_settings
from ai_assistant.hosts.standalone.store import SqlStore
from ai_assistant.hosts.standalone.vault import Vault

_ORPHANS_EVERY = 15.0
"""Seconds between two looks for runs that no engine has."""

_log = logging.getLogger(__name__)


def run_worker(data: Path, is_supervised: bool) -> None:
	"""Returns after SIGTERM or SIGINT, when the runs in flight were drained, or when standard input of one that
	is supervised ends: with its parent."""
	begin_process("worker")
	settings = load_settings(data)
	uvloop.install()
	asyncio.run(_work(settings, data, is_supervised))


async def _work(settings: Settings, data: Path, is_supervised: bool) -> None:
	stop = _stop_event()
	url = redis_url(settings, data)
	database = database_engine(settings.database_url, data)
	store = SqlStore(database)
	sync, client = sync_client(url), async_client(url)
	core = settings.core
	queue, journal = Queue(sync), Journal(sync, core.retention)
	waiting = WaitingRuns(settings.site, store, core.limits, queue, journal)
	roles_of = Accounts(database).roles_of
	known = Site(settings.site, store, Gateway(core.providers, core.retries), core, roles_of)
	known.gateway.preload()
	providers = Providers(database, Vault(data), core.providers)
	with ThreadPoolExecutor(core.engine.threads, "store") as threads:
		engine_queue = EngineQueue(client, core.engine.lease)
		site = LiveSite(known, providers, engine_queue, threads)
		await site.read()
		engine = Engine(
			engine_queue,
			queue,
			JournalWriter(client, core.retention),
			journal,
			site,
			threads,
			core.engine,
		)
		chores = [asyncio.create_task(_watch_orphans(settings.site, store, queue, waiting, threads))]
		if is_supervised:
			chores.append(asyncio.create_task(_watch_parent(stop)))
		_log.info("worker %d carries up to %d runs", os.getpid(), core.engine.runs)
		await engine.run(stop)
		for chore in chores:
			chore.cancel()
		await site.close()
	await client.connection_pool.disconnect()
	sync.close()
	database.dispose()


def _stop_event() -> asyncio.Event:
	stop = asyncio.Event()
	loop = asyncio.get_running_loop()
	for number in (signal.SIGTERM, signal.SIGINT):
		loop.add_signal_handler(number, stop.set)
	return stop


async def _watch_parent(stop: asyncio.Event) -> None:
	"""Stops with the process that started this one, which it knows by the end of the pipe that is standard input."""
	loop = asyncio.get_running_loop()
	reader = asyncio.StreamReader()
	await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
	await reader.read()
	_log.warning("the parent process is gone; stopping")
	stop.set()


async def _watch_orphans(
	site: str, store: SqlStore, queue: Queue, waiting: WaitingRuns, threads: ThreadPoolExecutor
) -> None:
	loop = asyncio.get_running_loop()
	while True:
		try:
			await loop.run_in_executor(threads, requeue_orphans, site, store, queue, waiting)
		except (RedisError, AssistantError) as error:
			_log.warning("could not look for orphans: %s", type(error).__name__)
		await asyncio.sleep(_ORPHANS_EVERY)
