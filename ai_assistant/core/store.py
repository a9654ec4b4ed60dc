"""The store: where a site keeps conversations and runs. Hosts implement it; the core only knows this port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from ai_assistant.core.deltas import FinishReason, Source, Usage
from ai_assistant.core.errors import ErrorCode, RequestError
from ai_assistant.core.events import FinishedToolCall, Timing
from ai_assistant.core.ledger import Ledger, Outcome, Spending
from ai_assistant.core.messages import (
	Conversation,
	ConversationStatus,
	Feedback,
	Found,
	Message,
	Place,
	Preferences,
	StoredMessage,
)
from ai_assistant.core.settings import Limits

RunState = Literal["waiting", "queued", "running", "completed", "failed"]
"""`waiting`: for another answer of the same user to end; `queued`: for an engine."""

OnBusy = Literal["reject", "enqueue", "interrupt"]


@dataclass(frozen=True)
class Generation:
	"""What the model is asked for, beside the messages."""

	provider: str | None = None
	model: str | None = None
	temperature: float | None = None
	max_tokens: int | None = None
	tools: tuple[dict[str, Any], ...] = ()
	mode: str | None = None
	simple_language: bool = False


@dataclass(frozen=True)
class Branch:
	"""Where a run goes on, other than at the end: after the message `parent`, or before the first if that is None.

	`instead_of` is the message in whose place something is said: what it follows by then counts, whatever `parent` was.
	"""

	parent: str | None
	instead_of: str | None = None


@dataclass(frozen=True)
class NewRun:
	"""What `create_run` stores, all of it or nothing.

	`messages` are the turns to add to the conversation, the last of them what is to be answered; without any, it is
	the message `branch.parent` that is answered anew. `digest` identifies the request's content, so that a repeated
	`request_id` can be told from a misused one.
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
	branch: Branch | None = None
	on_busy: OnBusy = "enqueue"
	refusal: RequestError | None = None
	"""Why there is to be no new run; an earlier one with this `request_id` is returned all the same."""

	def continued(self) -> NewRun:
		"""Without what its conversation has already: only what follows the last answer is new, and not its instructions."""
		answers = [place for place, message in enumerate(self.messages) if message.role == "assistant"]
		start = answers[-1] + 1 if answers else 0
		told = [
			(id, message)
			for id, message in zip(self.message_ids[start:], self.messages[start:], strict=True)
			if message.role != "system"
		]
		return replace(
			self, message_ids=tuple(id for id, _ in told), messages=tuple(message for _, message in told)
		)

	@property
	def user_message_id(self) -> str:
		"""The message that is answered."""
		answered = self.message_ids[-1] if self.message_ids else self.branch and self.branch.parent
		assert answered, "a run without messages has a branch to answer"
		return answered

	def run(self, state: RunState, position: int = 0) -> Run:
		"""The run as it is then."""
		return Run(
			id=self.id,
			user=self.user,
			conversation_id=self.conversation_id,
			state=state,
			attempts=0,
			created=self.created,
			generation=self.generation,
			user_message_id=self.user_message_id,
			request_id=self.request_id,
			digest=self.digest,
			position=position,
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

	def spending(self, run: Run) -> Spending | None:
		"""What the ledger keeps of it; None if no provider was asked."""
		if not (self.provider and self.model):
			return None
		outcome: Outcome = "cancelled" if self.finish_reason == "cancelled" else self.state
		return Spending(
			run.id,
			self.attempt,
			run.user,
			self.provider,
			self.model,
			self.usage,
			self.cost,
			outcome,
			self.ended,
		)


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
	position: int = 0
	"""While it waits: 1 for the run that is next of those of its user. Known where that is said."""

	@property
	def status(self) -> str:
		"""The state as clients know it: for them a run is queued, whatever it waits for."""
		return "queued" if self.state == "waiting" else self.state


@dataclass(frozen=True)
class LoadedRun:
	"""`title`: of the conversation. `preferences`: of the user, if they are enabled."""

	run: Run
	messages: list[Message]
	preferences: Preferences | None = None


@dataclass(frozen=True)
class Turnover:
	"""What the end of a run means for the others of its user, oldest first: those that an engine may take now, and those
	that still wait, with their positions."""

	freed: tuple[Run, ...] = ()
	waiting: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Finished:
	run: Run
	turnover: Turnover = Turnover()


class Store(Ledger, Protocol):
	"""Synchronous and safe to call from several threads. Times are Unix seconds, ids are text.

	Methods with a `user` never return or change what belongs to another: they answer None, as if it did not exist.
	Raises ServiceUnavailable when the database cannot be reached or stays locked.
	"""

	def create_conversation(self, user: str, conversation_id: str, title: str, now: float) -> Conversation:
		"""The conversation of that id, made if this user has none."""

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None: ...

	def list_conversations(
		self,
		user: str,
		limit: int,
		before: tuple[float, str] | None,
		status: ConversationStatus = "active",
		words: Sequence[str] = (),
	) -> list[Conversation]:
		"""Newest first by (modified, id); `before` is that pair of the last one already seen.

		Only those whose title holds every one of the words, in whatever case.
		"""

	def change_conversation(
		self,
		user: str,
		conversation_id: str,
		title: str | None = None,
		status: ConversationStatus | None = None,
		only_if_title: str | None = None,
	) -> Conversation | None:
		"""Sets what is given; nothing if the title is another one meanwhile than `only_if_title`."""

	def delete_conversation(self, user: str, conversation_id: str) -> list[Run] | None:
		"""Takes it from its user at once, its id too. Returns the runs that have not ended: with the last of them
		everything under it goes, at once if there are none. None for no such conversation."""

	def get_messages(
		self, user: str, conversation_id: str, limit: int, before: str | None
	) -> list[StoredMessage] | None:
		"""The newest `limit` messages of the chosen branch older than the message `before`, oldest first; None for no
		such conversation."""

	def export_messages(self, user: str, conversation_id: str) -> list[StoredMessage] | None:
		"""Those of all branches, in the order they were made."""

	def find_message(self, user: str, message_id: str) -> Place | None: ...

	def choose_branch(self, user: str, message_id: str) -> str | None:
		"""From now on the history is the newest branch through this message. Returns the conversation's id."""

	def set_feedback(self, user: str, message_id: str, feedback: Feedback | None) -> bool:
		"""On an answer. False for no such answer."""

	def search(self, user: str, words: Sequence[str], limit: int) -> list[Found]:
		"""Messages of user and assistant that hold every one of the words, in whatever case, newest first."""

	def get_preferences(self, user: str) -> Preferences: ...

	def set_preferences(self, user: str, preferences: Preferences) -> None: ...

	def create_run(self, new: NewRun, limits: Limits) -> Run:
		"""Stores the conversation if it is new, the messages and the run in one transaction.

		The run is `queued`, or `waiting` if another run of the conversation has not ended or the user has no room for
		one more. With a `request_id` this user has used before, stores nothing and returns that earlier run (compare
		`digest` and `id`). Raises Conflict if the conversation is busy and the run is not to wait, TooManyRequests,
		and NotFound for a branch of a conversation that is gone.
		"""

	def get_run(self, user: str, run_id: str) -> Run | None: ...

	def active_runs(self, user: str, conversation_id: str) -> list[Run]:
		"""Runs of the conversation that have not ended, oldest first."""

	def discard_run(self, run_id: str) -> None:
		"""Forgets a run that never came to the queue, its messages, and its conversation if nothing else is in it."""

	def load_runs(self, run_ids: Sequence[str], most_messages: int) -> list[LoadedRun | None]:
		"""Each run with what its model is to read, in the order asked for: whoever's they are, for the engine.

		These are, oldest first, of the branch that ends with the message to be answered: what the run's request brought,
		the newest `most_messages` before it, and every message of role system. Answers that are empty (failed before
		any text) are left out.
		"""

	def begin_attempts(self, attempts: Sequence[tuple[str, int]]) -> list[bool]:
		"""Marks each run as running in this attempt, in one transaction.

		False for one that has ended, or of which this attempt or a later one has begun.
		"""

	def finish_run(
		self, run_id: str, result: RunResult, limits: Limits, only_waiting: bool = False
	) -> Finished | None:
		"""Stores the answer (if it has any text, reasoning or tool call) and what it took, ends the run and queues those
		that waited for it, in one transaction.

		Returns the run with its `message_id`. A run that had ended is returned as it was; None if a later attempt
		has begun, if it was to end only while it is `waiting`, or there is no such run.
		"""

	def free_waiting(self, user: str, limits: Limits) -> Turnover:
		"""As at the end of a run, for one whose end went unnoticed."""

	def unfinished_runs(self, created_before: float, limit: int) -> list[Run]:
		"""Runs that have not ended, oldest first."""
