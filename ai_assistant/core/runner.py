"""Carries one run from the queue to its final event."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Literal

from ai_assistant.core.account import Account
from ai_assistant.core.deltas import (
	Finish,
	FinishReason,
	GatewayDelta,
	Retrying,
	Started,
	Usage,
	shown_length,
)
from ai_assistant.core.emission import Emission
from ai_assistant.core.errors import ProviderError, RequestError
from ai_assistant.core.final import final_event
from ai_assistant.core.journal import Address
from ai_assistant.core.ledger import Outcome
from ai_assistant.core.messages import Message
from ai_assistant.core.prompt import shortened
from ai_assistant.core.publisher import Publisher
from ai_assistant.core.queue import QueuedRun
from ai_assistant.core.run import Run, RunResult
from ai_assistant.core.runs import Job, Runs
from ai_assistant.core.site import Site
from ai_assistant.core.titles import Titles
from ai_assistant.core.transcript import Transcript

_Interruption = Literal["stopped", "drained", "disowned"]
_ENDLESS = "The answer did not come to its end in time; what there is of it was kept."
_TOO_LONG = "The answer grew longer than this site allows; what there is of it was kept."
_FAULT = "The answer could not be made because of an internal error."

_log = logging.getLogger(__name__)


class Runner:
	"""One run. `carry` returns True if the run has ended, False if it goes on with another engine."""

	def __init__(self, queued: QueuedRun, site: Site, runs: Runs, publisher: Publisher, titles: Titles):
		self.emission: Emission | None = None
		self._queued = queued
		self._site = site
		self._runs = runs
		self._publisher = publisher
		self._titles = titles
		self._producer: asyncio.Task[None] | None = None
		self._replaying: asyncio.Task[None] | None = None
		self._storing = asyncio.Lock()
		"""Held while the store is told of an attempt or of the end: one waits for the other."""
		self._interruption: _Interruption | None = None
		self._deadline = 0.0
		"""Monotonic seconds until which providers may answer, however often they are asked."""
		self._account = Account(site.gateway.catalogue)
		self._prompt: Sequence[Message] = ()

	@property
	def is_disowned(self) -> bool:
		return self._interruption == "disowned"

	def stop(self) -> None:
		"""The user wants no more of it: the provider's connection is closed, the answer so far is kept."""
		self._interrupt("stopped")

	def drain(self) -> None:
		"""The engine must stop: what showed no text yet goes on elsewhere, the rest ends with its text kept."""
		self._interrupt("drained")

	def disown(self) -> None:
		"""Another engine has the run: nothing more is written."""
		self._interrupt("disowned")

	def _interrupt(self, interruption: _Interruption) -> None:
		if self._interruption is None or interruption == "disowned":
			self._interruption = interruption
			if self._producer:
				self._producer.cancel()
			if self.emission and interruption == "disowned":
				self._publisher.abandon(self.emission)

	async def carry(self) -> bool:
		job = await self._runs.load(self._queued.run_id)
		if job is None:
			return True
		if self.is_disowned:
			return False
		if job.run.result is not None:
			await self._tell_end(job.run, job.shown)
			return True
		self.emission = emission = self._emission(job.run, job.attempt)
		self._prompt = job.messages
		await self._record_lost(job)
		begun = asyncio.create_task(self._begin(job.attempt))
		failure = await self._generate(job, emission)
		await begun
		if self._replaying:
			await self._replaying
		if self._interruption == "drained" and not emission.has_text and failure is None:
			return False
		return await self._end(job, emission, failure)

	async def _tell_end(self, run: Run, shown: Transcript) -> None:
		"""The answer was saved, but who saved it did not live to say so."""
		if shown.final is None and shown.seq:
			self.emission = emission = self._emission(run, shown.attempt)
			emission.seq = shown.seq
			emission.add_final(final_event(run, shown.seq))
			await self._publisher.settle(emission)

	async def give_up(self) -> None:
		"""Ends a run that cannot be carried."""
		attempt, text, reasoning = self._site.settings.engine.attempts, "", ""
		if shown := self.emission:
			attempt, text, reasoning = shown.attempt, shown.text, shown.reasoning
		result = RunResult(
			attempt, "failed", text, reasoning, ended=time.time(), error=_FAULT, code="internal"
		)
		run = await self._runs.finish_in_any_case(self._queued.run_id, result)
		if run:
			await self._tell_end(run, await self._runs.shown(run))

	def _emission(self, run: Run, attempt: int) -> Emission:
		return Emission(
			Address(self._site.name, run.user, run.id),
			run.conversation_id,
			run.created,
			attempt,
			on_lost=self._journal_lost,
			on_fenced=self.disown,
		)

	async def _begin(self, attempt: int) -> None:
		"""Claims the attempt in the store, while the provider is already being asked."""
		async with self._storing:
			await self._claim(attempt)

	async def _begin_next(self, emission: Emission, show: Callable[[int], None]) -> None:
		"""Claims the next attempt and lets it `show` what it begins with. Of a run that has ended, no other engine can."""
		async with self._storing:
			if not emission.has_final:
				await self._claim(emission.attempt + 1)
			if not self.is_disowned:
				show(emission.attempt + 1)

	async def _claim(self, attempt: int) -> None:
		if not await self._runs.begin(self._queued.run_id, attempt):
			self.disown()

	async def _generate(self, job: Job, emission: Emission) -> ProviderError | None:
		"""The reason why the answer is not whole, if it failed."""
		if job.shown.text or job.shown.tool_calls:
			emission.recall(job.shown.reasoning, job.shown.text, job.shown.tool_calls)
			self._account.asked_at = job.run.created
			return ProviderError("worker_lost", "The answer was interrupted; what there is of it was kept.")
		if job.attempt > self._site.settings.engine.attempts:
			return ProviderError("worker_lost", "The answer was interrupted too often. Please ask again.")
		if job.refusal:
			return job.refusal
		self._deadline = time.monotonic() + self._site.settings.limits.answer_seconds
		while self._interruption is None:
			failure = await self._produce(job, emission)
			if failure is None or not self._may_restart(failure, emission):
				return failure
			await self._record(job, emission.attempt, "retried", emission.reasoning, emission.text)
			await self._begin_next(emission, emission.restart)
			emission.add_status("retrying", reason=failure.code, retry_after=failure.retry_after or 0.0)
		return None

	async def _record_lost(self, job: Job) -> None:
		"""What the attempt took whose engine is gone, if its answer is thrown away; the end tells of one that is kept."""
		shown = job.shown
		if shown.provider is None or shown.model is None:
			return
		self._account.ask(shown.provider, shown.model)
		if not (shown.text or shown.tool_calls):
			await self._record(job, shown.attempt, "lost", shown.reasoning, "")

	async def _record(self, job: Job, attempt: int, outcome: Outcome, reasoning: str, text: str) -> None:
		"""What an attempt took that is not the run's last one."""
		spending = self._account.spending(job.run, attempt, outcome, self._prompt, reasoning, text)
		if spending:
			await self._runs.record(spending)

	def _may_restart(self, failure: ProviderError, emission: Emission) -> bool:
		"""Reasoning alone may be thrown away; an answer that was begun may not."""
		is_restartable = failure.retryable and bool(emission.reasoning) and not emission.has_text
		is_allowed = emission.attempt < self._site.settings.engine.attempts
		return is_restartable and is_allowed and time.monotonic() < self._deadline

	async def _produce(self, job: Job, emission: Emission) -> ProviderError | None:
		"""Asks once more, with half of the history, where that was too long."""
		failure = await self._ask(job, emission)
		if failure is None or failure.code != "context_length" or self._prompt is not job.messages:
			return failure
		shorter = shortened(self._prompt)
		if shorter is None or self._interruption or emission.first_shown:
			return failure
		self._prompt = shorter
		emission.add_status("retrying", reason=failure.code, retry_after=0.0)
		self._publisher.flush(emission)
		return await self._ask(job, emission)

	async def _ask(self, job: Job, emission: Emission) -> ProviderError | None:
		self._producer = asyncio.create_task(self._read(job, emission))
		done, _ = await asyncio.wait([self._producer], timeout=self._deadline - time.monotonic())
		if not done:
			self._producer.cancel()
			await asyncio.wait([self._producer])
			return ProviderError("timeout", _ENDLESS)
		if self._producer.cancelled():
			return None
		error = self._producer.exception()
		if error is None or isinstance(error, ProviderError):
			return error
		if isinstance(error, RequestError):
			return ProviderError("invalid_request", str(error))
		_log.error("run %s: the gateway failed", job.run.id, exc_info=error)
		return ProviderError("internal", _FAULT)

	async def _read(self, job: Job, emission: Emission) -> None:
		wanted = job.run.generation
		deltas = self._site.gateway.stream_generate(
			self._prompt,
			preferred_provider=wanted.provider,
			model=wanted.model,
			temperature=wanted.temperature,
			max_tokens=wanted.max_tokens,
			tools=wanted.tools,
		)
		left = self._site.settings.limits.answer_characters
		async with aclosing(deltas):
			async for delta in deltas:
				self._receive(delta, emission)
				left -= shown_length(delta)
				if left < 0:
					raise ProviderError("invalid_request", _TOO_LONG)

	def _receive(self, delta: GatewayDelta, emission: Emission) -> None:
		match delta:
			case Started():
				self._account.note(delta)
				emission.add_status("started", provider=delta.provider, model=delta.model)
				self._publisher.flush(emission)
			case Retrying():
				self._account.note(delta)
				emission.add_status("retrying", reason=delta.reason, retry_after=delta.retry_after)
				self._publisher.flush(emission)
			case Usage() | Finish():
				self._account.note(delta)
			case _:
				self._publisher.add(emission, delta)

	def _journal_lost(self) -> None:
		"""Redis came back without its data, or with older ones: the next attempt shows at once what this one had shown."""
		if self.emission:
			self._replaying = asyncio.create_task(self._replay(self.emission))

	async def _replay(self, emission: Emission) -> None:
		await self._begin_next(emission, emission.replay)
		self._publisher.flush(emission)

	async def _end(self, job: Job, emission: Emission, failure: ProviderError | None) -> bool:
		async with self._storing:
			run = None if self.is_disowned else await self._save(job, emission, failure)
			if run is None or run.result is None:
				self.disown()
				return False
			if run.message_id:
				emission.add_status("saved", message_id=run.message_id)
			emission.add_final(final_event(run, emission.seq))
		await self._publisher.settle(emission)
		self._log_end(run, run.result)
		self._titles.give(self._site, run, job.unanswered)
		return True

	async def _save(self, job: Job, emission: Emission, failure: ProviderError | None) -> Run | None:
		"""None if the run is another engine's."""
		reason: FinishReason | None = "cancelled" if self._interruption == "stopped" else None
		result = self._account.result(job.run, self._prompt, emission, reason, failure)
		self._prompt = ()  # its images would stay until the collector finds this runner, which is in a cycle
		return await self._runs.finish(job.run.id, result)

	def _log_end(self, run: Run, result: RunResult) -> None:
		_log.info(
			"run %s ended: %s model=%s ms=%d tokens=%d",
			run.id,
			result.finish_reason or result.code,
			result.model,
			result.timing.duration_ms,
			result.usage.total_tokens,
		)
