"""Anthropic's Messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tests.simulator import failures
from tests.simulator.answer import Answer, Piece
from tests.simulator.wire import Failure, Order, Script, event

SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds"
REDACTED = "EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP"

_STOPS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}


class Messages:
	path = "/v1/messages"

	def included(self, body: dict[str, Any]) -> frozenset[str]:
		return frozenset()

	def script(self, order: Order) -> Script:
		blocks, answer = _Blocks(), order.answer
		message = {**self.whole(order), "content": [], "stop_reason": None}
		message["usage"] = {**message["usage"], "output_tokens": 1}
		opening = event({"type": "message_start", "message": message}) + event({"type": "ping"})
		deltas = tuple(blocks.lead(piece, answer) + blocks.delta(_delta(piece)) for piece in answer.pieces)
		final: dict[str, Any] = {
			"type": "message_delta",
			"delta": {"stop_reason": _stop(answer), "stop_sequence": None},
		}
		if answer.behaviour.usage:
			final["usage"] = _usage(answer)
		closing = blocks.close() + event(final) + event({"type": "message_stop"})
		return Script(opening, deltas, closing)

	def whole(self, order: Order) -> dict[str, Any]:
		return {
			"id": "msg_sim",
			"type": "message",
			"role": "assistant",
			"model": order.model,
			"content": list(_content(order.answer)),
			"stop_reason": _stop(order.answer),
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


class _Blocks:
	"""Opens and closes content blocks around their deltas."""

	def __init__(self) -> None:
		self._index = -1
		self._open: tuple[str, int] | None = None

	def lead(self, piece: Piece, answer: Answer) -> bytes:
		"""The events before this delta: the end of the block that was open and the start of its own."""
		block = (piece.kind, piece.call)
		if self._open == block:
			return b""
		lead = self.close()
		if self._index < 0 and answer.behaviour.redacted:
			lead += self._start({"type": "redacted_thinking", "data": REDACTED}) + self._stop()
		self._open = block
		return lead + self._start(_empty_block(piece, answer))

	def delta(self, delta: dict[str, Any]) -> bytes:
		return event({"type": "content_block_delta", "index": self._index, "delta": delta})

	def close(self) -> bytes:
		if self._open is None:
			return b""
		kind, self._open = self._open[0], None
		if kind != "reasoning":
			return self._stop()
		return self.delta({"type": "signature_delta", "signature": SIGNATURE}) + self._stop()

	def _start(self, block: dict[str, Any]) -> bytes:
		self._index += 1
		return event({"type": "content_block_start", "index": self._index, "content_block": block})

	def _stop(self) -> bytes:
		return event({"type": "content_block_stop", "index": self._index})


def _empty_block(piece: Piece, answer: Answer) -> dict[str, Any]:
	if piece.kind == "reasoning":
		return {"type": "thinking", "thinking": "", "signature": ""}
	if piece.kind == "text":
		return {"type": "text", "text": ""}
	call = answer.calls[piece.call]
	return {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}


def _delta(piece: Piece) -> dict[str, Any]:
	if piece.kind == "reasoning":
		return {"type": "thinking_delta", "thinking": piece.text}
	if piece.kind == "text":
		return {"type": "text_delta", "text": piece.text}
	return {"type": "input_json_delta", "partial_json": piece.text}


def _content(answer: Answer) -> Iterator[dict[str, Any]]:
	if answer.behaviour.redacted:
		yield {"type": "redacted_thinking", "data": REDACTED}
	if answer.reasoning:
		yield {"type": "thinking", "thinking": answer.reasoning, "signature": SIGNATURE}
	if answer.text:
		yield {"type": "text", "text": answer.text}
	for call in answer.calls:
		arguments = msgspec.json.decode(call.arguments)
		yield {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments}


def _stop(answer: Answer) -> str:
	return _STOPS.get(answer.finish, "refusal")


def _usage(answer: Answer) -> dict[str, Any]:
	behaviour = answer.behaviour
	return {
		"input_tokens": behaviour.input - behaviour.cached,
		"cache_creation_input_tokens": 0,
		"cache_read_input_tokens": behaviour.cached,
		"output_tokens": len(answer.pieces),
		"output_tokens_details": {"thinking_tokens": behaviour.reasoning},
	}
