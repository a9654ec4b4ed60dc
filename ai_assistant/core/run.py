"""A run: what is asked for, how it stands, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ai_assistant.core.deltas import FinishReason, Source, Usage
from ai_assistant.core.errors import ErrorCode, RequestError
from ai_assistant.core.events import FinishedToolCall, Timing
from ai_assistant.core.ledger import Outcome, Spending
from ai_assistant.core.messages import Message

RunState = Literal["waiting", "queued", "running", "completed", "failed"]
"""`waiting`: for another answer of the same user to end; `queued`: for an engine."""

OnBusy = Literal["reject", "enqueue", "interrupt"]


_NOTHING = Usage(basis="estimated")


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
	leaf: str | None = None
	"""What the history ended with when a branch was asked for, and does again if the run cannot begin."""
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
	usage: Usage = _NOTHING
	cost: float | None = None
	timing: Timing = field(default_factory=Timing)
	error: str | None = None
	code: ErrorCode | None = None
	retryable: bool = False
	retry_after: float | None = None

	def shortened(self, reason: str) -> RunResult:
		"""A failure for that reason which keeps the first half of the words, and nothing beside them."""
		return replace(
			self,
			state="failed",
			text=self.text[: len(self.text) // 2],
			reasoning=self.reasoning[: len(self.reasoning) // 2],
			finish_reason=None,
			tool_calls=(),
			sources=(),
			opaque=(),
			error=reason,
			code="internal",
			retryable=False,
			retry_after=None,
		)

	def spending(self, run: Run) -> Spending | None:
		"""What the ledger keeps of it; None if no provider was asked, not even in this attempt."""
		if not (self.provider and self.model) or self.usage == _NOTHING:
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
