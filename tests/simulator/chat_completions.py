"""OpenAI's Chat Completions, as OpenAI and the many servers compatible with it speak it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.simulator import failures
from tests.simulator.answer import Answer, Piece
from tests.simulator.wire import CREATED, Failure, Order, Script, data

_FIELDS = {"field": "reasoning_content", "reasoning": "reasoning"}
_OPEN, _CLOSE = "<think>", "</think>"


class ChatCompletions:
	path = "/v1/chat/completions"

	def included(self, body: dict[str, Any]) -> frozenset[str]:
		return frozenset({"usage"} if (body.get("stream_options") or {}).get("include_usage") else ())

	def script(self, order: Order) -> Script:
		opening = data(_chunk(order, {"role": "assistant", "content": ""}))
		deltas = tuple(data(_chunk(order, delta)) for delta in _deltas(order.answer))
		closing = data(_chunk(order, {}, _finish(order.answer)))
		if "usage" in order.include and order.answer.behaviour.usage:
			closing += data({**_chunk(order, {}), "choices": [], "usage": _usage(order.answer)})
		return Script(opening, deltas, closing + b"data: [DONE]\n\n")

	def whole(self, order: Order) -> dict[str, Any]:
		answer = order.answer
		message: dict[str, Any] = {"role": "assistant", "content": answer.text, "refusal": None}
		if answer.behaviour.think == "tags" and answer.reasoning:
			message["content"] = f"{_OPEN}{answer.reasoning}{_CLOSE}{answer.text}"
		elif answer.reasoning:
			message[_FIELDS[answer.behaviour.think]] = answer.reasoning
		if answer.finish == "refusal":
			message |= {"content": None, "refusal": answer.text}
		if answer.calls:
			message["tool_calls"] = [_call(position, answer) for position in range(len(answer.calls))]
		choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(answer)}
		return {
			**_chunk(order, {}),
			"object": "chat.completion",
			"choices": [choice],
			"usage": _usage(answer),
		}

	def failure(self, name: str) -> Failure:
		return failures.named(name, failures.OPENAI, "server_error")

	def refusal(self, failure: Failure) -> dict[str, Any]:
		return {
			"error": {
				"message": failure.message,
				"type": failure.type,
				"param": None,
				"code": failure.code,
			}
		}

	def error_event(self, failure: Failure) -> bytes:
		return data(self.refusal(failure))

	def failed_event(self, order: Order, failure: Failure) -> bytes:
		return self.error_event(failure)

	def malformed(self) -> bytes:
		return b'data: {"id":"chatcmpl-sim","choices":[{"index":0,"del\n\n'


def _chunk(order: Order, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
	return {
		"id": "chatcmpl-sim",
		"object": "chat.completion.chunk",
		"created": CREATED,
		"model": order.model,
		"system_fingerprint": "fp_sim",
		"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
	}


def _deltas(answer: Answer) -> Iterator[dict[str, Any]]:
	if answer.behaviour.think == "tags" and answer.reasoning:
		yield from ({"content": text} for text in _tagged(answer))
	else:
		field = _FIELDS.get(answer.behaviour.think, "")
		yield from ({"content": None, field: piece.text} for piece in _of(answer, "reasoning"))
		content = "refusal" if answer.finish == "refusal" else "content"
		yield from ({content: piece.text} for piece in _of(answer, "text"))
	seen = -1
	for piece in _of(answer, "tool"):
		yield {"tool_calls": [_call_delta(piece, answer, is_first=piece.call != seen)]}
		seen = piece.call


def _tagged(answer: Answer) -> Iterator[str]:
	"""Reasoning and text with both tags cut in two: the halves arrive with different deltas."""
	reasoning = [piece.text for piece in _of(answer, "reasoning")]
	text = [piece.text for piece in _of(answer, "text")]
	reasoning[0] = _OPEN + reasoning[0]
	reasoning[-1] += _CLOSE[:4]
	rest = [_CLOSE[4:] + "".join(text[:1]), *text[1:]]
	yield reasoning[0][:3]
	yield reasoning[0][3:]
	yield from reasoning[1:]
	yield from rest


def _of(answer: Answer, kind: str) -> Iterator[Piece]:
	return (piece for piece in answer.pieces if piece.kind == kind)


def _call_delta(piece: Piece, answer: Answer, is_first: bool) -> dict[str, Any]:
	if not is_first:
		return {"index": piece.call, "function": {"arguments": piece.text}}
	call = _call(piece.call, answer)
	return {**call, "function": {**call["function"], "arguments": piece.text}}


def _call(position: int, answer: Answer) -> dict[str, Any]:
	call = answer.calls[position]
	function = {"name": call.name, "arguments": call.arguments}
	return {"index": position, "id": call.id, "type": "function", "function": function}


def _finish(answer: Answer) -> str:
	return "stop" if answer.finish == "refusal" else answer.finish


def _usage(answer: Answer) -> dict[str, Any]:
	behaviour, output = answer.behaviour, len(answer.pieces)
	return {
		"prompt_tokens": behaviour.input,
		"completion_tokens": output,
		"total_tokens": behaviour.input + output,
		"prompt_tokens_details": {"cached_tokens": behaviour.cached, "audio_tokens": 0},
		"completion_tokens_details": {"reasoning_tokens": behaviour.reasoning, "audio_tokens": 0},
	}
