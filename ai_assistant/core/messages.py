"""What was said: messages, and the conversations that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ai_assistant.core.deltas import Source, Usage
from ai_assistant.core.events import FinishedToolCall, Timing

Role = Literal["system", "user", "assistant", "tool"]
ConversationStatus = Literal["active", "archived"]
Rating = Literal["good", "bad"]


@dataclass(frozen=True)
class Attachment:
	"""A text file that came with a message."""

	name: str
	media_type: str
	text: str


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
	images: tuple[str, ...] = ()
	"""`data:` URLs."""
	attachments: tuple[Attachment, ...] = ()
	context: Any = None
	"""What the client knows of the place where it was said: a JSON value."""


@dataclass(frozen=True)
class Feedback:
	"""What the user thinks of an answer."""

	rating: Rating
	comment: str = ""


@dataclass(frozen=True)
class StoredMessage:
	"""A message as the history shows it. `created`: Unix seconds."""

	id: str
	role: Role
	content: str
	reasoning: str
	created: float
	parent: str | None = None
	"""The message before it; null for the first one."""
	siblings: tuple[str, ...] = ()
	"""All messages with the same parent, in the order they were made, if there is another than this.
	Empty in an export, where those of many branches would be their square."""
	tool_calls: tuple[FinishedToolCall, ...] = ()
	tool_call_id: str | None = None
	sources: tuple[Source, ...] = ()
	images: tuple[str, ...] = ()
	attachments: tuple[Attachment, ...] = ()
	usage: Usage | None = None
	task_id: str | None = None
	"""The run that made it."""
	error: str | None = None
	finish_reason: str | None = None
	model: str | None = None
	provider: str | None = None
	timing: Timing | None = None
	feedback: Feedback | None = None


@dataclass(frozen=True)
class Place:
	"""Where a message is: its conversation, the message before it, and the `leaf`, which the history ends with now."""

	conversation_id: str
	role: Role
	parent: str | None
	leaf: str | None


@dataclass(frozen=True)
class Conversation:
	"""`id` is unique for its user. Times are Unix seconds."""

	id: str
	title: str
	created: float
	modified: float
	status: ConversationStatus = "active"


@dataclass(frozen=True)
class Found:
	"""A message that holds what was searched for. `created`: Unix seconds."""

	conversation_id: str
	title: str
	message_id: str
	role: Role
	content: str
	created: float


@dataclass(frozen=True)
class Preferences:
	"""What a user wants every answer to heed, and whether it may be told to the model."""

	name: str = ""
	instructions: str = ""
	enabled: bool = False
