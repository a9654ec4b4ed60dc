"""A conversation as every provider accepts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ai_assistant.core.messages import Message
from ai_assistant.core.prompt import UNSEEN_IMAGE


def mended(messages: Sequence[Message]) -> list[Message]:
	"""Without what providers refuse: a start in mid-conversation, and tool calls or their results left alone.

	A history that was cut to its newest turns has the one, a user who went on without answering a call the other.
	"""
	kept = _from_first_user(messages)
	answered = {message.tool_call_id for message in kept if message.role == "tool"}
	called: set[str | None] = set()
	turns = []
	for message in kept:
		if message.tool_calls:
			calls = tuple(call for call in message.tool_calls if call.id in answered)
			called.update(call.id for call in calls)
			message = replace(message, tool_calls=calls)
		if message.role == "tool" and message.tool_call_id not in called:
			continue
		if message.role != "assistant" or message.content.strip() or message.tool_calls:
			turns.append(message)
	return turns


def without_images(messages: Sequence[Message]) -> list[Message]:
	"""For a model that reads none: it is told of each, so that it need not guess what is talked about."""
	return [
		replace(message, content=UNSEEN_IMAGE * len(message.images) + message.content, files=())
		if message.images
		else message
		for message in messages
	]


def _from_first_user(messages: Sequence[Message]) -> list[Message]:
	first = next((n for n, message in enumerate(messages) if message.role == "user"), 0)
	return [message for n, message in enumerate(messages) if n >= first or message.role == "system"]
