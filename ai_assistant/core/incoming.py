"""The messages that a request brings, checked: bounds, roles, and nothing that cannot be kept."""

from __future__ import annotations

from typing import Any

import msgspec

from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.messages import Message
from ai_assistant.core.requests import ChatRequest, MessageParam, refuse_control
from ai_assistant.core.settings import Limits


def new_messages(request: ChatRequest, limits: Limits) -> list[Message]:
	"""The messages of the request, checked with its tools and context. Raises InvalidRequest; nothing is cut silently."""
	if (request.messages is None) == (request.message is None):
		raise InvalidRequest("Send either `messages` or `message`.")
	given = request.messages if request.messages is not None else [MessageParam("user", request.message)]
	if not 1 <= len(given) <= limits.messages:
		raise InvalidRequest(f"`messages` must hold 1 to {limits.messages} messages; it holds {len(given)}.")
	messages = [_message(position, param, limits) for position, param in enumerate(given)]
	if _size(request, messages) > limits.request_characters:
		raise InvalidRequest(
			f"The messages, `tools` and `context` are longer than {limits.request_characters:,} characters in all."
		)
	for name in ("messages", "tools", "context"):
		refuse_control(msgspec.to_builtins(getattr(request, name)), f"$.{name}")
	if messages[-1].role not in ("user", "tool"):
		raise InvalidRequest("The last message must be of role user or tool.")
	return messages


def _size(request: ChatRequest, messages: list[Message]) -> int:
	"""Characters of all that is kept or sent on."""
	said = sum(
		len(message.content) + sum(len(call.arguments) for call in message.tool_calls) for message in messages
	)
	return said + sum(_encoded_size(value) for value in (request.tools, request.context) if value)


def _encoded_size(value: Any) -> int:
	try:
		return len(msgspec.json.encode(value).decode())
	except UnicodeEncodeError:  # Half of a surrogate pair, which is refused with its place.
		return 0


def _message(position: int, param: MessageParam, limits: Limits) -> Message:
	text, place = param.text, f"`$.messages[{position}].content`"
	if len(text) > limits.message_characters:
		raise InvalidRequest(f"Longer than {limits.message_characters:,} characters - at {place}.")
	if not text.strip() and not param.tool_calls:
		raise InvalidRequest(f"Is empty - at {place}.")
	if (param.role == "tool") != (param.tool_call_id is not None):
		raise InvalidRequest(
			f"Role tool, and only it, names its `tool_call_id` - at `$.messages[{position}]`."
		)
	calls = tuple(
		FinishedToolCall(call.id, call.function.name, call.function.arguments) for call in param.tool_calls
	)
	return Message(param.role, text, tool_calls=calls, tool_call_id=param.tool_call_id)
