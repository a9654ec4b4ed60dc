"""What OpenAI's clients ask of `/chat/completions`, as a request of ours.

A parameter without effect here is accepted where no answer could show that, and refused where it could.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct, inspect

from ai_assistant.core import requests
from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.message_params import MessageParam, Name, ToolParam
from ai_assistant.core.model_list import chosen
from ai_assistant.core.replies import ModelChoice
from ai_assistant.core.requests import ChatRequest

_ONLY: dict[str, tuple[Any, ...]] = {
	"n": (1,),
	"stop": ([],),
	"logprobs": (False,),
	"top_logprobs": (0,),
	"logit_bias": ({},),
	"response_format": ({"type": "text"},),
	"tool_choice": ("auto", "none"),
	"parallel_tool_calls": (True,),
	"modalities": (["text"],),
	"audio": (),
	"functions": ([],),
	"function_call": ("auto", "none"),
	"web_search_options": (),
}
"""Parameters that would change what is answered, and their values that do not. Null is fine for all."""

_MESSAGES = inspect.type_info(list[MessageParam])
_TOOLS = inspect.type_info(list[ToolParam])


class StreamOptions(Struct):
	include_usage: bool = False


class CompletionRequest(Struct, forbid_unknown_fields=True, kw_only=True):
	"""OpenAI's parameters, and `conversation_id` and `request_id` of ours."""

	messages: list[dict[str, Any]]
	model: Name
	stream: bool | None = None
	stream_options: StreamOptions | None = None
	temperature: float | None = None
	max_tokens: Any = None
	max_completion_tokens: Any = None
	tools: Any = None
	metadata: dict[str, Any] | None = None
	conversation_id: int | str | None = None
	request_id: Name | None = None

	n: Any = None
	stop: Any = None
	logprobs: Any = None
	top_logprobs: Any = None
	logit_bias: Any = None
	response_format: Any = None
	tool_choice: Any = None
	parallel_tool_calls: Any = None
	modalities: Any = None
	audio: Any = None
	functions: Any = None
	function_call: Any = None
	web_search_options: Any = None

	top_p: Any = None
	frequency_penalty: Any = None
	presence_penalty: Any = None
	seed: Any = None
	reasoning_effort: Any = None
	verbosity: Any = None
	prediction: Any = None
	user: Any = None
	safety_identifier: Any = None
	prompt_cache_key: Any = None
	prompt_cache_retention: Any = None
	service_tier: Any = None
	store: Any = None

	@property
	def has_usage(self) -> bool:
		return bool(self.stream_options and self.stream_options.include_usage)


def chat_request(asked: CompletionRequest, choices: Sequence[ModelChoice]) -> ChatRequest:
	"""`choices`: what the user may choose. Raises InvalidRequest and ModelNotFound."""
	for name, allowed in _ONLY.items():
		value = getattr(asked, name)
		if value is not None and value not in allowed:
			raise InvalidRequest(f"Is not supported here, but as {_listed(allowed)} - at `$.{name}`.")
	provider, model = chosen(asked.model, choices)
	given = {
		"messages": [_message(message) for message in _known(_MESSAGES, asked.messages)],
		"provider": provider,
		"model": model,
		"temperature": asked.temperature,
		"max_tokens": asked.max_tokens
		if asked.max_completion_tokens is None
		else asked.max_completion_tokens,
		"tools": [] if asked.tool_choice == "none" else _known(_TOOLS, asked.tools or []),
		"conversation_id": (asked.metadata or {}).get("conversation_id")
		if asked.conversation_id is None
		else asked.conversation_id,
		"request_id": asked.request_id,
		"stream": bool(asked.stream),
	}
	return requests.parse(ChatRequest, given)


def _known(kind: inspect.Type, value: Any) -> Any:
	"""Without the fields, at any depth, that its type has not: clients send answers back with all that they know of them."""
	match kind, value:
		case inspect.Metadata(type=inner), _:
			return _known(inner, value)
		case inspect.UnionType(types=types), _:
			for one in types:
				value = _known(one, value)
		case inspect.ListType(item_type=inner), list():
			return [_known(inner, one) for one in value]
		case inspect.StructType(tag_field=tag, fields=fields), dict() if (
			not tag or value.get(tag) == kind.tag
		):
			of_field = {field.encode_name: field.type for field in fields}
			return {
				name: _known(of_field[name], one) if name in of_field else one
				for name, one in value.items()
				if name in of_field or name == tag
			}
	return value


def _message(message: dict[str, Any]) -> dict[str, Any]:
	"""In our words: a developer is the system, and an answer without calls has an empty list of them."""
	told = {name: value for name, value in message.items() if name != "tool_calls" or value is not None}
	return told | {"role": "system"} if told.get("role") == "developer" else told


def _listed(values: tuple[Any, ...]) -> str:
	return " or ".join(msgspec.json.encode(value).decode() for value in (None, *values))
