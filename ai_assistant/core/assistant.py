"""What one user may ask of a site: the synchronous use cases behind every method of both hosts."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Raw, Struct

from ai_assistant.core import requests
from ai_assistant.core.deltas import Source, Usage
from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.journal import Journal
from ai_assistant.core.queue import Queue
from ai_assistant.core.settings import Settings
from ai_assistant.core.store import Conversation, Store, StoredMessage


class StartedRun(Struct):
	"""The reply to `chat_completion` with `stream: true`."""

	task_id: str
	conversation_id: str
	message_id: str
	"""The user's message."""
	status: str
	success: bool = True


class Reply(Struct):
	"""The reply to `chat_completion` without `stream`. `status` is running, completed or failed."""

	success: bool
	status: str
	task_id: str
	conversation_id: str
	response: str = ""
	content: str = ""
	reasoning: str = ""
	message_id: str | None = None
	provider: str | None = None
	model: str | None = None
	usage: Usage | None = None
	cost: float | None = None
	finish_reason: str | None = None
	tool_calls: list[FinishedToolCall] = []
	sources: list[Source] = []
	error: str | None = None
	code: str | None = None
	retryable: bool = False
	retry_after: float | None = None


class EventPage(Struct):
	"""Events after a cursor. `cursor` goes into the next call; `done` when the final event has been among them."""

	events: list[Raw]
	cursor: str
	done: bool


class ModelChoice(Struct):
	provider: str
	model: str
	is_default: bool


class StopReply(Struct):
	"""`status` is that of the run: stopped while it was queued or running, else how it had ended."""

	task_id: str
	status: str
	success: bool = True


class RunInFlight(Struct):
	"""A run that a page opened in mid-stream can join: what was shown, and the cursor to go on from."""

	task_id: str
	reasoning: str
	text: str
	cursor: str


class ConversationPage(Struct):
	conversations: list[Conversation]
	cursor: str | None


class History(Struct):
	conversation: Conversation
	messages: list[StoredMessage]
	runs: list[RunInFlight]
	before: str | None
	"""Goes into the next call for older messages; null when there are none."""


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

	def start_run(self, user: str, request: requests.ChatRequest) -> StartedRun: ...

	def reply(self, user: str, task_id: str) -> Reply:
		"""The run as it stands; the whole answer once it has ended."""

	def stop(self, user: str, request: requests.TaskRequest) -> StopReply:
		"""Asks the engine to stop the run. The final event acknowledges it: the provider's connection is closed then."""

	def get_events(self, user: str, request: requests.EventsRequest) -> EventPage: ...

	def wait_events(self, user: str, request: requests.EventsRequest, timeout: float) -> EventPage:
		"""Like `get_events`, but waits up to `timeout` seconds for the first one."""

	def models(self, user: str, request: requests.EmptyRequest) -> list[ModelChoice]: ...

	def create_conversation(self, user: str, request: requests.CreateConversationRequest) -> Conversation: ...

	def list_conversations(
		self, user: str, request: requests.ListConversationsRequest
	) -> ConversationPage: ...

	def get_conversation_history(self, user: str, request: requests.HistoryRequest) -> History: ...
