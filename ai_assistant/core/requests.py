"""What clients may ask, typed and bounded; the parameters of every method."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct

from ai_assistant.core.errors import InvalidRequest, MalformedRequest
from ai_assistant.core.form import from_form
from ai_assistant.core.message_params import AttachmentParam, MessageParam, Name, ToolParam
from ai_assistant.core.messages import ConversationStatus, Rating
from ai_assistant.core.run import OnBusy

Cursor = Annotated[str, Meta(max_length=140)]
Limit = Annotated[int, Meta(ge=1, le=100)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Mode = Literal["chat", "agent", "code", "ask"]

DEEPEST = 64
"""Levels of lists and objects in `tools` and in `context`."""

_LONGEST_STEP = 40
"""Characters of a name that are quoted in a place."""

_R = TypeVar("_R", bound=Struct)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ALIASES = ("session_id", "thread_id")
"""What some clients call a conversation_id."""

_DIGITS = 18
_CONVERSATION = re.compile(
	rf"[0-9]{{1,{_DIGITS}}}|[0-9a-f]{{8}}-?(?:[0-9a-f]{{4}}-?){{3}}[0-9a-f]{{12}}", re.IGNORECASE
)


class AnswerRequest(Struct, forbid_unknown_fields=True):
	"""How an answer is to be made: what all methods that ask for one have in common."""

	provider: Name | None = None
	preferred_provider: Name | None = None
	model: Name | None = None
	temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
	max_tokens: Annotated[int, Meta(ge=1, le=10_000_000)] | None = None
	stream: bool = False
	request_id: Name | None = None
	on_busy: OnBusy = "enqueue"
	tools: Annotated[list[ToolParam], Meta(max_length=128)] = []
	mode: Mode | None = None
	simple_language: bool = False


class ChatRequest(AnswerRequest):
	"""Parameters of `chat_completion`."""

	messages: list[MessageParam] | None = None
	message: str | None = None
	conversation_id: int | str | None = None
	context: Any = None
	attachments: list[AttachmentParam] = []
	chatbot: Name | None = None


class TaskRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `stop`."""

	task_id: Name


class EventsRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `get_events` and `stream_events`. `after`: cursor `<attempt>-<seq>` of the last event seen."""

	task_id: Name
	after: Annotated[str, Meta(pattern=r"^[0-9]{1,9}-[0-9]{1,9}$")] = "0-0"


class RegenerateRequest(AnswerRequest, kw_only=True):
	"""Parameters of `chat.regenerate`. `message_id`: the answer to be made anew, or the message to be answered."""

	message_id: Name


class EditMessageRequest(AnswerRequest, kw_only=True):
	"""Parameters of `chat.edit_message`. `message_id`: the user's message that `message` is said instead of.

	`context`, `attachments`: instead of what came with that; without them, it is kept.
	"""

	message_id: Name
	message: str
	context: Any = None
	attachments: list[AttachmentParam] | None = None


class MessageRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `chat.choose_branch`."""

	message_id: Name


class AttachmentRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `chat.get_attachment`."""

	attachment_id: Name


class FeedbackRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `chat.message_feedback`. Without a `rating`, what was given before is taken back."""

	message_id: Name
	rating: Rating | None = None
	comment: Annotated[str, Meta(max_length=2_000)] = ""


class ConversationRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of methods on one conversation."""

	conversation_id: int | str


class RenameRequest(ConversationRequest):
	title: Annotated[str, Meta(min_length=1, max_length=140)]


class ExportRequest(ConversationRequest):
	format: Literal["json", "markdown"] = "json"


class SearchRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `chat.search`. `query`: words, all of which must be there."""

	query: Annotated[str, Meta(min_length=1, max_length=200)]
	limit: Limit = 20


class PreferencesRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `chat.set_preferences`."""

	name: Annotated[str, Meta(max_length=140)] = ""
	instructions: Annotated[str, Meta(max_length=4_000)] = ""
	enabled: bool = False


class UsageRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `admin.usage`. Days in UTC; without them, the thirty up to `until`, or to today."""

	since: Day | None = None
	until: Day | None = None
	user: Name | None = None
	limit: Annotated[int, Meta(ge=1, le=1_000)] = 200
	cursor: Cursor | None = None


class CreateConversationRequest(Struct, forbid_unknown_fields=True):
	conversation_id: int | str | None = None
	title: Annotated[str, Meta(max_length=140)] = ""


