"""What clients may ask, typed and bounded; the parameters of every method."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Message, Role

Name = Annotated[str, Meta(min_length=1, max_length=140)]
Cursor = Annotated[str, Meta(max_length=140)]
Limit = Annotated[int, Meta(ge=1, le=100)]

DEEPEST = 64
"""Levels of lists and objects in `tools` and in `context`."""

_LONGEST_STEP = 40
"""Characters of a name that are quoted in a place."""

_R = TypeVar("_R", bound=Struct)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONVERSATION = re.compile(r"[0-9]{1,18}|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


class TextPart(Struct, forbid_unknown_fields=True, tag_field="type", tag="text"):
	text: str


class ToolFunction(Struct, forbid_unknown_fields=True):
	name: Name
	arguments: str


class ToolCallParam(Struct, forbid_unknown_fields=True):
	id: Name
	function: ToolFunction
	type: Literal["function"] = "function"


class MessageParam(Struct, forbid_unknown_fields=True):
	"""One message as clients send it, in the form of OpenAI's Chat Completions."""

	role: Role
	content: str | list[TextPart] | None = None
	tool_calls: Annotated[list[ToolCallParam], Meta(max_length=128)] = []
	tool_call_id: Name | None = None
	name: Name | None = None

	@property
	def text(self) -> str:
		if isinstance(self.content, list):
			return "\n".join(part.text for part in self.content)
		return self.content or ""


class ToolSpec(Struct, forbid_unknown_fields=True):
	"""`parameters` is a JSON schema."""

	name: Name
	description: str | UnsetType = UNSET
	parameters: dict[str, Any] | UnsetType = UNSET
	strict: bool | UnsetType | None = UNSET


class ToolParam(Struct, forbid_unknown_fields=True):
	"""A function that the model may call, in the form of OpenAI's Chat Completions."""

	function: ToolSpec
	type: Literal["function"] = "function"


class ChatRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `chat_completion`."""

	messages: list[MessageParam] | None = None
	message: str | None = None
	conversation_id: int | str | None = None
	session_id: int | str | None = None
	thread_id: int | str | None = None
	provider: Name | None = None
	preferred_provider: Name | None = None
	model: Name | None = None
	temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
	max_tokens: Annotated[int, Meta(ge=1, le=10_000_000)] | None = None
	stream: bool = False
	request_id: Name | None = None
	tools: Annotated[list[ToolParam], Meta(max_length=128)] = []
	mode: Literal["chat", "agent", "code", "ask"] | None = None
	context: Any = None
	simple_language: bool = False
	chatbot: Name | None = None


class TaskRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `stop`."""

	task_id: Name


class EventsRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `get_events` and `stream_events`. `after`: cursor `<attempt>-<seq>` of the last event seen."""

	task_id: Name
	after: Annotated[str, Meta(pattern=r"^[0-9]{1,9}-[0-9]{1,9}$")] = "0-0"


class CreateConversationRequest(Struct, forbid_unknown_fields=True):
	conversation_id: int | str | None = None
	title: Annotated[str, Meta(max_length=140)] = ""


class ListConversationsRequest(Struct, forbid_unknown_fields=True):
	limit: Limit = 20
	cursor: Cursor | None = None


class HistoryRequest(Struct, forbid_unknown_fields=True):
	conversation_id: int | str
	limit: Limit = 50
	before: Cursor | None = None


class EmptyRequest(Struct, forbid_unknown_fields=True):
	"""A method without parameters."""


def parse(kind: type[_R], parameters: Mapping[str, Any], *, is_form: bool = False) -> _R:
	"""The parameters as a request of that kind. `is_form`: values came as text, so "3" may be a number.

	Raises InvalidRequest with the place and what is allowed.
	"""
	given = _from_form(parameters) if is_form else dict(parameters)
	try:
		request = msgspec.convert(given, kind, strict=not is_form)
	except msgspec.ValidationError as error:
		raise InvalidRequest(f"{error}.") from None
	except UnicodeEncodeError:
		raise InvalidRequest("A parameter's name contains half of a surrogate pair.") from None
	temperature = getattr(request, "temperature", None)
	if temperature is not None and not math.isfinite(temperature):
		raise InvalidRequest("Expected a finite number - at `$.temperature`.")
	for name in request.__struct_fields__:
		if isinstance(value := getattr(request, name), str):
			_refuse_control(value, f"$.{name}")
	return request


def _refuse_control(value: Any, place: str, depth: int = 0) -> None:
	"""In every text of a JSON value, which may be DEEPEST levels deep."""
	if isinstance(value, str):
		if found := _CONTROL.search(value):
			raise InvalidRequest(f"Contains the control character U+{ord(found.group()):04X} - at `{place}`.")
	elif isinstance(value, (dict, list)):
		if depth == DEEPEST:
			raise InvalidRequest(f"Is nested more than {DEEPEST} levels deep - at `{place}`.")
		for one, its_place in _contents(value, place):
			_refuse_control(one, its_place, depth + 1)


def _contents(value: dict[str, Any] | list[Any], place: str) -> Iterator[tuple[Any, str]]:
	"""What an object or a list holds, and where; an object's names are its own place."""
	if isinstance(value, dict):
		for name, one in value.items():
			yield name, place
			yield one, f"{place}.{name[:_LONGEST_STEP]}"
	else:
		for number, one in enumerate(value):
			yield one, f"{place}[{number}]"


def _from_form(parameters: Mapping[str, Any]) -> dict[str, Any]:
	"""A form's fields, those that hold JSON lists or objects decoded."""
	return {name: _decode_json(value) for name, value in parameters.items()}


def _decode_json(value: Any) -> Any:
	if not isinstance(value, str) or value[:1] not in ("[", "{"):
		return value
	try:
		return msgspec.json.decode(value)
	except msgspec.DecodeError:
		return value


def conversation_id(value: int | str | None) -> str | None:
	"""The id as text: a number or a UUID; `7` and `"7"` are the same. Raises InvalidRequest for anything else."""
	if value is None or value == "":
		return None
	text = str(value).strip().lower()
	if not _CONVERSATION.fullmatch(text):
		raise InvalidRequest("A conversation_id is a whole number of up to 18 digits or a UUID.")
	return str(int(text)) if text.isdigit() else text


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
		_refuse_control(msgspec.to_builtins(getattr(request, name)), f"$.{name}")
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
