"""A conversation as a text that people keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from ai_assistant.core.messages import Conversation, Role, StoredMessage

_NAMES: dict[Role, str] = {
	"system": "Instructions",
	"user": "You",
	"assistant": "Assistant",
	"tool": "Result of a tool",
}


def as_markdown(conversation: Conversation, messages: Sequence[StoredMessage]) -> str:
	"""Reasoning is folded, as GitHub shows it; files are named."""
	parts = [f"# {conversation.title or 'Conversation'}"]
	for message in messages:
		parts += _parts(message)
	return "\n\n".join(parts) + "\n"


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
