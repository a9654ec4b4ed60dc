"""OpenAI's Chat Completions, as OpenAI and the many servers compatible with it speak it."""

from __future__ import annotations

from typing import Any

from tests.simulator import failures
from tests.simulator.answer import Answer, Part
from tests.simulator.wire import CREATED, Block, Failure, Order, Script, data, script

_FIELDS = {"field": "reasoning_content", "reasoning": "reasoning"}
_USAGE = "usage"
_OPEN, _CLOSE = "<think>", "</think>"
_CUT = 4
"""Characters of each tag that arrive with the delta before it."""


class ChatCompletions:
	path = "/v1/chat/completions"

	def included(self, body: dict[str, Any]) -> frozenset[str]:
		return frozenset({_USAGE} if (body.get("stream_options") or {}).get("include_usage") else ())

	def script(self, order: Order) -> Script:
		opening = [_chunk(order, {"role": "assistant", "content": ""})]
		closing = [_chunk(order, {}, _finish_reason(order.answer))]
		counted = {**_chunk(order, {}), "choices": [], "usage": _usage(order.answer)}
		if _USAGE in order.include and order.answer.behaviour.usage:
			closing.append(counted)
		if order.answer.behaviour.usage_first:
			opening.append(counted)
		made = script(opening, [_content(order), _cited(order), _calls(order)], closing, data)
		return Script(made.opening, made.deltas, made.closing + b"data: [DONE]\n\n")

	def whole(self, order: Order) -> dict[str, Any]:
		finish = _finish_reason(order.answer)
		choice = {"index": 0, "message": _message(order.answer), "logprobs": None, "finish_reason": finish}
		return {
			"id": "chatcmpl-sim",
			"object": "chat.completion",
			"created": CREATED,
			"model": order.model,
			"choices": [choice],
			"usage": _usage(order.answer),
		}

	def failure(self, name: str) -> Failure:
		return failures.named(name, failures.OPENAI, "server_error")

	def refusal(self, failure: Failure) -> dict[str, Any]:
		return failures.openai_body(failure)

	def error_event(self, failure: Failure) -> bytes:
		return data(self.refusal(failure))

	def failed_event(self, order: Order, failure: Failure) -> bytes:
		return self.error_event(failure)

	def malformed(self) -> bytes:
		return b'data: {"id":"chatcmpl-sim","choices":[{"index":0,"del\n\n'


def _chunk(order: Order, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
	chunk = {
		"id": "chatcmpl-sim",
		"object": "chat.completion.chunk",
		"created": CREATED,
		"model": order.model,
		"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
	}
	return {**chunk, "usage": None} if _USAGE in order.include else chunk


def _content(order: Order) -> Block:
	if _is_tagged(order.answer):
		begin, texts, end = _tagged(order.answer)
		return Block(*([_chunk(order, {"content": text}) for text in group] for group in (begin, texts, end)))
	spoken = [part for part in order.answer.parts if part.kind != "tool"]
	deltas = [{_field(part, order.answer): text} for part in spoken for text in part.deltas]
	return Block([], [_chunk(order, delta) for delta in deltas], [])


def _cited(order: Order) -> Block:
	annotations = _annotations(order.answer)
	return Block([_chunk(order, {"annotations": annotations})] if annotations else [], [], [])


def _annotations(answer: Answer) -> list[dict[str, Any]]:
	"""With the passage, as OpenRouter sends it."""
	place = {"start_index": 0, "end_index": len(answer.text)}
	return [
		{
			"type": "url_citation",
			"url_citation": {"title": one.title, "url": one.url, "content": one.quote, **place},
		}
		for one in answer.citations
	]


def _calls(order: Order) -> Block:
	deltas: list[dict[str, Any]] = []
	for index, call in enumerate(order.answer.calls):
		deltas.append({"index": index, **_call(call, call.deltas[0])})
		deltas += [{"index": index, "function": {"arguments": text}} for text in call.deltas[1:]]
	return Block([], [_chunk(order, {"tool_calls": [delta]}) for delta in deltas], [])


def _is_tagged(answer: Answer) -> bool:
	return answer.behaviour.think == "tags" and bool(answer.reasoning)


def _tagged(answer: Answer) -> tuple[list[str], list[str], list[str]]:
	"""Reasoning and text in one, both tags cut in two: `<thi`, `nk>r0 `, …, `r9 </th`, `ink>t0 `, …"""
	reasoning = [text for part in answer.parts if part.kind == "reasoning" for text in part.deltas]
	text = [text for part in answer.parts if part.kind == "text" for text in part.deltas]
	reasoning[0] = _OPEN[_CUT:] + reasoning[0]
	reasoning[-1] += _CLOSE[:_CUT]
	if not text:
		return [_OPEN[:_CUT]], reasoning, [_CLOSE[_CUT:]]
	text[0] = _CLOSE[_CUT:] + text[0]
	return [_OPEN[:_CUT]], [*reasoning, *text], []


def _field(part: Part, answer: Answer) -> str:
	if part.kind == "reasoning":
		return _FIELDS[answer.behaviour.think]
	return "refusal" if answer.finish == "refusal" else "content"


def _message(answer: Answer) -> dict[str, Any]:
	message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
	if _is_tagged(answer):
		message["content"] = f"{_OPEN}{answer.reasoning}{_CLOSE}{answer.text}"
	else:
		message |= {_field(part, answer): part.whole for part in answer.parts if part.kind != "tool"}
	if answer.citations:
		message["annotations"] = _annotations(answer)
	if answer.calls:
		message["tool_calls"] = [_call(call, call.whole) for call in answer.calls]
	return message


def _call(call: Part, arguments: str) -> dict[str, Any]:
	return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _finish_reason(answer: Answer) -> str:
	return "stop" if answer.finish == "refusal" else answer.finish


def _usage(answer: Answer) -> dict[str, Any]:
	behaviour = answer.behaviour
	return {
		"prompt_tokens": behaviour.input,
		"completion_tokens": answer.tokens,
		"total_tokens": behaviour.input + answer.tokens,
		"prompt_tokens_details": {"cached_tokens": behaviour.cached},
		"completion_tokens_details": {"reasoning_tokens": behaviour.reasoning},
	}