class ListConversationsRequest(Struct, forbid_unknown_fields=True):
	limit: Limit = 20
	cursor: Cursor | None = None
	status: ConversationStatus = "active"
	search: Annotated[str, Meta(max_length=200)] = ""


class HistoryRequest(ConversationRequest):
	limit: Limit = 50
	before: Cursor | None = None


class EmptyRequest(Struct, forbid_unknown_fields=True):
	"""A method without parameters."""


def parse(kind: type[_R], parameters: Mapping[str, Any], *, is_form: bool = False) -> _R:
	"""The parameters as a request of that kind. `is_form`: values came as text, so "3" may be a number.

	Raises InvalidRequest with the place and what is allowed.
	"""
	given = from_form(kind, parameters) if is_form else dict(parameters)
	return _checked(kind, given, partial(msgspec.convert, type=kind, strict=not is_form))


def parse_json(kind: type[_R], parameters: Mapping[str, Raw | str | None]) -> _R:
	"""The same where values are still JSON: what is not asked for is never made, however much of it there is.

	Raises MalformedRequest, too.
	"""

	def read(given: Mapping[str, Any]) -> _R:
		return msgspec.json.decode(msgspec.json.encode(given), type=kind)

	return _checked(kind, dict(parameters), read)


def _checked(kind: type[_R], given: dict[str, Any], read: Callable[[Mapping[str, Any]], _R]) -> _R:
	try:
		if "conversation_id" in kind.__struct_fields__:
			_rename_aliases(given)
		request = read(given)
	except msgspec.ValidationError as error:
		raise InvalidRequest(f"{error}.") from None
	except UnicodeEncodeError:
		raise InvalidRequest("A parameter's name contains half of a surrogate pair.") from None
	except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
		raise MalformedRequest("The body is not JSON.") from None
	temperature = getattr(request, "temperature", None)
	if temperature is not None and not math.isfinite(temperature):
		raise InvalidRequest("Expected a finite number - at `$.temperature`.")
	for name in request.__struct_fields__:
		if isinstance(value := getattr(request, name), str):
			refuse_control(value, f"$.{name}")
	return request


def _rename_aliases(given: dict[str, Any]) -> None:
	for alias in _ALIASES:
		value, known = given.pop(alias, None), given.get("conversation_id")
		if _decoded(value) in (None, ""):
			continue
		if _decoded(known) in (None, ""):
			given["conversation_id"] = value
		elif conversation_id(_decoded(value)) != conversation_id(_decoded(known)):
			raise InvalidRequest(f"`{alias}` and `conversation_id` are the same thing: send one of them.")


def _decoded(value: Any) -> Any:
	return msgspec.json.decode(value) if isinstance(value, Raw) else value


def refuse_control(value: Any, place: str, depth: int = 0) -> None:
	"""In every text of a JSON value, which may be DEEPEST levels deep."""
	if isinstance(value, str):
		if found := _CONTROL.search(value):
			character = f"U+{ord(found.group()):04X}"
			raise InvalidRequest(f"A text may not hold the control character {character}, as `{place}` does.")
	elif isinstance(value, (dict, list)):
		if depth == DEEPEST:
			raise InvalidRequest(f"Is nested more than {DEEPEST} levels deep - at `{place}`.")
		for one, its_place in _contents(value, place):
			refuse_control(one, its_place, depth + 1)


def _contents(value: dict[str, Any] | list[Any], place: str) -> Iterator[tuple[Any, str]]:
	"""What an object or a list holds, and where; an object's names are its own place."""
	if isinstance(value, dict):
		for name, one in value.items():
			yield name, place
			yield one, f"{place}.{name[:_LONGEST_STEP]}"
	else:
		for number, one in enumerate(value):
			yield one, f"{place}[{number}]"


def conversation_id(value: int | str | None) -> str | None:
	"""The id as text: a number or a UUID; `7` and `"7"` are the same. Raises InvalidRequest for anything else."""
	if value is None or value == "":
		return None
	text = str(value).strip().lower()
	if not _CONVERSATION.fullmatch(text):
		raise InvalidRequest(f"A conversation_id is a whole number of up to {_DIGITS} digits or a UUID.")
	return str(int(text)) if len(text) <= _DIGITS else str(UUID(text))
