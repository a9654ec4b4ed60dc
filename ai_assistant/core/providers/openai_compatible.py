"""Chat Completions, as DeepSeek, vLLM, Ollama, llama.cpp, OpenRouter, Gemini, Azure and many more speak it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import openai
from msgspec import Struct

from ai_assistant.core.deltas import Delta, Finish, FinishReason, Usage
from ai_assistant.core.messages import Message
from ai_assistant.core.providers.connection import Broken, Connection
from ai_assistant.core.providers.failure import Failure
from ai_assistant.core.providers.pieces import Pieces
from ai_assistant.core.providers.provider import Prompt
from ai_assistant.core.providers.think_tags import ThinkTags
from ai_assistant.core.settings import Provider

_BASE_URL = "https://api.openai.com/v1"

_FINISHES: dict[str, FinishReason] = {
	"length": "length",
	"tool_calls": "tool_calls",
	"function_call": "tool_calls",
	"content_filter": "content_filter",
}

_FAILED = {"error", "insufficient_system_resource"}
"""Finish reasons (of OpenRouter and DeepSeek) that tell of a failure."""


class Client:
	"""One Chat Completions server. A key is optional: what runs on one's own machine seldom wants one."""

	def __init__(self, provider: Provider):
		self._connection = Connection(provider, openai, openai.AsyncOpenAI, _BASE_URL, needs_key=False)

	def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
		return self._connection.stream("/chat/completions", _request(prompt), _Decoder())

	async def close(self) -> None:
		await self._connection.close()


def _request(prompt: Prompt) -> dict[str, Any]:
	asked = {
		"temperature": prompt.temperature,
		"max_tokens": prompt.max_tokens or prompt.model.max_tokens,
		"tools": list(prompt.tools) or None,
	}
	return {
		"model": prompt.model.name,
		"messages": [_turn(message) for message in prompt.messages],
		"stream": True,
		"stream_options": {"include_usage": True},
		**{name: value for name, value in asked.items() if value is not None},
	}


def _turn(message: Message) -> dict[str, Any]:
	turn: dict[str, Any] = {"role": message.role, "content": _content(message)}
	if message.role == "tool":
		turn["tool_call_id"] = message.tool_call_id
	if message.tool_calls:
		turn["tool_calls"] = [
			{
				"id": call.id,
				"type": "function",
				"function": {"name": call.name, "arguments": call.arguments},
			}
			for call in message.tool_calls
		]
	return turn


def _content(message: Message) -> str | list[dict[str, Any]]:
	"""In parts only where there are images: by far not every server takes parts."""
	if not message.images:
		return message.content
	parts: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": url}} for url in message.images]
	return [*parts, {"type": "text", "text": message.content}] if message.content else parts


class _Function(Struct, gc=False):
	name: str | None = None
	arguments: str | None = None


class _Call(Struct, gc=False):
	index: int | None = None
	id: str | None = None
	function: _Function | None = None


class _Citation(Struct, gc=False):
	"""`content`, the passage, comes from OpenRouter."""

	title: str | None = None
	url: str | None = None
	content: str | None = None


class _Annotation(Struct, gc=False):
	url_citation: _Citation | None = None


class _Delta(Struct, gc=False):
	content: str | None = None
	reasoning_content: str | None = None
	reasoning: str | None = None
	refusal: str | None = None
	tool_calls: list[_Call] | None = None
	annotations: list[_Annotation] | None = None


class _Choice(Struct, gc=False):
	index: int = 0
	delta: _Delta | None = None
	finish_reason: str | None = None


class _InputDetails(Struct, gc=False):
	cached_tokens: int | None = None


class _OutputDetails(Struct, gc=False):
	reasoning_tokens: int | None = None


class _Usage(Struct, gc=False):
	prompt_tokens: int = 0
	completion_tokens: int = 0
	total_tokens: int | None = None
	prompt_tokens_details: _InputDetails | None = None
	completion_tokens_details: _OutputDetails | None = None


