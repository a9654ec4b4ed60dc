"""Anthropic's Messages. Thinking is signed, and goes back as it came: its blocks are opaque to us."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import groupby
from typing import Any

import anthropic
import msgspec
from msgspec import Struct

from ai_assistant.core.deltas import Delta, Finish, FinishReason, Usage
from ai_assistant.core.messages import Message
from ai_assistant.core.providers.connection import Broken, Connection
from ai_assistant.core.providers.failure import Failure
from ai_assistant.core.providers.pieces import Pieces
from ai_assistant.core.providers.provider import Prompt
from ai_assistant.core.settings import Provider

_BASE_URL = "https://api.anthropic.com"

_MAX_TOKENS = 16_000
"""Asked for where nobody names a number: Messages wants one always."""

_LEAST_BUDGET = 1024
"""Tokens of thinking; the API takes no fewer."""

_BUDGETED = re.compile(r"claude-(3-|[a-z]+-4-([015](-|$)|\d{8}))")
"""Models that think within a budget of tokens; later ones refuse that and find the measure themselves."""

_FINISHES: dict[str, FinishReason] = {
	"max_tokens": "length",
	"model_context_window_exceeded": "length",
	"tool_use": "tool_calls",
	"refusal": "refusal",
}


class Client:
	"""Anthropic, or another server that speaks Messages."""

	def __init__(self, provider: Provider):
		self._name = provider.name
		self._connection = Connection(
			provider, anthropic, anthropic.AsyncAnthropic, _BASE_URL, needs_key=True
		)

	def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
		return self._connection.stream("/v1/messages", _request(prompt, self._name), _Decoder())

	async def close(self) -> None:
		await self._connection.close()


def _request(prompt: Prompt, provider: str) -> dict[str, Any]:
	max_tokens = prompt.max_tokens or prompt.model.max_tokens or _MAX_TOKENS
	thinking = _thinking(prompt, provider, max_tokens)
	asked: dict[str, Any] = {
		"system": "\n\n".join(message.content for message in prompt.messages if message.role == "system"),
		"tools": [_tool(tool) for tool in prompt.tools],
		"thinking": thinking,
	}
	# A model that thinks refuses a temperature; for the others it ends at 1, not at 2.
	if prompt.temperature is not None and not thinking:
		asked["temperature"] = min(prompt.temperature, 1.0)
	return {
		"model": prompt.model.name,
		"messages": _turns(prompt.messages, provider),
		"max_tokens": max_tokens,
		"stream": True,
		**{name: value for name, value in asked.items() if value not in (None, "", [])},
	}


def _thinking(prompt: Prompt, provider: str, max_tokens: int) -> dict[str, Any] | None:
	"""Not possible in short answers, nor after tool calls whose own thinking is not ours to send back."""
	called = [message for message in prompt.messages if message.tool_calls]
	is_signed = all(message.provider == provider and message.opaque for message in called)
	if not prompt.model.reasoning or not is_signed:
		return None
	if not _BUDGETED.match(prompt.model.name):
		return {"type": "adaptive", "display": "summarized"}
	budget = max_tokens // 2
	return {"type": "enabled", "budget_tokens": budget} if budget >= _LEAST_BUDGET else None


def _turns(messages: Sequence[Message], provider: str) -> list[dict[str, Any]]:
	"""The results of all tools that were called together belong into one turn, the user's."""
	spoken = (message for message in messages if message.role != "system")
	return [
		{"role": role, "content": [block for message in group for block in _blocks(message, provider)]}
		for role, group in groupby(
			spoken, lambda message: "assistant" if message.role == "assistant" else "user"
		)
	]


def _blocks(message: Message, provider: str) -> Iterator[dict[str, Any]]:
	if message.role == "tool":
		yield {"type": "tool_result", "tool_use_id": message.tool_call_id, "content": message.content}
		return
	if message.provider == provider:
		yield from message.opaque
	for url in message.images:
		yield {"type": "image", "source": _source(url)}
	if message.content:
		yield {"type": "text", "text": message.content}
	for call in message.tool_calls:
		yield {"type": "tool_use", "id": call.id, "name": call.name, "input": _arguments(call.arguments)}


def _source(url: str) -> dict[str, Any]:
	media_type, _, data = url.removeprefix("data:").partition(";base64,")
	return {"type": "base64", "media_type": media_type, "data": data}


def _arguments(text: str) -> dict[str, Any]:
	"""Messages takes nothing but an object, whatever the model that wrote the call may have written."""
	try:
		return msgspec.json.decode(text, type=dict[str, Any])
	except msgspec.DecodeError:
		return {}


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
	function = tool.get("function", {})
	schema = function.get("parameters") or {"type": "object"}
	return {
		"name": function.get("name"),
		"description": function.get("description", ""),
		"input_schema": schema,
	}


