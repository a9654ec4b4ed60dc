"""What one user may ask of a site: the synchronous use cases behind every method of both hosts."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from uuid import uuid4

import msgspec
from redis.exceptions import RedisError

from ai_assistant.core import requests
from ai_assistant.core.catalogue import Catalogue
from ai_assistant.core.emission import Emission
from ai_assistant.core.errors import Conflict, InvalidRequest, NotFound, ServiceUnavailable
from ai_assistant.core.final import final_event
from ai_assistant.core.journal import Journal
from ai_assistant.core.queue import Queue, QueuedRun
from ai_assistant.core.replay import Replay, reach
from ai_assistant.core.replies import (
	ConversationPage,
	History,
	ModelChoice,
	Reply,
	RunInFlight,
	StartedRun,
	StopReply,
)
from ai_assistant.core.settings import Settings
from ai_assistant.core.store import (
	Conversation,
	Generation,
	Message,
	NewRun,
	Run,
	RunResult,
	RunState,
	Store,
)
from ai_assistant.core.transcript import Transcript, folded

_LONGEST_TITLE = 80

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
	):
		"""`wake` is called when a run was queued and no engine is alive: it sees to it that one will be."""
		self._site = site
		self._store = store
		self._settings = settings
		self._queue = queue
		self._journal = journal
		self._wake = wake
		self._catalogue = Catalogue(settings.providers)
		self.replay = Replay(site, store, journal)

	def start_run(self, user: str, request: requests.ChatRequest) -> StartedRun:
		new = self._new_run(user, request)
		run = self._store.create_run(new, self._settings.limits.runs_per_user)
		if run.id == new.id:
			self._enqueue(run)
		elif run.digest != new.digest:
			raise Conflict("This request_id was used before, for another request.")
		return StartedRun(
			run.id, run.conversation_id, run.user_message_id, run.state, success=run.state != "failed"
		)

	def _new_run(self, user: str, request: requests.ChatRequest) -> NewRun:
		messages = requests.new_messages(request, self._settings.limits)
		provider = request.provider or request.preferred_provider
		self._catalogue.resolve(provider, request.model)
		conversation_id = requests.conversation_id(
			request.conversation_id or request.session_id or request.thread_id
		)
		if conversation_id and len(messages) > 1 and self._store.get_conversation(user, conversation_id):
			messages = _unanswered(messages)
		return NewRun(
			id=uuid4().hex,
			user=user,
			conversation_id=conversation_id or str(uuid4()),
			message_ids=tuple(uuid4().hex for _ in messages),
			messages=tuple(messages),
			generation=Generation(
				provider,
				request.model,
				request.temperature,
				request.max_tokens,
				tuple(msgspec.to_builtins(request.tools)),
			),
			created=time.time(),
			title=_title(messages),
			request_id=request.request_id,
			digest=_digest(request),
		)

	def _enqueue(self, run: Run) -> None:
		queued = QueuedRun(self._site, run.id)
		try:
			emission = self._emission(run, attempt=0)
			emission.add_status("queued", position=0)
			(entry,) = emission.take(0)
			is_awake = self._queue.put_new(queued, entry, self._settings.retention.longest_run)
		except RedisError:
			self._store.discard_run(run.id)
			raise ServiceUnavailable(_NOT_STARTED) from None
		if not is_awake:
			self._wake()

	def _emission(self, run: Run, attempt: int) -> Emission:
		return Emission(self.replay.address(run.user, run.id), run.conversation_id, run.created, attempt)

	def reply(self, user: str, task_id: str) -> Reply:
		"""The run as it stands; the whole answer once it has ended."""
		run = self.replay.run(user, task_id)
		result = run.result
		if result is None:
			return Reply(True, run.state, run.id, run.conversation_id)
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
		if run.result is None:
			queued = QueuedRun(self._site, run.id)
			if reach(lambda: self._queue.withdraw(queued)):
				return StopReply(run.id, self._cancel(run))
			reach(lambda: self._queue.stop(queued))
		return StopReply(run.id, run.state)

	def _cancel(self, run: Run) -> RunState:
		"""Ends a run that no engine has. What an engine that gave it back has shown is kept."""
		shown = self._shown(run)
		result = RunResult(
			max(run.attempts, shown.attempt),
			"completed",
			shown.text,
			shown.reasoning,
			ended=time.time(),
			finish_reason="cancelled",
			provider=shown.provider,
			model=shown.model,
		)
		ended = self._store.finish_run(run.id, result)
		if ended is None or ended.result is None:
			return run.state
		emission = self._emission(run, shown.attempt)
		emission.seq = shown.seq
		emission.add_final(final_event(ended, shown.seq))
		reach(lambda: self._journal.append(emission.take(0)))
		return ended.state

	def models(self, user: str, request: requests.EmptyRequest) -> list[ModelChoice]:
		choices = [
			(provider.name, model.name) for provider in self._catalogue.providers for model in provider.models
		]
		return [ModelChoice(*choice, is_default=choice == choices[0]) for choice in choices]

	def create_conversation(self, user: str, request: requests.CreateConversationRequest) -> Conversation:
		conversation_id = requests.conversation_id(request.conversation_id) or str(uuid4())
		return self._store.create_conversation(user, conversation_id, request.title, time.time())

	def list_conversations(self, user: str, request: requests.ListConversationsRequest) -> ConversationPage:
		before = _before(request.cursor) if request.cursor else None
		found = self._store.list_conversations(user, request.limit, before)
		last = found[-1] if len(found) == request.limit else None
		return ConversationPage(found, f"{last.modified!r}_{last.id}" if last else None)

	def get_conversation_history(self, user: str, request: requests.HistoryRequest) -> History:
		conversation_id = requests.conversation_id(request.conversation_id)
		conversation = self._store.get_conversation(user, conversation_id) if conversation_id else None
		if conversation is None:
			raise NotFound("There is no such conversation.")
		messages = self._store.get_messages(user, conversation.id, request.limit, request.before) or []
		runs = [self._in_flight(run) for run in self._store.active_runs(user, conversation.id)]
		older = messages[0].id if len(messages) == request.limit else None
		return History(conversation, messages, runs, older)

	def _in_flight(self, run: Run) -> RunInFlight:
		shown = self._shown(run)
		return RunInFlight(run.id, shown.reasoning, shown.text, shown.cursor)

	def _shown(self, run: Run) -> Transcript:
		records = reach(lambda: self._journal.read(self.replay.address(run.user, run.id)))
		return folded(record.event for record in records)


def _unanswered(messages: list[Message]) -> list[Message]:
	"""What follows the last answer: of a conversation that is known, only this is new, and not its instructions."""
	answers = [place for place, message in enumerate(messages) if message.role == "assistant"]
	following = messages[answers[-1] + 1 :] if answers else messages
	return [message for message in following if message.role != "system"]


def _title(messages: list[Message]) -> str:
	words = " ".join(messages[-1].content.split())
	return words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1].rstrip() + "…"


def _digest(request: requests.ChatRequest) -> str:
	"""How it is to be answered makes no other request of it."""
	if not request.request_id:
		return ""
	asked = msgspec.structs.replace(request, stream=False)
	return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()


def _before(cursor: str) -> tuple[float, str]:
	modified, _, id = cursor.partition("_")
	try:
		place = float(modified)
	except ValueError:
		place = math.nan
	if math.isfinite(place):
		return place, id
	raise InvalidRequest("The cursor is not one that this method gave - at `$.cursor`.")