class _Chunk(Struct, gc=False):
	choices: list[_Choice] | None = None
	usage: _Usage | None = None
	error: Any = None


_decode = msgspec.json.Decoder(_Chunk).decode


class _Decoder:
	"""One answer. It is complete with its finish reason, if the body then ends properly, and over at `[DONE]`.

	Some servers leave out the one, some the other. Usage comes between the two.
	"""

	def __init__(self) -> None:
		self.pieces = Pieces()
		self.usage: Usage | None = None
		self.is_over = False
		self._finish = ""
		self._has_refused = False
		self._tags: ThinkTags | None = ThinkTags()
		self._calls: dict[int, tuple[str, str]] = {}

	@property
	def is_complete(self) -> bool:
		return self.is_over or bool(self._finish)

	def decode(self, data: bytes) -> None:
		if data == b"[DONE]":
			self.is_over = True
			return
		chunk = _decode(data)
		if chunk.usage:
			self.usage = _usage(chunk.usage)
		if chunk.error:
			raise Broken(Failure.of(chunk.error))
		for choice in chunk.choices or ():
			if choice.index == 0:
				self._choose(choice)

	def finish(self) -> Finish:
		self._end_tags()
		if self._has_refused:
			return Finish("refusal")
		return Finish(_FINISHES.get(self._finish) or ("tool_calls" if self._calls else "stop"))

	def _choose(self, choice: _Choice) -> None:
		if choice.delta:
			self._add(choice.delta)
		if choice.finish_reason in _FAILED:
			raise Broken(Failure(names=("overloaded",)))
		self._finish = choice.finish_reason or self._finish

	def _add(self, delta: _Delta) -> None:
		if reasoning := delta.reasoning_content or delta.reasoning:
			self._end_tags()
			self.pieces.add_reasoning(reasoning)
		if delta.content:
			self._add_content(delta.content)
		if delta.refusal:
			self._has_refused = True
			self.pieces.add_text(delta.refusal)
		for call in delta.tool_calls or ():
			self._add_call(call)
		for annotation in delta.annotations or ():
			if cited := annotation.url_citation:
				self.pieces.add_source(cited.title, cited.url, cited.content)

	def _add_content(self, content: str) -> None:
		if self._tags is None:
			self.pieces.add_text(content)
			return
		reasoning, text = self._tags.feed(content)
		self.pieces.add_reasoning(reasoning)
		self.pieces.add_text(text)

	def _end_tags(self) -> None:
		"""From here on `<think>` is text: the answer ends, or its reasoning has a field of its own."""
		if self._tags is not None:
			reasoning, text = self._tags.end()
			self.pieces.add_reasoning(reasoning)
			self.pieces.add_text(text)
			self._tags = None

	def _add_call(self, call: _Call) -> None:
		"""Only a call's first piece must name it. A new id is a new call, even if the server counts none."""
		function = call.function or _Function()
		index = call.index if call.index is not None else max(len(self._calls) - (not call.id), 0)
		id, name = self._calls.get(index, ("", ""))
		if not id or (call.id and call.id != id):
			id, name = call.id or f"call_{len(self._calls)}", ""
		self._calls[index] = id, name or function.name or ""
		self.pieces.add_call(*self._calls[index], function.arguments or "")


def _usage(usage: _Usage) -> Usage:
	"""Gemini counts thinking in nothing but the total, the others in the completion as well."""
	read = usage.prompt_tokens_details or _InputDetails()
	written = usage.completion_tokens_details or _OutputDetails()
	total = usage.total_tokens or 0
	hidden = max(total - usage.prompt_tokens - usage.completion_tokens, 0)
	output_tokens = usage.completion_tokens + hidden
	return Usage(
		input_tokens=usage.prompt_tokens,
		output_tokens=output_tokens,
		reasoning_tokens=written.reasoning_tokens or hidden,
		cache_read_tokens=read.cached_tokens or 0,
		total_tokens=usage.prompt_tokens + output_tokens,
	)
