"""The methods of both hosts as one table: what each is asked with, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from ai_assistant.core import events, replies, requests
from ai_assistant.core.batch import BatchReply, BatchRequest
from ai_assistant.core.chat_completions import ChatCompletion
from ai_assistant.core.chunks import Chunk
from ai_assistant.core.completion_request import CompletionRequest
from ai_assistant.core.methods import RUNS, USE_CASES, WRITTEN
from ai_assistant.core.model_list import ListedModel, ModelList
from ai_assistant.hosts.standalone.admin import CASES, TEST
from ai_assistant.hosts.standalone.admin_replies import Trial
from ai_assistant.hosts.standalone.admin_requests import ProviderName
from ai_assistant.hosts.standalone.methods import Account


@dataclass(frozen=True)
class Method:
	"""`replies`: the types that a success may have; `stream`: what each event holds where it is a stream."""

	verbs: tuple[str, ...]
	request: type[Struct]
	replies: tuple[Any, ...] = ()
	stream: Any = None


STANDALONE: dict[str, Method] = {
	"account": Method(("GET",), requests.EmptyRequest, (Account,)),
	TEST: Method(("POST",), ProviderName, (Trial,)),
	**{name: Method(case.verbs, case.request, (case.reply,)) for name, case in CASES.items()},
}
"""Those that a bench has not."""

METHODS: dict[str, Method] = {
	name: Method(one.verbs, one.request, (one.reply,)) for name, one in (USE_CASES | WRITTEN).items()
} | {
	**{name: Method(one.verbs, one.request, (one.reply, replies.Reply)) for name, one in RUNS.items()},
	"streaming_chat_completion": Method(("POST",), requests.ChatRequest, stream=Chunk),
	"batch": Method(("POST",), BatchRequest, (BatchReply,)),
	"stream_events": Method(("GET",), requests.EventsRequest, stream=events.AnyEvent),
	"get_realtime_config": Method(("GET", "POST"), requests.EmptyRequest, (dict[str, str],)),
	**STANDALONE,
}

OPENAI: dict[str, Method] = {
	"v1/chat/completions": Method(("POST",), CompletionRequest, (ChatCompletion,), Chunk),
	"v1/models": Method(("GET",), requests.EmptyRequest, (ModelList,)),
	"v1/models/{id}": Method(("GET",), requests.EmptyRequest, (ListedModel,)),
}
"""Those that OpenAI's clients call; neither a success nor a failure is in the envelope of the others."""