class _OutputDetails(Struct, gc=False):
	thinking_tokens: int = 0


class _Usage(Struct, gc=False):
	input_tokens: int | None = None
	cache_creation_input_tokens: int | None = None
	cache_read_input_tokens: int | None = None
	output_tokens: int | None = None
	output_tokens_details: _OutputDetails | None = None


class _Message(Struct, gc=False):
	usage: _Usage | None = None


class _Citation(Struct, gc=False):
	title: str | None = None
	document_title: str | None = None
	url: str | None = None
	cited_text: str = ""


class _Delta(Struct, gc=False):
	type: str = ""
	text: str = ""
	thinking: str = ""
	signature: str = ""
	partial_json: str = ""
	citation: _Citation | None = None
	stop_reason: str | None = None


class _Call(Struct, gc=False):
	id: str
	name: str


class _Event(Struct, gc=False):
	type: str
	delta: _Delta | None = None
	content_block: dict[str, Any] | None = None
	message: _Message | None = None
	usage: _Usage | None = None
	error: Any = None


_decode = msgspec.json.Decoder(_Event).decode


class _Decoder:
	"""One answer. It is complete when the message stops."""

	def __init__(self) -> None:
		self.pieces = Pieces()
		self.usage: Usage | None = None
		self.is_complete = False
		self._stop_reason = ""
		self._counts = _Usage()
		self._block: dict[str, Any] = {}
		self._call: _Call | None = None
		self._joined: list[str] = []
		self._opaque: list[Any] = []

	@property
	def is_over(self) -> bool:
		return self.is_complete

	def decode(self, data: bytes) -> None:
		event = _decode(data)
		match event.type:
			case "content_block_delta" if event.delta:
				self._add(event.delta)
			case "content_block_start" if event.content_block:
				self._begin(event.content_block)
			case "content_block_stop":
				self._end()
			case "message_start" if event.message and event.message.usage:
				self._count(event.message.usage)
			case "message_delta":
				self._stop_reason = (event.delta and event.delta.stop_reason) or self._stop_reason
				self._count(event.usage or _Usage())
			case "message_stop":
				self.is_complete = True
			case "error":
				raise Broken(Failure.of(event.error))

	def finish(self) -> Finish:
		self.usage = _usage(self._counts)
		return Finish(_FINISHES.get(self._stop_reason, "stop"), self._opaque)

	def _begin(self, block: dict[str, Any]) -> None:
		self._block = block
		self._joined = []
		self._call = msgspec.convert(block, _Call) if block.get("type") == "tool_use" else None
		self._add_arguments("")

	def _add(self, delta: _Delta) -> None:
		match delta.type:
			case "text_delta":
				self.pieces.add_text(delta.text)
			case "thinking_delta":
				self._joined.append(delta.thinking)
				self.pieces.add_reasoning(delta.thinking)
			case "citations_delta" if cited := delta.citation:
				self.pieces.add_source(cited.title or cited.document_title, cited.url, cited.cited_text)
			case "signature_delta":
				self._block["signature"] = delta.signature
			case "input_json_delta":
				self._joined.append(delta.partial_json)
				self._add_arguments(delta.partial_json)

	def _end(self) -> None:
		joined = "".join(self._joined)
		match self._block.get("type"):
			case "thinking":
				self._opaque.append({**self._block, "thinking": joined})
			case "redacted_thinking":
				self._opaque.append(self._block)
			case "tool_use" if not joined:
				self._add_arguments("{}")

	def _add_arguments(self, arguments: str) -> None:
		if self._call:
			self.pieces.add_call(self._call.id, self._call.name, arguments)

	def _count(self, usage: _Usage) -> None:
		"""Each report replaces those numbers of the one before that it names."""
		for name in usage.__struct_fields__:
			if (number := getattr(usage, name)) is not None:
				setattr(self._counts, name, number)


def _usage(counts: _Usage) -> Usage:
	"""Anthropic's `input_tokens` are those that the cache neither held nor took in."""
	read, created = counts.cache_read_input_tokens or 0, counts.cache_creation_input_tokens or 0
	input_tokens, output_tokens = (counts.input_tokens or 0) + read + created, counts.output_tokens or 0
	details = counts.output_tokens_details
	return Usage(
		input_tokens=input_tokens,
		output_tokens=output_tokens,
		reasoning_tokens=details.thinking_tokens if details else 0,
		cache_read_tokens=read,
		total_tokens=input_tokens + output_tokens,
	)
