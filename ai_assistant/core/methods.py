"""What clients may call by name on either host, as one table: the parameters, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from msgspec import Struct

from ai_assistant.core import requests
from ai_assistant.core.assistant import Assistant
from ai_assistant.core.replies import EventPage

PATH = "/api/method/ai_assistant.api."
"""Goes before the name of a method."""

_R = TypeVar("_R", bound=Struct)


@dataclass(frozen=True)
class UseCase:
	"""A method that is answered at once. `verbs`: the HTTP methods it is reached by."""

	verbs: tuple[str, ...]
	request: type[Struct]
	answer: Callable[[Assistant, str, Any], Any]
	"""Takes the user and the request. Raises RequestError and ServiceUnavailable."""

	@property
	def reply(self) -> Any:
		"""The type of what it returns."""
		return get_type_hints(self.answer)["return"]


def _use_case(verbs: str, request: type[_R], answer: Callable[[Assistant, str, _R], Any]) -> UseCase:
	return UseCase(tuple(verbs.split()), request, answer)


def _get_events(assistant: Assistant, user: str, request: requests.EventsRequest) -> EventPage:
	return assistant.replay.get_events(user, request)


USE_CASES: dict[str, UseCase] = {
	"stop": _use_case("POST", requests.TaskRequest, Assistant.stop),
	"get_events": _use_case("GET POST", requests.EventsRequest, _get_events),
	"models": _use_case("GET", requests.EmptyRequest, Assistant.models),
	"chat.create_conversation": _use_case(
		"POST", requests.CreateConversationRequest, Assistant.create_conversation
	),
	"chat.list_conversations": _use_case(
		"GET", requests.ListConversationsRequest, Assistant.list_conversations
	),
	"chat.get_conversation_history": _use_case(
		"GET", requests.HistoryRequest, Assistant.get_conversation_history
	),
}
"""By the name behind `ai_assistant.api.`. Those that wait or stream are each host's own."""
