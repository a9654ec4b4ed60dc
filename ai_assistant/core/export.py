"""A conversation as people keep it: the body of an answer, written while the messages are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone

import msgspec

from ai_assistant.core.envelope import success
from ai_assistant.core.messages import Conversation, Role, StoredMessage
from ai_assistant.core.replies import Exported

_NAMES: dict[Role, str] = {
	"system": "Instructions",
	"user": "You",
	"assistant": "Assistant",
	"tool": "Result of a tool",
}


def as_json(conversation: Conversation, pages: Iterable[Sequence[StoredMessage]]) -> Iterator[bytes]:
	"""An answer with `Exported.messages`."""
	yield _head(conversation) + b',"messages":['
	comma = b""
	for page in pages:
		if page:
			yield comma + msgspec.json.encode(page)[1:-1]
			comma = b","
	yield b"]}}"


def as_markdown(conversation: Conversation, pages: Iterable[Sequence[StoredMessage]]) -> Iterator[bytes]:
	"""An answer with `Exported.content`. Reasoning is folded, as GitHub shows it; files are named."""
	yield _head(conversation) + b',"content":"' + _inside(f"# {conversation.title or 'Conversation'}")
	for page in pages:
		yield _inside("".join(f"\n\n{part}" for message in page for part in _parts(message)))
	yield _inside("\n") + b'"}}'


def _head(conversation: Conversation) -> bytes:
	"""The answer as far as the conversation, its two objects still open."""
	return success(Exported(conversation)).encode()[:-2]


def _inside(text: str) -> bytes:
	"""A part of a string of JSON."""
	return msgspec.json.encode(text)[1:-1]


def _parts(message: StoredMessage) -> Iterator[str]:
	said = datetime.fromtimestamp(message.created, timezone.utc)
	yield f"## {_NAMES[message.role]} · {said:%Y-%m-%d %H:%M} UTC"
	if message.reasoning:
		yield f"<details><summary>Reasoning</summary>\n\n{message.reasoning}\n\n</details>"
	if message.content:
		yield message.content
	for call in message.tool_calls:
		yield f"Called `{call.name}` with `{call.arguments}`."
	for attachment in message.attachments:
		yield f"Attached: {attachment.name} ({attachment.media_type}, {attachment.size:,} bytes)"
	if message.error:
		yield f"*{message.error}*"
