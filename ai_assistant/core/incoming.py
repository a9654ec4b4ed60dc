"""The messages that a request brings, checked: bounds, roles, and nothing that cannot be kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from ai_assistant.core.attachments import new_attachment
from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.images import check_image
from ai_assistant.core.message_params import MessageParam
from ai_assistant.core.messages import Attachment, Message
from ai_assistant.core.requests import ChatRequest, refuse_control
from ai_assistant.core.settings import Limits


def new_messages(request: ChatRequest, limits: Limits) -> list[Message]:
	"""The messages of the request, the last with its context and attachments, checked together with its tools.

	Raises InvalidRequest; nothing is cut silently.
	"""
	if (request.messages is None) == (request.message is None):
		raise InvalidRequest("Send either `messages` or `message`.")
	given = request.messages if request.messages is not None else [MessageParam("user", request.message)]
	if not 1 <= len(given) <= limits.messages:
		raise InvalidRequest(f"`messages` must hold 1 to {limits.messages} messages; it holds {len(given)}.")
	messages = [_message(position, param, limits) for position, param in enumerate(given)]
	if _size(request, messages) > limits.request_characters:
		raise InvalidRequest(
			"The messages, `tools`, `context` and `attachments` are longer than "
			f"{limits.request_characters:,} characters in all."
		)
	for name in ("messages", "tools", "context", "attachments"):
		refuse_control(msgspec.to_builtins(getattr(request, name)), f"$.{name}")
	_check_images(messages, limits)
	if messages[-1].role not in ("user", "tool"):
		raise InvalidRequest("The last message must be of role user or tool.")
	attachments = _attachments(request, limits)
	return [*messages[:-1], replace(messages[-1], context=request.context, attachments=attachments)]


def _check_images(messages: list[Message], limits: Limits) -> None:
	if (count := sum(len(message.images) for message in messages)) > limits.images:
		raise InvalidRequest(f"A request holds up to {limits.images} images; this one has {count}.")
	for position, message in enumerate(messages):
		place = f"`$.messages[{position}].content`"
		if message.images and message.role != "user":
			raise InvalidRequest(f"Only a message of role user holds images - at {place}.")
		for url in message.images:
			check_image(url, limits.image_bytes, place)


def _attachments(request: ChatRequest, limits: Limits) -> tuple[Attachment, ...]:
	if (count := len(request.attachments)) > limits.attachments:
		raise InvalidRequest(
			f"Up to {limits.attachments} files can be attached; here are {count} - at `$.attachments`."
		)
	return tuple(
		new_attachment(position, param, limits.message_characters)
		for position, param in enumerate(request.attachments)
	)


def _size(request: ChatRequest, messages: list[Message]) -> int:
	"""Characters of all that is kept or sent on, but for images."""
	said = sum(
		len(message.content) + sum(len(call.arguments) for call in message.tool_calls) for message in messages
	)
	return said + sum(
		_encoded_size(value) for value in (request.tools, request.context, request.attachments) if value
	)


def _encoded_size(value: Any) -> int:
	try:
		return len(msgspec.json.encode(value).decode())
	except UnicodeEncodeError:  # Half of a surrogate pair, which is refused with its place.
		return 0


def _message(position: int, param: MessageParam, limits: Limits) -> Message:
	text, place = param.text, f"`$.messages[{position}].content`"
	if len(text) > limits.message_characters:
		raise InvalidRequest(f"Longer than {limits.message_characters:,} characters - at {place}.")
	if param.role != "tool" and not (text.strip() or param.tool_calls or param.images):
		raise InvalidRequest(f"Is empty - at {place}.")
	if (param.role == "tool") != (param.tool_call_id is not None):
		raise InvalidRequest(
			f"Role tool, and only it, names its `tool_call_id` - at `$.messages[{position}]`."
		)
	calls = tuple(
		FinishedToolCall(call.id, call.function.name, call.function.arguments) for call in param.tool_calls
	)
	return Message(
		param.role, text, tool_calls=calls, tool_call_id=param.tool_call_id, images=tuple(param.images)
	)
