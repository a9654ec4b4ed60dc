"""A whole answer as OpenAI's Chat Completions have it; `chunks.py` tells it in pieces.

The shapes are those of https://platform.openai.com/docs/api-reference/chat. `reasoning_content` is what DeepSeek, vLLM
and the clients of both call the thinking; `conversation_id` and `task_id` are ours.
"""

from __future__ import annotations

import time
from typing import Literal, cast

from msgspec import UNSET, Struct, UnsetType

from ai_assistant.core import deltas
from ai_assistant.core.completion_failure import Unfinished
from ai_assistant.core.errors import ErrorCode, ProviderError
from ai_assistant.core.replies import Reply

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]

FINISHES: dict[str, FinishReason] = {
	"stop": "stop",
	"length": "length",
	"tool_calls": "tool_calls",
	"content_filter": "content_filter",
	"refusal": "content_filter",
	"cancelled": "stop",
}
"""By our own; Chat Completions have no word for the last two."""


class CachedTokens(Struct):
	cached_tokens: int


class ReasoningTokens(Struct):
	reasoning_tokens: int


class TokenUsage(Struct):
	prompt_tokens: int
	completion_tokens: int
	total_tokens: int
	prompt_tokens_details: CachedTokens
	completion_tokens_details: ReasoningTokens


class CalledFunction(Struct):
	name: str
	arguments: str


class Call(Struct):
	id: str
	function: CalledFunction
	type: str = "function"


class AnswerMessage(Struct):
	content: str | None
	reasoning_content: str | UnsetType = UNSET
	tool_calls: list[Call] | UnsetType = UNSET
	refusal: str | None = None
	role: str = "assistant"


class Choice(Struct):
	message: AnswerMessage
	finish_reason: FinishReason
	logprobs: None = None
	index: int = 0


class ChatCompletion(Struct):
	"""A `chat.completion`."""

	id: str
	created: int
	model: str
	choices: list[Choice]
	usage: TokenUsage | None
	conversation_id: str
	task_id: str
	object: str = "chat.completion"


def completed(reply: Reply) -> ChatCompletion:
	"""The whole answer. Raises Unfinished while there is none, and ProviderError if the run failed."""
	if reply.status == "failed":
		raise ProviderError(cast(ErrorCode, reply.code), reply.error or "", reply.retry_after)
	if reply.finish_reason is None:
		raise Unfinished(reply.task_id, reply.conversation_id)
	calls = [Call(call.id, CalledFunction(call.name, call.arguments)) for call in reply.tool_calls]
	message = AnswerMessage(
		reply.content if reply.content or not calls else None, reply.reasoning or UNSET, calls or UNSET
	)
	return ChatCompletion(
		f"chatcmpl-{reply.task_id}",
		int(time.time()),
		reply.model or "",
		[Choice(message, FINISHES[reply.finish_reason])],
		token_usage(reply.usage) if reply.usage else None,
		reply.conversation_id,
		reply.task_id,
	)


def token_usage(usage: deltas.Usage) -> TokenUsage:
	return TokenUsage(
		usage.input_tokens,
		usage.output_tokens,
		usage.total_tokens,
		CachedTokens(usage.cache_read_tokens),
		ReasoningTokens(usage.reasoning_tokens),
	)
