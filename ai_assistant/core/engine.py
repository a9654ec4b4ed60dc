"""The asyncio loop that carries many runs at once in one worker process."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NoReturn

from redis.exceptions import RedisError

from ai_assistant.core.arrivals import Arrivals
from ai_assistant.core.figures import EngineFigures, Meter, memory
from ai_assistant.core.journal import Journal, JournalWriter
from ai_assistant.core.pacing import Pace
from ai_assistant.core.publisher import Publisher
from ai_assistant.core.queue import EngineQueue, Lease, Queue, QueuedRun
from ai_assistant.core.runner import Runner
from ai_assistant.core.runs import Runs
from ai_assistant.core.settings import Engine as EngineSettings
from ai_assistant.core.site import Site, Sites
from ai_assistant.core.titles import Titles

_TICK = 1.0
"""Seconds between two signs of life, and the longest time for which a request to stop can go unheard."""

_PAUSE = 0.5
"""Seconds before Redis is asked again after it failed."""

_LONGEST_REST = 5.0
"""Seconds before a run that broke is taken up again."""

_AWAY = (RedisError, OSError)

_log = logging.getLogger(__name__)


class Engine:
	"""Takes runs from the queue and carries them until it is told to stop. Built inside the loop it runs in.

	`line`: where runs go that waited for one of this engine's to end.
	"""

	def __init__(
		self,
		queue: EngineQueue,
		line: Queue,
		writer: JournalWriter,
		journal: Journal,
		sites: Sites,
		threads: Executor,
		settings: EngineSettings,
	):
		self._queue = queue
		self._line = line
		self._journal = journal
		self._sites = sites
		self._threads = threads
		self._settings = settings
		pace = Pace(settings.interval)
		self._publisher = Publisher(writer, pace)
		self._meter = Meter(lambda: pace.observed)
		self._titles = Titles(threads)
		self._runs: dict[str, Runs] = {}
		"""By the name of their site."""
		self._runners: dict[QueuedRun, Runner] = {}
		self._tasks: dict[QueuedRun, asyncio.Task[None]] = {}
		self._away: set[str] = set()
		self._broken: set[str] = set()
		self._breaks: Counter[QueuedRun] = Counter()
		self._room = asyncio.Event()
		self._arrivals = Arrivals(self._receive, self._room)
		self._is_closed = False
		self._takes_no_more = asyncio.Event()
		self._strays: frozenset[QueuedRun] = frozenset()
		self._unclaimed: frozenset[QueuedRun] = frozenset()

	@property
	def load(self) -> int:
		"""Runs that are being carried, or will be in a moment."""
		return len(self._runners) + len(self._arrivals.runs)

	async def close(self) -> None:
		"""Returns when it takes no more runs. Those that are being carried go on."""
		self._is_closed = True
		self._room.set()
		try:
			await self._queue.close()
		except _AWAY as error:
			_log.warning("the queue will learn late that this engine is closed: %s", type(error).__name__)
		await self._takes_no_more.wait()

	async def run(self, until: asyncio.Event) -> None:
		"""Works until the event is set, then drains. Raises what broke, if something did."""
		publishing = asyncio.create_task(self._publisher.run())
		duties = (self._take, self._live, self._reap, self._listen, self._look)
		loops = [asyncio.create_task(duty()) for duty in duties]
		stopping = asyncio.create_task(until.wait())
		done, _ = await asyncio.wait([publishing, *loops, stopping], return_when=asyncio.FIRST_COMPLETED)
		self._arrivals.close()
		await _cancel([*loops[:1], *loops[2:], stopping])
		await self._drain()
		await self._titles.close()
		await _cancel([loops[1], publishing])
		await self._leave()
		for task in done - {stopping}:
			task.result()

	async def _take(self) -> None:
		while not self._is_closed:
			if (room := self._settings.runs - self.load) <= 0:
				self._room.clear()
				await self._room.wait()
				continue
			async with self._tolerating("take runs"):
				self._arrivals.add(await self._queue.take(room, timeout=1))
		self._takes_no_more.set()
		await asyncio.Event().wait()  # as the other loops, it ends only by being cancelled

	async def _receive(self, name: str, runs: Collection[QueuedRun]) -> None:
		async with self._tolerating("begin runs"):
			with self._sparing_others(name):
				site = await self._sites.get(name)
				for queued in runs:
					if site is None:
						await self._leave_out(queued)
					elif queued not in self._runners:
						runner = Runner(queued, site, self._runs_of(site), self._publisher, self._titles)
						self._runners[queued] = runner
						self._tasks[queued] = asyncio.create_task(self._finish(queued, runner))

	async def _leave_out(self, queued: QueuedRun) -> None:
		if await self._sites.is_resting(queued.site):
			_log.info("site %s is in maintenance, run %s is set aside", queued.site, queued.run_id)
			await self._queue.set_aside(queued)
		elif await self._sites.is_gone(queued.site):
			_log.warning("there is no site %s any more, run %s is dropped", queued.site, queued.run_id)
			await self._queue.release(queued)
		else:
			_log.warning("site %s is not served here now, run %s waits", queued.site, queued.run_id)

	def _runs_of(self, site: Site) -> Runs:
		"""The same for as long as the site is the same: its settings may change under a running engine."""
		runs = self._runs.get(site.name)
		if runs is None or runs.site is not site:
			runs = self._runs[site.name] = Runs(site, self._line, self._journal, self._threads)
		return runs

	async def _finish(self, queued: QueuedRun, runner: Runner) -> None:
		"""The edge of a run: whatever goes wrong inside ends here."""
		has_ended = True
		try:
			has_ended = await runner.carry()
		except Exception:
			_log.exception("run %s broke", queued.run_id)
			has_ended = await self._rest(queued, runner)
		else:
			self._breaks.pop(queued, None)
		finally:
			del self._runners[queued], self._tasks[queued]
			self._room.set()
		if not runner.is_disowned:
			await self._let_go(queued, has_ended)

	async def _rest(self, queued: QueuedRun, runner: Runner) -> bool:
		"""A run that broke by a fault of ours is taken up again after a pause; True if it was ended instead."""
		self._breaks[queued] += 1
		if self._breaks[queued] >= self._settings.attempts:
			try:
				await runner.give_up()
				return True
			except Exception:
				_log.exception("run %s cannot even be ended", queued.run_id)
		await asyncio.sleep(min(_LONGEST_REST, 0.25 * 2 ** self._breaks[queued]))
		return False

	async def _let_go(self, queued: QueuedRun, has_ended: bool) -> None:
		try:
			await (self._queue.release(queued) if has_ended else self._queue.put_back(queued))
		except _AWAY as error:
			_log.warning("run %s is still claimed: %s", queued.run_id, type(error).__name__)

	async def _live(self) -> NoReturn:
		while True:
			async with self._tolerating("renew the lease"):
				await self._renew()
				self._beat()
				await self._queue.tell(EngineFigures(self.load, self._meter.read(), memory()))
			await asyncio.sleep(_TICK)

	async def _renew(self) -> None:
		lease = await self._queue.renew(tuple(self._runners))
		if lease is None:
			_log.warning("the lease had ended; %d runs are another engine's now", self.load)
			for runner in self._runners.values():
				runner.disown()
			self._arrivals.drop()
			return
		for queued in lease.stops & self._runners.keys():
			self._runners[queued].stop()
		await self._reconcile(lease)

	async def _reconcile(self, lease: Lease) -> None:
		"""What two leases in a row hold and is not carried, a reply was lost of: it is carried. What is carried and they do
		not hold, Redis came back without: it is claimed."""
		strays = lease.claims - self._runners.keys() - self._arrivals.runs
		self._arrivals.add(strays & self._strays)
		carried = frozenset(queued for queued, runner in self._runners.items() if not runner.is_disowned)
		await self._queue.claim((carried - lease.claims) & self._unclaimed)
		self._strays, self._unclaimed = strays, carried - lease.claims

	def _beat(self) -> None:
		"""Tells the clients of silent runs that these are alive."""
		for runner in self._runners.values():
			if runner.emission:
				self._publisher.beat(runner.emission, self._settings.heartbeat)

	async def _reap(self) -> NoReturn:
		while True:
			async with self._tolerating("look for lost engines"):
				for queued in await self._queue.reap():
					_log.warning("run %s was left by its engine and is queued again", queued.run_id)
			await asyncio.sleep(self._settings.lease / 4)

	async def _listen(self) -> NoReturn:
		while True:
			async with self._tolerating("listen for stops"):
				async for queued in self._queue.stops():
					self._away.discard("listen for stops")
					if runner := self._runners.get(queued):
						runner.stop()

	async def _look(self) -> NoReturn:
		"""For sites in maintenance: they are left alone, all others go on."""
		while True:
			async with self._tolerating("look at the sites"):
				for site in {queued.site for queued in self._runners}:
					with self._sparing_others(site):
						if await self._sites.is_resting(site):
							await self._drain(site)
			await asyncio.sleep(_TICK)

	@asynccontextmanager
	async def _tolerating(self, purpose: str) -> AsyncIterator[None]:
		"""While Redis is away, that is said once, and tried again after a pause."""
		try:
			yield
		except _AWAY as error:
			if purpose not in self._away:
				_log.warning("could not %s: %s; trying again", purpose, type(error).__name__)
			self._away.add(purpose)
			await asyncio.sleep(_PAUSE)
		else:
			self._away.discard(purpose)

	@contextmanager
	def _sparing_others(self, site: str) -> Iterator[None]:
		"""A site that cannot be looked at is told of once; its runs wait for the next look, those of others go on."""
		try:
			yield
		except RedisError:
			raise
		except Exception:
			if site not in self._broken:
				_log.exception("site %s cannot be looked at; trying again", site)
			self._broken.add(site)
		else:
			self._broken.discard(site)

	async def _drain(self, site: str | None = None) -> None:
		"""The runs of that site, or all of them."""
		if tasks := self._tasks_of(site):
			_log.info("%d runs have %.0f s to end", len(tasks), self._settings.drain)
			await asyncio.wait(tasks, timeout=self._settings.drain)
		for queued, runner in self._runners.items():
			if site in (None, queued.site):
				runner.drain()
		if left := self._tasks_of(site):
			await asyncio.wait(left, timeout=self._settings.lease)

	def _tasks_of(self, site: str | None) -> list[asyncio.Task[None]]:
		return [task for queued, task in self._tasks.items() if site in (None, queued.site)]

	async def _leave(self) -> None:
		try:
			await self._queue.leave()
		except _AWAY as error:
			_log.warning("the lease will end by itself: %s", type(error).__name__)


async def _cancel(tasks: Collection[asyncio.Task[Any]]) -> None:
	"""Until they are done: a client that is just losing its connection can swallow a cancellation."""
	while left := [task for task in tasks if not task.done()]:
		for task in left:
			task.cancel()
		await asyncio.wait(left, timeout=_PAUSE)
