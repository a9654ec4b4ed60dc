"""The store: where a site keeps conversations and runs. Hosts implement it; the core only knows this port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ai_assistant.core.deltas import FinishReason, Source, Usage
from ai_assistant.core.errors import ErrorCode
from ai_assistant.core.events import FinishedToolCall, Timing

Role = Literal["system", "user", "assistant", "tool"]
RunState = Literal["queued", "running", "completed", "failed"]


@dataclass(frozen=True)
class Message:
	"""One turn. `opaque` is for `provider` only: JSON values it wants back with the next turn."""

	role: Role
	content: str
	reasoning: str = ""
	tool_calls: tuple[FinishedToolCall, ...] = ()
	tool_call_id: str | None = None
	"""On role `tool`: the call that this answers."""
	provider: str | None = None
	opaque: tuple[Any, ...] = ()


@dataclass(frozen=True)
class StoredMessage:
	"""A message as the history shows it. `created`: Unix seconds."""

	id: str
	role: Role
	content: str
	reasoning: str
	created: float
	tool_calls: tuple[FinishedToolCall, ...] = ()
	sources: tuple[Source, ...] = ()
	usage: Usage | None = None
	task_id: str | None = None
	"""The run that made it."""
	error: str | None = None
	finish_reason: str | None = None
	model: str | None = None
	provider: str | None = None
	timing: Timing | None = None


@dataclass(frozen=True)
class Conversation:
	"""`id` is unique for its user. Times are Unix seconds."""

	id: str
	title: str
	created: float
	modified: float


@dataclass(frozen=True)
class Generation:
	"""What the model is asked for, beside the messages."""

	provider: str | None = None
	model: str | None = None
	temperature: float | None = None
	max_tokens: int | None = None
	tools: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class NewRun:
	"""What `create_run` stores, all of it or nothing.

	`messages` are the turns to add to the conversation, the last of them what is to be answered. `digest`
	identifies the request's content, so that a repeated `request_id` can be told from a misused one.
	"""

	id: str
	user: str
	conversation_id: str
	message_ids: tuple[str, ...]
	messages: tuple[Message, ...]
	generation: Generation
	created: float
	title: str
	request_id: str | None = None
	digest: str = ""

	def queued(self) -> Run:
		"""The run as it is then."""
		return Run(
			id=self.id,
			user=self.user,
			conversation_id=self.conversation_id,
			state="queued",
			attempts=0,
			created=self.created,
			generation=self.generation,
			user_message_id=self.message_ids[-1],
			request_id=self.request_id,
			digest=self.digest,
		)


@dataclass(frozen=True)
class RunResult:
	"""How a run ended. `attempt` must be the newest one or the store refuses it."""

	attempt: int
	state: Literal["completed", "failed"]
	text: str
	reasoning: str
	ended: float
	finish_reason: FinishReason | None = None
	tool_calls: tuple[FinishedToolCall, ...] = ()
	sources: tuple[Source, ...] = ()
	opaque: tuple[Any, ...] = ()
	provider: str | None = None
	model: str | None = None
	usage: Usage = field(default_factory=lambda: Usage(basis="estimated"))
	cost: float | None = None
	timing: Timing = field(default_factory=Timing)
	error: str | None = None
	code: ErrorCode | None = None
	retryable: bool = False
	retry_after: float | None = None


@dataclass(frozen=True)
class Run:
	"""A run as the store knows it. `message_id` is the answer's, once there is one."""

	id: str
	user: str
	conversation_id: str
	state: RunState
	attempts: int
	created: float
	generation: Generation
	user_message_id: str
	request_id: str | None = None
	digest: str = ""
	message_id: str | None = None
	result: RunResult | None = None


@dataclass(frozen=True)
class LoadedRun:
	run: Run
	messages: list[Message]


class Store(Protocol):
	"""Synchronous and safe to call from several threads. Times are Unix seconds, ids are text.

	Methods with a `user` never return or change what belongs to another: they answer None, as if it did not exist.
	Raises ServiceUnavailable when the database cannot be reached or stays locked.
	"""

	def create_conversation(self, user: str, conversation_id: str, title: str, now: float) -> Conversation:
		"""The conversation of that id, made if this user has none."""

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None: ...

	def list_conversations(
		self, user: str, limit: int, before: tuple[float, str] | None
	) -> list[Conversation]:
		"""Newest first by (modified, id); `before` is that pair of the last one already seen."""

	def get_messages(
		self, user: str, conversation_id: str, limit: int, before: str | None
	) -> list[StoredMessage] | None:
		"""The newest `limit` messages older than the message `before`, oldest first; None for no such conversation."""

	def create_run(self, new: NewRun, most_active: int) -> Run:
		"""Stores the conversation if it is new, the messages and the run (queued) in one transaction.

		With a `request_id` this user has used before, stores nothing and returns that earlier run (compare `digest`
		and `id`). Raises TooManyRequests when the user already has `most_active` runs that have not ended.
		"""

	def get_run(self, user: str, run_id: str) -> Run | None: ...

	def active_runs(self, user: str, conversation_id: str) -> list[Run]:
		"""Runs of the conversation that have not ended, oldest first."""

	def discard_run(self, run_id: str) -> None:
		"""Forgets a run that never came to the queue, its messages, and its conversation if nothing else is in it."""

	def load_runs(self, run_ids: Sequence[str], most_messages: int) -> list[LoadedRun | None]:
		"""Each run with what its model is to read, in the order asked for: whoever's they are, for the engine.

		These are, oldest first: what the run's request brought, the newest `most_messages` before it, and every message
		of role system. Answers that are empty (failed before any text) are left out.
		"""

	def begin_attempts(self, attempts: Sequence[tuple[str, int]]) -> list[bool]:
		"""Marks each run as running in this attempt, in one transaction.

		False for one that has ended, or of which this attempt or a later one has begun.
		"""

	def finish_run(self, run_id: str, result: RunResult) -> Run | None:
		"""Stores the answer (if it has any text, reasoning or tool call) and ends the run, in one transaction.

		Returns the run with its `message_id`. A run that had ended is returned as it was; None if a later attempt
		has begun.
		"""

	def unfinished_runs(self, created_before: float, limit: int) -> list[Run]:
		"""Runs that have not ended, oldest first."""
