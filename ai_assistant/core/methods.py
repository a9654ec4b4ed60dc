"""What clients may call by name on either host, as one table: the parameters, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_type_hints

from msgspec import Struct

from ai_assistant.core import requests
from ai_assistant.core.assistant import Assistant
from ai_assistant.core.conversations import Conversations
from ai_assistant.core.replies import EventPage, Exported

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
	reply: Any
	"""The type of what it returns."""


def _use_case(verbs: str, request: type[_R], answer: Callable[[Assistant, str, _R], Any]) -> UseCase:
	return UseCase(tuple(verbs.split()), request, answer, _returned(answer))


def _chat(verbs: str, request: type[_R], answer: Callable[[Conversations, str, _R], Any]) -> UseCase:
	def work(assistant: Assistant, user: str, request: Any) -> Any:
		return answer(assistant.conversations, user, request)

	return UseCase(tuple(verbs.split()), request, work, _returned(answer))


def _returned(answer: Callable[..., Any]) -> Any:
	return get_type_hints(answer)["return"]


def _get_events(assistant: Assistant, user: str, request: requests.EventsRequest) -> EventPage:
	return assistant.replay.get_events(user, request)


USE_CASES: dict[str, UseCase] = {
	"stop": _use_case("POST", requests.TaskRequest, Assistant.stop),
	"get_events": _use_case("GET POST", requests.EventsRequest, _get_events),
	"models": _use_case("GET", requests.EmptyRequest, Assistant.models),
	"chat.create_conversation": _chat("POST", requests.CreateConversationRequest, Conversations.create),
	"chat.list_conversations": _chat("GET", requests.ListConversationsRequest, Conversations.list),
	"chat.get_conversation_history": _chat("GET", requests.HistoryRequest, Conversations.history),
	"chat.rename_conversation": _chat("POST", requests.RenameRequest, Conversations.rename),
	"chat.archive_conversation": _chat("POST", requests.ConversationRequest, Conversations.archive),
	"chat.unarchive_conversation": _chat("POST", requests.ConversationRequest, Conversations.unarchive),
	"chat.delete_conversation": _use_case(
		"POST", requests.ConversationRequest, Assistant.delete_conversation
	),
	"chat.search": _chat("GET", requests.SearchRequest, Conversations.search),
	"chat.get_attachment": _chat("GET", requests.AttachmentRequest, Conversations.get_attachment),
	"chat.choose_branch": _chat("POST", requests.MessageRequest, Conversations.choose_branch),
	"chat.message_feedback": _chat("POST", requests.FeedbackRequest, Conversations.give_feedback),
	"chat.get_preferences": _chat("GET", requests.EmptyRequest, Conversations.get_preferences),
	"chat.set_preferences": _chat("POST", requests.PreferencesRequest, Conversations.set_preferences),
	"admin.usage": _use_case("GET", requests.UsageRequest, Assistant.usage),
}
"""By the name behind `ai_assistant.api.`. Those that wait or stream are each host's own."""

WRITTEN: dict[str, UseCase] = {
	"chat.export": replace(_chat("GET", requests.ExportRequest, Conversations.export), reply=Exported),
}
"""Those that may answer with much: `answer` gives the body piece by piece, made while it is sent."""

RUNS: dict[str, UseCase] = {
	"chat_completion": _use_case("POST", requests.ChatRequest, Assistant.start_run),
	"chat.regenerate": _use_case("POST", requests.RegenerateRequest, Assistant.regenerate),
	"chat.edit_message": _use_case("POST", requests.EditMessageRequest, Assistant.edit_message),
}
"""Those that start a run. Without `stream`, the host waits for its answer and gives that instead."""
