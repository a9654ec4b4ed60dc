"""Anthropic's Messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tests.simulator import failures
from tests.simulator.answer import Answer, Part
from tests.simulator.wire import Block, Failure, Order, Script, event, script

SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds"
REDACTED = "EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP"

_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
_DELTAS = {
	"reasoning": ("thinking_delta", "thinking"),
	"text": ("text_delta", "text"),
	"tool": ("input_json_delta", "partial_json"),
}


class Messages:
	path = "/v1/messages"

	def included(self, body: dict[str, Any]) -> frozenset[str]:
		return frozenset()

	def script(self, order: Order) -> Script:
		usage = {**_input_usage(order.answer), "output_tokens": 1}
		message = {**self.whole(order), "content": [], "stop_reason": None, "usage": usage}
		stop = {"stop_reason": _stop_reason(order.answer), "stop_sequence": None}
		end = {"type": "message_delta", "delta": stop, "usage": _usage(order.answer)}
		return script(
			[{"type": "message_start", "message": message}, {"type": "ping"}],
			_blocks(order.answer),
			[end, {"type": "message_stop"}],
			event,
		)

	def whole(self, order: Order) -> dict[str, Any]:
		return {
			"id": "msg_sim",
			"type": "message",
			"role": "assistant",
			"model": order.model,
			"content": list(_content(order.answer)),
			"stop_reason": _stop_reason(order.answer),
			"stop_sequence": None,
			"usage": _usage(order.answer),
		}

	def failure(self, name: str) -> Failure:
		return failures.named(name, failures.ANTHROPIC, "api_error")

	def refusal(self, failure: Failure) -> dict[str, Any]:
		error = {"type": failure.type, "message": failure.message}
		return {"type": "error", "error": error, "request_id": "req_sim"}

	def error_event(self, failure: Failure) -> bytes:
		return event(self.refusal(failure))

	def failed_event(self, order: Order, failure: Failure) -> bytes:
		return self.error_event(failure)

	def malformed(self) -> bytes:
		return b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"del\n\n'


def _blocks(answer: Answer) -> Iterator[Block]:
	redacted = {"type": "redacted_thinking", "data": REDACTED}
	if answer.behaviour.redacted:
		yield Block([_start(0, redacted)], [], [_stop(0)])
	for index, part in enumerate(answer.parts, start=int(answer.behaviour.redacted)):
		kind, field = _DELTAS[part.kind]
		deltas = [_delta(index, {"type": kind, field: text}) for text in part.deltas]
		signature = _delta(index, {"type": "signature_delta", "signature": SIGNATURE})
		cited = [_delta(index, {"type": "citations_delta", "citation": one}) for one in _citations(answer)]
		ends = {"reasoning": [signature], "text": cited, "tool": []}
		yield Block([_start(index, _empty(part))], deltas, [*ends[part.kind], _stop(index)])


def _start(index: int, block: dict[str, Any]) -> dict[str, Any]:
	return {"type": "content_block_start", "index": index, "content_block": block}


def _delta(index: int, delta: dict[str, Any]) -> dict[str, Any]:
	return {"type": "content_block_delta", "index": index, "delta": delta}


def _stop(index: int) -> dict[str, Any]:
	return {"type": "content_block_stop", "index": index}


def _empty(part: Part) -> dict[str, Any]:
	if part.kind == "reasoning":
		return {"type": "thinking", "thinking": "", "signature": ""}
	if part.kind == "text":
		return {"type": "text", "text": ""}
	return {"type": "tool_use", "id": part.id, "name": part.name, "input": {}}


def _content(answer: Answer) -> Iterator[dict[str, Any]]:
	if answer.behaviour.redacted:
		yield {"type": "redacted_thinking", "data": REDACTED}
	for part in answer.parts:
		if part.kind == "reasoning":
			yield {"type": "thinking", "thinking": part.whole, "signature": SIGNATURE}
		elif part.kind == "text":
			yield {"type": "text", "text": part.whole, "citations": _citations(answer)}
		else:
			yield {**_empty(part), "input": msgspec.json.decode(part.whole)}


def _citations(answer: Answer) -> list[dict[str, Any]]:
	kind, index = "web_search_result_location", "Eo8BCioIAhgBIiQyYjQ0OWJmZi1lNm"
	return [
		{"type": kind, "cited_text": one.quote, "title": one.title, "url": one.url, "encrypted_index": index}
		for one in answer.citations
	]


def _stop_reason(answer: Answer) -> str:
	return _STOP_REASONS.get(answer.finish, "refusal")


def _input_usage(answer: Answer) -> dict[str, Any]:
	return {
		"input_tokens": answer.behaviour.input - answer.behaviour.cached,
		"cache_creation_input_tokens": 0,
		"cache_read_input_tokens": answer.behaviour.cached,
	}


def _usage(answer: Answer) -> dict[str, Any]:
	thinking = {"thinking_tokens": answer.behaviour.reasoning}
	return {**_input_usage(answer), "output_tokens": answer.tokens, "output_tokens_details": thinking}
