"""The runs an engine carries, as the store keeps them: read and claimed in threads, many in one visit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from redis.exceptions import RedisError

from ai_assistant.core.errors import InvalidRequest, ProviderError, ServiceUnavailable, TooLarge
from ai_assistant.core.journal import Address, Journal
from ai_assistant.core.ledger import Spending
from ai_assistant.core.messages import Message
from ai_assistant.core.prompt import prompted
from ai_assistant.core.queue import Queue
from ai_assistant.core.run import Generation, Run, RunResult
from ai_assistant.core.settings import Model
from ai_assistant.core.site import Site
from ai_assistant.core.store import LoadedRun
from ai_assistant.core.transcript import Transcript, folded
from ai_assistant.core.waiting import WaitingRuns

_T = TypeVar("_T")
_Wish = TypeVar("_Wish")

_LONGEST_PAUSE = 5.0
"""Seconds between two tries while the database is away."""

_MOST_AT_ONCE = 32
"""Runs in one visit: the last of them waits for all before it."""

_TOO_LARGE = "The answer is larger than the site's database takes; the beginning of it was kept."

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
	"""A run as it was found. `messages`: all that its model is to read; `shown`: what earlier attempts have shown of it."""

	run: Run
	messages: list[Message]
	shown: Transcript
	unanswered: tuple[str, ...] = ()
	"""What the user has said, if no answer has been given in this conversation."""
	refusal: ProviderError | None = None
	"""Why no provider is to be asked: what ended since the run was asked for has used up the budget."""

	@property
	def attempt(self) -> int:
		"""The one that begins now; the journal may know one that the store was not told of in time."""
		return max(self.run.attempts, self.shown.attempt) + 1


class Runs:
	"""Those of one site. Every method waits for as long as the database is away."""

	def __init__(self, site: Site, queue: Queue, journal: Journal, threads: Executor):
		self.site = site
		self._waiting = WaitingRuns(site.name, site.store, site.settings.limits, queue, journal)
		self._journal = journal
		self._threads = threads
		self._loads = _Shared(self._load, threads)
		self._begins = _Shared(site.store.begin_attempts, threads)

	async def load(self, run_id: str) -> Job | None:
		"""None for a run that is not there."""
		return await _patiently(run_id, lambda: self._loads.ask(run_id))

	async def begin(self, run_id: str, attempt: int) -> bool:
		"""Claims the attempt; False if the run is another engine's."""
		return await _patiently(run_id, lambda: self._begins.ask((run_id, attempt)))

	async def finish(self, run_id: str, result: RunResult) -> Run | None:
		"""As Store.finish_run; those that waited for this run go on. Of an answer that the database refuses for good, the
		beginning is kept that it takes."""
		try:
			return await self._do(run_id, lambda: self._waiting.finish(run_id, result))
		except TooLarge:
			shorter = result.shortened(_TOO_LARGE)
			if shorter == result:
				raise
			return await self.finish(run_id, shorter)

	async def finish_in_any_case(self, run_id: str, result: RunResult) -> Run | None:
		"""As `finish`, without its words where they are what cannot be saved."""
		try:
			return await self.finish(run_id, result)
		except Exception:
			_log.exception("run %s cannot be saved with its words", run_id)
			return await self.finish(run_id, replace(result, text="", reasoning=""))

	async def record(self, spending: Spending) -> None:
		"""As Ledger.record."""
		await self._do(spending.run_id, lambda: self.site.store.record(spending))

	async def shown(self, run: Run) -> Transcript:
		"""What the run's journal shows."""
		address = Address(self.site.name, run.user, run.id)
		records = await self._do(run.id, lambda: self._journal.read(address))
		return folded(record.event for record in records)

	async def _do(self, run_id: str, work: Callable[[], _T]) -> _T:
		loop = asyncio.get_running_loop()
		return await _patiently(run_id, lambda: loop.run_in_executor(self._threads, work))

	def _load(self, run_ids: Sequence[str]) -> list[Job | None]:
		loaded = self.site.store.load_runs(run_ids, self.site.settings.limits.history_messages)
		known = [found for found in loaded if found]
		refusals = {user: self._refusal(user) for user in {found.run.user for found in known}}
		addresses = [Address(self.site.name, found.run.user, found.run.id) for found in known]
		journals = self._journal.read_many(addresses)
		jobs = {
			found.run.id: self._job(
				found, folded(record.event for record in records), refusals[found.run.user]
			)
			for found, records in zip(known, journals, strict=True)
		}
		return [jobs.get(run_id) for run_id in run_ids]

	def _job(self, loaded: LoadedRun, shown: Transcript, refusal: ProviderError | None) -> Job:
		return Job(
			loaded.run,
			prompted(
				loaded,
				self.site.settings,
				self._first_asked(loaded.run.generation),
				self.site.store.read_files,
			),
			shown,
			_unanswered(loaded.messages),
			refusal,
		)

	def _refusal(self, user: str) -> ProviderError | None:
		over = self.site.over_budget(user)
		return ProviderError("quota", str(over), over.retry_after) if over else None

	def _first_asked(self, generation: Generation) -> Model | None:
		"""None where there is no such model any more."""
		try:
			(_, model), *_ = self.site.gateway.catalogue.resolve(generation.provider, generation.model)
		except InvalidRequest:
			return None
		return model


def _unanswered(messages: Sequence[Message]) -> tuple[str, ...]:
	if any(message.role == "assistant" for message in messages):
		return ()
	return tuple(message.content for message in messages if message.role == "user")


class _Shared(Generic[_Wish, _T]):
	"""One visit for many: what is wished for while one is under way shares the next."""

	def __init__(self, visit: Callable[[Sequence[_Wish]], Sequence[_T]], threads: Executor):
		"""`visit` gives an answer to each wish, in order."""
		self._visit = visit
		self._threads = threads
		self._waiting: list[tuple[_Wish, asyncio.Future[_T]]] = []
		self._visiting: asyncio.Task[None] | None = None

	async def ask(self, wish: _Wish) -> _T:
		answer: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
		self._waiting.append((wish, answer))
		if self._visiting is None:
			self._visiting = asyncio.create_task(self._answer_all())
		return await answer

	async def _answer_all(self) -> None:
		while self._waiting:
			together, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
			await self._answer(together)
		self._visiting = None

	async def _answer(self, together: list[tuple[_Wish, asyncio.Future[_T]]]) -> None:
		"""A visit that fails is made again for each alone, so that none suffers from another."""
		wishes = [wish for wish, _ in together]
		try:
			answers = await asyncio.get_running_loop().run_in_executor(self._threads, self._visit, wishes)
		except Exception as error:
			if len(together) == 1:
				_tell(together[0][1], error)
			else:
				for one in together:
					await self._answer([one])
			return
		for (_, answer), found in zip(together, answers, strict=True):
			if not answer.done():
				answer.set_result(found)


def _tell(answer: asyncio.Future[Any], error: Exception) -> None:
	if not answer.done():
		answer.set_exception(error)


async def _patiently(run_id: str, work: Callable[[], Awaitable[_T]]) -> _T:
	"""Does it as often as it takes while the database, or Redis, is away."""
	pause = 0.05
	while True:
		try:
			return await work()
		except (ServiceUnavailable, RedisError) as error:
			_log.warning("run %s: %s; trying again in %.2f s", run_id, type(error).__name__, pause)
			await asyncio.sleep(pause)
			pause = min(_LONGEST_PAUSE, pause * 2)
