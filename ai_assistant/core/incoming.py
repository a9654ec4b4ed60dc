"""The messages that a request brings, checked: bounds, roles, and nothing that cannot be kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

import msgspec

from ai_assistant.core.attachments import new_text_file
from ai_assistant.core.errors import InvalidRequest, TooLarge
from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.images import new_image
from ai_assistant.core.message_params import MessageParam
from ai_assistant.core.messages import Attachment, File, Message
from ai_assistant.core.requests import ChatRequest, refuse_control
from ai_assistant.core.settings import Limits


def new_messages(request: ChatRequest, limits: Limits, kept: tuple[Attachment, ...] = ()) -> list[Message]:
	"""The messages of the request, the last with its context and attachments, checked together with its tools.

	`kept`: files that the store has already and that belong to the last message too. Raises InvalidRequest, and TooLarge for more bytes of files than are allowed; nothing is cut silently.
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
	if messages[-1].role not in ("user", "tool"):
		raise InvalidRequest("The last message must be of role user or tool.")
	images, texts = _images(given, limits), _text_files(request, limits)
	_check_bytes([*chain.from_iterable(images), *texts], limits.request_bytes)
	messages = [replace(message, files=files) for message, files in zip(messages, images, strict=True)]
	files = messages[-1].files + texts
	messages[-1] = replace(messages[-1], context=request.context, files=files, attachments=kept)
	for position, message in enumerate(messages):
		_refuse_empty(position, message)
	return messages


def _refuse_empty(position: int, message: Message) -> None:
	"""Answers and results may be: a model that only thought, or refused, left no text."""
	has_image = bool(message.images) or any(one.kind == "image" for one in message.attachments)
	if message.role in ("system", "user") and not (message.content.strip() or has_image):
		raise InvalidRequest(f"Is empty - at `$.messages[{position}].content`.")


def _images(given: list[MessageParam], limits: Limits) -> list[tuple[File, ...]]:
	"""Those of each message."""
	if (count := sum(len(param.images) for param in given)) > limits.images:
		raise InvalidRequest(f"A request holds up to {limits.images} images; this one has {count}.")
	return [_images_of(position, param, limits) for position, param in enumerate(given)]


def _images_of(position: int, param: MessageParam, limits: Limits) -> tuple[File, ...]:
	place = f"`$.messages[{position}].content`"
	if param.images and param.role != "user":
		raise InvalidRequest(f"Only a message of role user holds images - at {place}.")
	return tuple(
		new_image(number, url, limits.image_bytes, place) for number, url in enumerate(param.images, start=1)
	)


def _check_bytes(files: list[File], most: int) -> None:
	if (size := sum(file.size for file in files)) > most:
		raise TooLarge(
			f"The images and attachments of a request have up to {most:,} bytes; these have {size:,}."
		)


def _text_files(request: ChatRequest, limits: Limits) -> tuple[File, ...]:
	if (count := len(request.attachments)) > limits.attachments:
		raise InvalidRequest(
			f"Up to {limits.attachments} files can be attached; here are {count} - at `$.attachments`."
		)
	return tuple(
		new_text_file(position, param, limits.message_characters)
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
	if (param.role == "tool") != (param.tool_call_id is not None):
		raise InvalidRequest(
			f"Role tool, and only it, names its `tool_call_id` - at `$.messages[{position}]`."
		)
	calls = tuple(
		FinishedToolCall(call.id, call.function.name, call.function.arguments) for call in param.tool_calls
	)
	return Message(param.role, text, tool_calls=calls, tool_call_id=param.tool_call_id)
