"""OpenAI's Responses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from tests.simulator import failures
from tests.simulator.answer import Answer, Piece
from tests.simulator.wire import CREATED, Failure, Order, Script, event

ENCRYPTED = "gAAAAABo5n0aSimulatedReasoningThatOnlyTheProviderCanRead=="

_ENCRYPTED_KEY = "reasoning.encrypted_content"
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


class Responses:
	path = "/v1/responses"

	def included(self, body: dict[str, Any]) -> frozenset[str]:
		return frozenset(body.get("include") or ())

	def script(self, order: Order) -> Script:
		items, numbers = _Items(order), count()

		def numbered(events: Iterator[dict[str, Any]]) -> bytes:
			return b"".join(event({**value, "sequence_number": next(numbers)}) for value in events)

		start = {**self.whole(order), "status": "in_progress", "output": [], "usage": None}
		start["incomplete_details"] = None
		opening = ({"type": f"response.{state}", "response": start} for state in ("created", "in_progress"))
		return Script(
			numbered(opening),
			tuple(numbered(items.delta(piece)) for piece in order.answer.pieces),
			numbered(items.close()) + numbered(self._end(order)),
		)

	def whole(self, order: Order) -> dict[str, Any]:
		answer, items = order.answer, _Items(order)
		reason = _INCOMPLETE.get(answer.finish)
		return {
			"id": "resp_sim",
			"object": "response",
			"created_at": CREATED,
			"status": "incomplete" if reason else "completed",
			"error": None,
			"incomplete_details": {"reason": reason} if reason else None,
			"model": order.model,
			"output": [items.item(kind, call) for kind, call in _order(answer)],
			"parallel_tool_calls": True,
			"tool_choice": "auto",
			"tools": [],
			"usage": _usage(answer) if answer.behaviour.usage else None,
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
		return event(
			{
				"type": "error",
				"code": failure.code or failure.type,
				"message": failure.message,
				"param": None,
				"sequence_number": 0,
			}
		)

	def failed_event(self, order: Order, failure: Failure) -> bytes:
		error = {"code": failure.code or failure.type, "message": failure.message}
		response = {**self.whole(order), "status": "failed", "error": error, "output": [], "usage": None}
		return event({"type": "response.failed", "response": response, "sequence_number": 0})

	def malformed(self) -> bytes:
		return b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","del\n\n'

	def _end(self, order: Order) -> Iterator[dict[str, Any]]:
		response = self.whole(order)
		yield {"type": f"response.{response['status']}", "response": response}


class _Items:
	"""Opens and closes output items around their deltas."""

	def __init__(self, order: Order):
		self._answer = order.answer
		self._has_encrypted = _ENCRYPTED_KEY in order.include
		self._positions = {item: position for position, item in enumerate(_order(order.answer))}
		self._open: tuple[str, int] | None = None

	def delta(self, piece: Piece) -> Iterator[dict[str, Any]]:
		"""The events of this delta, after those that end the item before and begin its own."""
		item = (piece.kind, piece.call)
		if self._open != item:
			yield from self.close()
			self._open = item
			yield from self._begin()
		yield {**self._part(self._stem("delta")), "delta": piece.text}

	def close(self) -> Iterator[dict[str, Any]]:
		if self._open is None:
			return
		kind, whole = self._open[0], self.item(*self._open)
		if kind == "tool":
			yield {**self._part(self._stem("done")), "arguments": whole["arguments"]}
		else:
			part = (whole["summary"] if kind == "reasoning" else whole["content"])[0]
			field = "refusal" if part["type"] == "refusal" else "text"
			yield {**self._part(self._stem("done")), field: part[field]}
			yield {**self._part(self._part_stem("done")), "part": part}
		yield {
			"type": "response.output_item.done",
			"output_index": self._positions[self._open],
			"item": whole,
		}
		self._open = None

	def item(self, kind: str, call: int) -> dict[str, Any]:
		"""The whole item as it is when it is done."""
		answer = self._answer
		if kind == "reasoning":
			summary = [{"type": "summary_text", "text": answer.reasoning}]
			encrypted = ENCRYPTED if self._has_encrypted else None
			return {"id": "rs_sim", "type": "reasoning", "encrypted_content": encrypted, "summary": summary}
		if kind == "tool":
			made = answer.calls[call]
			return {
				"id": f"fc_sim_{call}",
				"type": "function_call",
				"status": "completed",
				"arguments": made.arguments,
				"call_id": made.id,
				"name": made.name,
			}
		part: dict[str, Any] = {"type": "output_text", "annotations": [], "logprobs": [], "text": answer.text}
		if answer.finish == "refusal":
			part = {"type": "refusal", "refusal": answer.text}
		return {
			"id": "msg_sim",
			"type": "message",
			"status": "completed",
			"role": "assistant",
			"content": [part],
		}

	def _begin(self) -> Iterator[dict[str, Any]]:
		assert self._open is not None
		whole = self.item(*self._open)
		empty: dict[str, Any] = {"tool": {"arguments": ""}, "reasoning": {"summary": []}}.get(
			self._open[0], {"content": []}
		)
		if "status" in whole:
			empty["status"] = "in_progress"
		yield {
			"type": "response.output_item.added",
			"output_index": self._positions[self._open],
			"item": {**whole, **empty},
		}
		if self._open[0] != "tool":
			part = (whole["summary"] if self._open[0] == "reasoning" else whole["content"])[0]
			field = "refusal" if part["type"] == "refusal" else "text"
			yield {**self._part(self._part_stem("added")), "part": {**part, field: ""}}

	def _part(self, type_: str) -> dict[str, Any]:
		assert self._open is not None
		place = {"reasoning": {"summary_index": 0}, "text": {"content_index": 0}}.get(self._open[0], {})
		identity = self.item(*self._open)["id"]
		return {"type": type_, "item_id": identity, "output_index": self._positions[self._open], **place}

	def _stem(self, end: str) -> str:
		assert self._open is not None
		text = "refusal" if self._answer.finish == "refusal" else "output_text"
		stems = {"reasoning": "reasoning_summary_text", "tool": "function_call_arguments"}
		return f"response.{stems.get(self._open[0], text)}.{end}"

	def _part_stem(self, end: str) -> str:
		assert self._open is not None
		stem = "reasoning_summary_part" if self._open[0] == "reasoning" else "content_part"
		return f"response.{stem}.{end}"


def _order(answer: Answer) -> list[tuple[str, int]]:
	"""The items of the answer: their kind, and which of the calls they are."""
	return list(dict.fromkeys((piece.kind, piece.call) for piece in answer.pieces))


def _usage(answer: Answer) -> dict[str, Any]:
	behaviour, output = answer.behaviour, len(answer.pieces)
	return {
		"input_tokens": behaviour.input,
		"input_tokens_details": {"cached_tokens": behaviour.cached},
		"output_tokens": output,
		"output_tokens_details": {"reasoning_tokens": behaviour.reasoning},
		"total_tokens": behaviour.input + output,
	}
