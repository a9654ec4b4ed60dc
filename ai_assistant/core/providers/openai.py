"""OpenAI's Responses, with summaries of reasoning. Nothing is stored there: reasoning travels encrypted."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from typing import Any

import msgspec
import openai
from msgspec import Raw, Struct

from ai_assistant.core.deltas import Delta, Finish, FinishReason, Usage
from ai_assistant.core.messages import Message
from ai_assistant.core.providers.connection import Broken, Connection
from ai_assistant.core.providers.failure import Failure
from ai_assistant.core.providers.pieces import Pieces
from ai_assistant.core.providers.provider import Prompt
from ai_assistant.core.settings import Provider

_BASE_URL = "https://api.openai.com/v1"

_INCOMPLETE: dict[str, FinishReason] = {"max_output_tokens": "length", "content_filter": "content_filter"}


class Client:
	"""OpenAI, or another server that speaks Responses."""

	def __init__(self, provider: Provider):
		self._name = provider.name
		self._connection = Connection(provider, openai, openai.AsyncOpenAI, _BASE_URL, needs_key=True)

	def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
		return self._connection.stream("/responses", _request(prompt, self._name), _Decoder())

	async def close(self) -> None:
		await self._connection.close()


def _request(prompt: Prompt, provider: str) -> dict[str, Any]:
	asked = {
		"max_output_tokens": prompt.max_tokens or prompt.model.max_tokens,
		"tools": [_tool(tool) for tool in prompt.tools] or None,
		"reasoning": {"summary": "auto"} if prompt.model.reasoning else None,
		"include": ["reasoning.encrypted_content"] if prompt.model.reasoning else None,
		# Models that reason refuse a temperature.
		"temperature": None if prompt.model.reasoning else prompt.temperature,
	}
	return {
		"model": prompt.model.name,
		"input": [item for message in prompt.messages for item in _items(message, provider)],
		"store": False,
		"stream": True,
		**{name: value for name, value in asked.items() if value is not None},
	}


def _items(message: Message, provider: str) -> Iterator[dict[str, Any]]:
	if message.role == "tool":
		yield {
			"type": "function_call_output",
			"call_id": message.tool_call_id,
			"output": message.content,
		}
		return
	if message.provider == provider:
		yield from message.opaque
	if message.images:
		yield {"role": message.role, "content": [*map(_image, message.images), *_text(message.content)]}
	elif message.content:
		yield {"role": message.role, "content": message.content}
	for call in message.tool_calls:
		yield {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments}


def _image(url: str) -> dict[str, Any]:
	return {"type": "input_image", "detail": "auto", "image_url": url}


def _text(content: str) -> list[dict[str, Any]]:
	return [{"type": "input_text", "text": content}] if content else []


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
	"""Chat Completions nests a function and is lenient by default; Responses is flat and strict."""
	return {"type": "function", "strict": False, **tool.get("function", {})}


class _InputDetails(Struct, gc=False):
	cached_tokens: int = 0


class _OutputDetails(Struct, gc=False):
	reasoning_tokens: int = 0


class _Usage(Struct, gc=False):
	input_tokens: int = 0
	output_tokens: int = 0
	total_tokens: int = 0
	input_tokens_details: _InputDetails | None = None
	output_tokens_details: _OutputDetails | None = None


class _Incomplete(Struct, gc=False):
	reason: str = ""


class _Response(Struct, gc=False):
	usage: _Usage | None = None
	error: Any = None
	incomplete_details: _Incomplete | None = None


class _Item(Struct, gc=False):
	type: str = ""
	call_id: str = ""
	name: str = ""


class _Annotation(Struct, gc=False):
	title: str | None = None
	url: str | None = None
	filename: str | None = None


class _Event(Struct, gc=False):
	type: str
	delta: str = ""
	output_index: int = 0
	item: Raw = Raw()
	annotation: _Annotation | None = None
	response: _Response | None = None
	error: Any = None
	code: str | None = None
	message: str | None = None


_decode = msgspec.json.Decoder(_Event).decode
_decode_item = msgspec.json.Decoder(_Item).decode


class _Decoder:
	"""One answer. It is complete when the response is, for whatever reason."""

	def __init__(self) -> None:
		self.pieces = Pieces()
		self.usage: Usage | None = None
		self.is_complete = False
		self._incomplete = ""
		self._has_reasoned = False
		self._has_refused = False
		self._calls: dict[int, tuple[str, str]] = {}
		self._opaque: list[Any] = []

	@property
	def is_over(self) -> bool:
		return self.is_complete

	def decode(self, data: bytes) -> None:
		event = _decode(data)
		match event.type:
			case "response.output_text.delta":
				self.pieces.add_text(event.delta)
			case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
				self._has_reasoned = True
				self.pieces.add_reasoning(event.delta)
			case "response.function_call_arguments.delta":
				self.pieces.add_call(*self._calls.get(event.output_index, ("", "")), event.delta)
			case "response.refusal.delta":
				self._has_refused = True
				self.pieces.add_text(event.delta)
			case "response.reasoning_summary_part.added" if self._has_reasoned:
				self.pieces.add_reasoning("\n\n")
			case "response.output_text.annotation.added" if cited := event.annotation:
				self.pieces.add_source(cited.title or cited.filename, cited.url)
			case "response.output_item.added":
				self._begin_item(event)
			case "response.output_item.done":
				self._end_item(event)
			case "response.completed" | "response.incomplete" | "response.failed":
				self._end(event.response or _Response())
			case "error":
				raise Broken(Failure.of(event.error or {"code": event.code, "message": event.message}))

	def finish(self) -> Finish:
		reason = _INCOMPLETE.get(self._incomplete)
		if self._has_refused:
			reason = "refusal"
		return Finish(reason or ("tool_calls" if self._calls else "stop"), self._opaque)

	def _begin_item(self, event: _Event) -> None:
		item = _decode_item(event.item)
		if item.type == "function_call":
			self._calls[event.output_index] = item.call_id, item.name
			self.pieces.add_call(item.call_id, item.name, "")

	def _end_item(self, event: _Event) -> None:
		if _decode_item(event.item).type == "reasoning":
			self._opaque.append(msgspec.json.decode(event.item))

	def _end(self, response: _Response) -> None:
		self.usage = _usage(response.usage) if response.usage else None
		if response.error:
			raise Broken(Failure.of(response.error))
		self.is_complete = True
		self._incomplete = response.incomplete_details.reason if response.incomplete_details else ""


def _usage(usage: _Usage) -> Usage:
	return Usage(
		input_tokens=usage.input_tokens,
		output_tokens=usage.output_tokens,
		reasoning_tokens=usage.output_tokens_details.reasoning_tokens if usage.output_tokens_details else 0,
		cache_read_tokens=usage.input_tokens_details.cached_tokens if usage.input_tokens_details else 0,
		total_tokens=usage.total_tokens,
	)
