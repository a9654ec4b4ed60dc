"""What was said: messages, and the conversations that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ai_assistant.core.deltas import Source, Usage
from ai_assistant.core.events import FinishedToolCall, Timing

Role = Literal["system", "user", "assistant", "tool"]
ConversationStatus = Literal["active", "archived"]
Rating = Literal["good", "bad"]
FileKind = Literal["text", "image"]


@dataclass(frozen=True)
class Attachment:
	"""A file that came with a message, as the message refers to it. `size`: bytes."""

	id: str
	kind: FileKind
	name: str
	media_type: str
	size: int

	def file(self, content: str) -> File:
		return File(self.kind, self.name, self.media_type, self.size, content)


@dataclass(frozen=True)
class File:
	"""A file with what is in it: the text, or an image as `data:` URL. `size`: bytes of the file itself."""

	kind: FileKind
	name: str
	media_type: str
	size: int
	content: str


def references(message_id: str, files: Iterable[File]) -> tuple[Attachment, ...]:
	"""To what came with the message of this id, in that order."""
	return tuple(
		Attachment(f"{message_id}-{number}", file.kind, file.name, file.media_type, file.size)
		for number, file in enumerate(files)
	)


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
	files: tuple[File, ...] = ()
	"""What came with it; in a prompt the images, for the texts are a part of its content there."""
	attachments: tuple[Attachment, ...] = ()
	"""What the store keeps of it already: its own, where it was loaded from there, or what another message came with."""
	context: Any = None
	"""What the client knows of the place where it was said: a JSON value."""

	@property
	def images(self) -> tuple[str, ...]:
		"""Their `data:` URLs."""
		return tuple(file.content for file in self.files if file.kind == "image")


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
	attachments: tuple[Attachment, ...] = ()
	usage: Usage | None = None
	cost: float | None = None
	task_id: str | None = None
	"""The run that made it."""
	error: str | None = None
	finish_reason: str | None = None
	model: str | None = None
	provider: str | None = None
	timing: Timing | None = None
	feedback: Feedback | None = None


@dataclass(frozen=True)
class Outline:
	"""Which messages a conversation has: each with the one it follows, in the order they were made. `leaf` ends the chosen
	branch."""

	parents: Mapping[str, str | None]
	leaf: str | None

	def chosen(self) -> list[str]:
		"""That branch, oldest first."""
		branch, at = list[str](), self.leaf
		while at is not None and at in self.parents:
			branch.append(at)
			at = self.parents[at]
		return branch[::-1]


@dataclass(frozen=True)
class Place:
	"""Where a message is: its conversation, the message before it, and the `leaf`, which the history ends with now.
	`attachments` and `context`: what came with it."""

	conversation_id: str
	role: Role
	parent: str | None
	leaf: str | None
	attachments: tuple[Attachment, ...] = ()
	context: Any = None


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
