"""What the methods answer."""

from __future__ import annotations

from msgspec import Raw, Struct

from ai_assistant.core.deltas import Source, Usage
from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.ledger import DailyUsage, Total
from ai_assistant.core.messages import Conversation, Role, StoredMessage


class StartedRun(Struct):
	"""The reply to `chat_completion` with `stream: true`."""

	task_id: str
	conversation_id: str
	message_id: str
	"""The user's message."""
	status: str
	success: bool = True

	def going_on(self) -> Reply:
		"""The reply of a wait that told nothing of the run. A refusal would have it asked for once more, beside this one."""
		return Reply(True, "running", self.task_id, self.conversation_id)


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
	"""`status` is that of the run: queued or running when it was asked to stop, else how it has ended."""

	task_id: str
	status: str
	success: bool = True


class RunInFlight(Struct):
	"""A run that a page can join: what was shown, and the cursor to go on from. The answer is being made, or there is none
	because the run failed or was stopped before its first word."""

	task_id: str
	answers: str
	"""The message that is being answered."""
	status: str
	reasoning: str
	text: str
	tool_calls: list[FinishedToolCall]
	"""`arguments` as far as they have come."""
	sources: list[Source]
	cursor: str


class ConversationPage(Struct):
	conversations: list[Conversation]
	cursor: str | None


class Changed(Struct):
	success: bool = True


class SearchResult(Struct):
	"""`excerpt`: the text around the first word. `created`: Unix seconds."""

	conversation_id: str
	title: str
	message_id: str
	role: Role
	excerpt: str
	created: float


class SearchPage(Struct):
	results: list[SearchResult]


class Exported(Struct, omit_defaults=True):
	"""`messages` are those of all branches; `content` is Markdown."""

	conversation: Conversation
	messages: list[StoredMessage] | None = None
	content: str | None = None


class UsageReport(Struct):
	"""`days`: newest first, one line for each user and model; `total`: of all of them, also those on other pages."""

	since: str
	until: str
	days: list[DailyUsage]
	total: Total
	cursor: str | None


class History(Struct):
	"""The chosen branch."""

	conversation: Conversation
	messages: list[StoredMessage]
	runs: list[RunInFlight]
	before: str | None
	"""Goes into the next call for older messages; null when there are none."""
