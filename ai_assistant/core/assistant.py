"""What one user may ask of a site: the synchronous use cases behind every method of both hosts."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from functools import partial

from redis.exceptions import RedisError

from ai_assistant.core import requests
from ai_assistant.core import usage as tokens
from ai_assistant.core.budgets import over_budget
from ai_assistant.core.catalogue import Catalogue
from ai_assistant.core.conversations import Conversations
from ai_assistant.core.emission import Emission
from ai_assistant.core.errors import (
	Conflict,
	NotFound,
	NotPermitted,
	ServiceUnavailable,
)
from ai_assistant.core.final import final_event
from ai_assistant.core.intake import Intake
from ai_assistant.core.journal import Journal
from ai_assistant.core.messages import Message
from ai_assistant.core.prompt import prompted
from ai_assistant.core.queue import Queue, QueuedRun
from ai_assistant.core.replay import Replay, reach
from ai_assistant.core.replies import (
	Changed,
	ModelChoice,
	Reply,
	StartedRun,
	StopReply,
	UsageReport,
)
from ai_assistant.core.run import NewRun, Run, RunResult
from ai_assistant.core.settings import Model, Settings
from ai_assistant.core.store import Store
from ai_assistant.core.transcript import Transcript
from ai_assistant.core.usage_report import usage_report
from ai_assistant.core.waiting import WaitingRuns

ADMIN = "admin"

_NOT_STARTED = "The service could not take the request. Please try again."


class Assistant:
	"""One site's use cases. Every method raises RequestError, and ServiceUnavailable where a service is away."""

	def __init__(
		self,
		site: str,
		store: Store,
		settings: Settings,
		queue: Queue,
		journal: Journal,
		wake: Callable[[], None],
		roles_of: Callable[[str], Collection[str]],
	):
		"""`wake` is called when a run was queued and no engine is alive: it sees to it that one will be, and raises nothing.
		`roles_of` gives the roles of a user, ADMIN among those of an administrator."""
		self._site = site
		self._store = store
		self._settings = settings
		self._queue = queue
		self._journal = journal
		self._wake = wake
		self._roles_of = roles_of
		self.catalogue = Catalogue(settings.providers)
		self._intake = Intake(store, settings, self.catalogue)
		self._waiting = WaitingRuns(site, store, settings.limits, queue, journal)
		self.replay = Replay(site, store, journal)
		self.conversations = Conversations(store, self.replay)

	def start_run(self, user: str, request: requests.ChatRequest) -> StartedRun:
		return self._start(self._intake.chat(user, request))

	def regenerate(self, user: str, request: requests.RegenerateRequest) -> StartedRun:
		return self._start(self._intake.regenerate(user, request))

	def edit_message(self, user: str, request: requests.EditMessageRequest) -> StartedRun:
		return self._start(self._intake.edit(user, request))

	def _start(self, new: NewRun) -> StartedRun:
		refusal = over_budget(self._settings.budgets, self._store, new.user, self._roles_of)
		run = self._store.create_run(replace(new, refusal=refusal), self._settings.limits)
		if run.id == new.id:
			self._enqueue(run, new.leaf)
			if new.on_busy == "interrupt" and run.state == "waiting":
				with suppress(ServiceUnavailable):  # it is queued: what it cannot stop, it waits for
					self._interrupt(run)
		elif run.digest != new.digest:
			raise Conflict("This request_id was used before, for another request.")
		return StartedRun(
			run.id, run.conversation_id, run.user_message_id, run.status, success=run.state != "failed"
		)

	def _interrupt(self, new: Run) -> None:
		"""Stops what the run would have to wait for in its conversation, the newest first: none of it begins meanwhile."""
		for run in reversed(self._store.active_runs(new.user, new.conversation_id)):
			if run.id != new.id and run.created <= new.created:
				self._stop(run)

	def _enqueue(self, run: Run, leaf: str | None) -> None:
		try:
			is_awake = self._wait(run) if run.state == "waiting" else self._put(run)
		except RedisError:
			self._store.discard_run(run.id, leaf)
			raise ServiceUnavailable(_NOT_STARTED) from None
		if not is_awake:
			self._wake()

	def _put(self, run: Run) -> bool:
		"""Whether an engine takes it."""
		emission = self._emission(run, attempt=0)
		emission.add_status("queued", position=0)
		(entry,) = emission.take(0)
		queued = QueuedRun(self._site, run.id)
		return self._queue.put_new(queued, entry, self._settings.retention.longest_run)

	def _wait(self, run: Run) -> bool:
		"""Whether an engine takes what it waits for, which may have been set aside."""
		self._waiting.begin(run)
		with suppress(RedisError):
			self._queue.recall(self._site)
			return not self._queue.needs_engine()
		return True

	def _emission(self, run: Run, attempt: int) -> Emission:
		return Emission(self.replay.address(run.user, run.id), run.conversation_id, run.created, attempt)

	def reply(self, user: str, task_id: str) -> Reply:
		"""The run as it stands; the whole answer once it has ended."""
		run = self.replay.run(user, task_id)
		result = run.result
		if result is None:
			return Reply(True, run.status, run.id, run.conversation_id)
		return Reply(
			success=result.state == "completed",
			status=result.state,
			task_id=run.id,
			conversation_id=run.conversation_id,
			response=result.text,
			content=result.text,
			reasoning=result.reasoning,
			message_id=run.message_id,
			provider=result.provider,
			model=result.model,
			usage=result.usage,
			cost=result.cost,
			finish_reason=result.finish_reason,
			tool_calls=list(result.tool_calls),
			sources=list(result.sources),
			error=result.error,
			code=result.code,
			retryable=result.retryable,
			retry_after=result.retry_after,
		)

	def has_ended(self, user: str, task_id: str) -> bool:
		"""Whether the run's answer, or its failure, is saved."""
		return self.replay.run(user, task_id).result is not None

	def stop(self, user: str, request: requests.TaskRequest) -> StopReply:
		"""Asks the engine to stop the run. The final event acknowledges it: the provider's connection is closed then."""
		run = self.replay.run(user, request.task_id)
		return StopReply(run.id, self._stop(run))

	def _stop(self, run: Run) -> str:
		if run.result is not None:
			return run.status
		queued = QueuedRun(self._site, run.id)
		ended = self._cancel(run, only_waiting=True) if run.state == "waiting" else None
		if ended is None and reach(lambda: self._queue.withdraw(queued)):
			ended = self._cancel(run)
		if ended is not None:
			return ended.status
		reach(lambda: self._queue.stop(queued))
		return run.status

	def _cancel(self, run: Run, only_waiting: bool = False) -> Run | None:
		"""Ends a run that no engine has; None if one has it. What an engine that gave it back has shown is kept."""
		shown = self.replay.shown(run)
		model = self._asked(shown)
		usage = tokens.estimate(self._prompt(run, model) if model else [], shown.reasoning, shown.text)
		result = RunResult(
			max(run.attempts, shown.attempt),
			"completed",
			shown.text,
			shown.reasoning,
			ended=time.time(),
			finish_reason="cancelled",
			provider=shown.provider,
			model=shown.model,
			usage=usage,
			cost=tokens.cost(usage, model) if model else None,
		)
		ended = reach(lambda: self._waiting.finish(run.id, result, only_waiting))
		if ended is None:
			return None
		self._tell_end(ended)
		if reach(self._queue.needs_engine):
			self._wake()
		return ended

	def _asked(self, shown: Transcript) -> Model | None:
		return self.catalogue.find(shown.provider, shown.model) if shown.provider and shown.model else None

	def _prompt(self, run: Run, model: Model) -> list[Message]:
		"""What the model was sent."""
		(loaded,) = self._store.load_runs([run.id], self._settings.limits.history_messages)
		return prompted(loaded, self._settings, model, self._store.read_files) if loaded else []

	def _tell_end(self, run: Run) -> None:
		"""Tries again where another event was written meanwhile, which keeps this one out."""
		while (shown := self.replay.shown(run)).seq and shown.final is None:
			emission = self._emission(run, shown.attempt)
			emission.seq = shown.seq
			emission.add_final(final_event(run, shown.seq))
			reach(partial(self._journal.append, emission.take(0)))

	def delete_conversation(self, user: str, request: requests.ConversationRequest) -> Changed:
		"""Answers that are under way are stopped; with the last of them everything under the conversation is gone."""
		conversation_id = requests.conversation_id(request.conversation_id)
		runs = self._store.delete_conversation(user, conversation_id) if conversation_id else None
		if runs is None:
			raise NotFound("There is no such conversation.")
		for run in reversed(runs):
			self._stop(run)
		return Changed()

	def usage(self, user: str, request: requests.UsageRequest) -> UsageReport:
		"""Of every user, for administrators."""
		if ADMIN not in self._roles_of(user):
			raise NotPermitted("Only an administrator may see this.")
		return usage_report(self._store, request)

	def models(self, user: str, request: requests.EmptyRequest) -> list[ModelChoice]:
		choices = [
			(provider.name, model.name) for provider in self.catalogue.providers for model in provider.models
		]
		return [ModelChoice(*choice, is_default=choice == choices[0]) for choice in choices]
