"""What one user may ask of a site: the synchronous use cases behind every method of both hosts."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar
from uuid import uuid4

import msgspec
from msgspec import Raw
from redis.exceptions import RedisError

from ai_assistant.core import requests
from ai_assistant.core.catalogue import Catalogue
from ai_assistant.core.emission import Emission
from ai_assistant.core.errors import Conflict, InvalidRequest, NotFound, ServiceUnavailable
from ai_assistant.core.events import FinalEvent, decode
from ai_assistant.core.final import final_event
from ai_assistant.core.journal import Address, Journal, Record
from ai_assistant.core.queue import Queue, QueuedRun
from ai_assistant.core.replies import (
	ConversationPage,
	EventPage,
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
from ai_assistant.core.transcript import Transcript

_T = TypeVar("_T")

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
		"""`wake` is called after a run was queued: it makes sure that an engine is alive."""
		self._site = site
		self._store = store
		self._settings = settings
		self._queue = queue
		self._journal = journal
		self._wake = wake
		self._catalogue = Catalogue(settings.providers)

	def start_run(self, user: str, request: requests.ChatRequest) -> StartedRun:
		new = self._new_run(user, request)
		run = self._store.create_run(new, self._settings.limits.runs_per_user)
		if run.id == new.id:
			self._enqueue(run)
		elif run.digest != new.digest:
			raise Conflict("This request_id was used before, for another request.")
		return StartedRun(run.id, run.conversation_id, run.user_message_id, run.state)

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
				provider, request.model, request.temperature, request.max_tokens, tuple(request.tools)
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
			self._queue.put_new(queued, entry, self._settings.retention.longest_run)
		except RedisError:
			self._store.finish_run(run.id, _ended(0, "failed", error=_NOT_STARTED, code="internal"))
			raise ServiceUnavailable(_NOT_STARTED) from None
		self._wake()

	def _emission(self, run: Run, attempt: int) -> Emission:
		return Emission(self._address(run), run.conversation_id, run.created, attempt)

	def _address(self, run: Run) -> Address:
		return Address(self._site, run.user, run.id)

	def _run(self, user: str, task_id: str) -> Run:
		run = self._store.get_run(user, task_id)
		if run is None:
			raise NotFound("There is no such run.")
		return run

	def reply(self, user: str, task_id: str) -> Reply:
		"""The run as it stands; the whole answer once it has ended."""
		run = self._run(user, task_id)
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
		return self._run(user, task_id).result is not None

	def stop(self, user: str, request: requests.TaskRequest) -> StopReply:
		"""Asks the engine to stop the run. The final event acknowledges it: the provider's connection is closed then."""
		run = self._run(user, request.task_id)
		if run.result is None:
			queued = QueuedRun(self._site, run.id)
			if self._reach(lambda: self._queue.withdraw(queued)):
				return StopReply(run.id, self._cancel(run))
			self._reach(lambda: self._queue.stop(queued))
		return StopReply(run.id, run.state)

	def _cancel(self, run: Run) -> RunState:
		"""Ends a run that no engine has."""
		ended = self._store.finish_run(run.id, _ended(run.attempts, "completed", finish_reason="cancelled"))
		if ended is None or ended.result is None:
			return run.state
		records = self._journal.read(self._address(run))
		attempt, seq = _position(records[-1].cursor) if records else (run.attempts, 0)
		emission = self._emission(run, attempt)
		emission.seq = seq
		emission.add_final(final_event(ended, seq))
		self._journal.append(emission.take(0))
		return ended.state

	def get_events(self, user: str, request: requests.EventsRequest) -> EventPage:
		run = self._run(user, request.task_id)
		return self._page(
			run, request, self._reach(lambda: self._journal.read(self._address(run), request.after))
		)

	def wait_events(self, user: str, request: requests.EventsRequest, timeout: float) -> EventPage:
		"""Like `get_events`, but waits up to `timeout` seconds for the first one."""
		run = self._run(user, request.task_id)
		if run.result is not None:
			return self.get_events(user, request)
		address = self._address(run)
		return self._page(
			run, request, self._reach(lambda: self._journal.wait(address, request.after, timeout))
		)

	def _page(self, run: Run, request: requests.EventsRequest, records: list[Record]) -> EventPage:
		"""When the journal has expired, the final event is made from the store."""
		if records:
			return EventPage(
				[Raw(record.event) for record in records], records[-1].cursor, _is_final(records[-1])
			)
		if run.result is None:
			return EventPage([], request.after, False)
		if newest := self._reach(lambda: self._journal.newest(self._address(run))):
			has_seen_all = _position(newest.cursor) <= _position(request.after)
			return EventPage([], request.after, has_seen_all and _is_final(newest))
		return EventPage([Raw(msgspec.json.encode(final_event(run, 0)))], request.after, True)

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
		transcript = Transcript()
		for record in self._reach(lambda: self._journal.read(self._address(run))):
			transcript.apply(decode(record.event))
		return RunInFlight(run.id, transcript.reasoning, transcript.text, transcript.cursor)

	def _reach(self, ask: Callable[[], _T]) -> _T:
		try:
			return ask()
		except RedisError:
			raise ServiceUnavailable(
				"The service cannot be reached at the moment. Please try again."
			) from None


def _unanswered(messages: list[Message]) -> list[Message]:
	"""What follows the last answer: of a conversation that is known, only this is new."""
	answers = [position for position, message in enumerate(messages) if message.role == "assistant"]
	return messages[answers[-1] + 1 :] if answers else messages[-1:]


def _is_final(record: Record) -> bool:
	return isinstance(decode(record.event), FinalEvent)


def _title(messages: list[Message]) -> str:
	words = " ".join(messages[-1].content.split())
	return words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1].rstrip() + "…"


def _digest(request: requests.ChatRequest) -> str:
	return hashlib.sha256(msgspec.json.encode(request)).hexdigest() if request.request_id else ""


def _ended(attempt: int, state: Literal["completed", "failed"], **fields: Any) -> RunResult:
	return RunResult(attempt=attempt, state=state, text="", reasoning="", ended=time.time(), **fields)


def _position(cursor: str) -> tuple[int, int]:
	attempt, seq = cursor.split("-")
	return int(attempt), int(seq)


def _before(cursor: str) -> tuple[float, str]:
	modified, _, id = cursor.partition("_")
	try:
		return float(modified), id
	except ValueError:
		raise InvalidRequest("The cursor is not one that this method gave - at `$.cursor`.") from None
