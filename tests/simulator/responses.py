"""OpenAI's Responses."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.simulator import failures
from tests.simulator.answer import Answer, Part
from tests.simulator.wire import CREATED, Block, Failure, Order, Script, event, script

ENCRYPTED = "gAAAAABo5n0aSimulatedReasoningThatOnlyTheProviderCanRead=="

_ENCRYPTED = "reasoning.encrypted_content"
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


class Responses:
	path = "/v1/responses"

	def included(self, body: dict[str, Any]) -> frozenset[str]:
		return frozenset({_ENCRYPTED} & set(body.get("include") or ()))

	def script(self, order: Order) -> Script:
		numbers, end = count(), self.whole(order)
		start = {**end, "status": "in_progress", "incomplete_details": None, "output": [], "usage": None}
		return script(
			[{"type": f"response.{state}", "response": start} for state in ("created", "in_progress")],
			[_block(position, part, order) for position, part in enumerate(order.answer.parts)],
			[{"type": f"response.{end['status']}", "response": end}],
			lambda value: event({**value, "sequence_number": next(numbers)}),
		)

	def whole(self, order: Order) -> dict[str, Any]:
		answer = order.answer
		reason = _INCOMPLETE.get(answer.finish)
		return {
			"id": "resp_sim",
			"object": "response",
			"created_at": CREATED,
			"status": "incomplete" if reason else "completed",
			"error": None,
			"incomplete_details": {"reason": reason} if reason else None,
			"model": order.model,
			"output": [_item(position, part, order) for position, part in enumerate(answer.parts)],
			"parallel_tool_calls": True,
			"tool_choice": "auto",
			"tools": [],
			"usage": _usage(answer) if answer.behaviour.usage else None,
		}

	def failure(self, name: str) -> Failure:
		return failures.named(name, failures.OPENAI, "server_error")

	def refusal(self, failure: Failure) -> dict[str, Any]:
		return failures.openai_body(failure)

	def error_event(self, failure: Failure) -> bytes:
		code = failure.code or failure.type
		return event({"type": "error", "code": code, "message": failure.message, "param": None})

	def failed_event(self, order: Order, failure: Failure) -> bytes:
		error = {"code": failure.code or failure.type, "message": failure.message}
		response = {**self.whole(order), "status": "failed", "error": error, "output": [], "usage": None}
		return event({"type": "response.failed", "response": response})

	def malformed(self) -> bytes:
		return b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","del\n\n'


def _block(position: int, part: Part, order: Order) -> Block:
	item = _item(position, part, order)
	place = {"item_id": item["id"], "output_index": position}
	block = _call_block(part, place) if part.kind == "tool" else _part_block(part, place, order.answer)
	added = {"type": "response.output_item.added", "output_index": position, "item": _begun(item)}
	done = {"type": "response.output_item.done", "output_index": position, "item": item}
	return Block([added, *block.begin], block.deltas, [*block.end, done])


def _call_block(part: Part, place: dict[str, Any]) -> Block:
	stem = "response.function_call_arguments"
	deltas = [{"type": f"{stem}.delta", **place, "delta": text} for text in part.deltas]
	return Block([], deltas, [{"type": f"{stem}.done", **place, "arguments": part.whole}])


def _part_block(part: Part, place: dict[str, Any], answer: Answer) -> Block:
	if part.kind == "reasoning":
		place, around = {**place, "summary_index": 0}, "response.reasoning_summary_part"
		stem = "response.reasoning_summary_text"
	else:
		place, around = {**place, "content_index": 0}, "response.content_part"
		stem = f"response.{_text_type(answer)}"
	field = "refusal" if stem == "response.refusal" else "text"
	whole = _content(part, part.whole, answer)
	cited = [
		{"type": f"{stem}.annotation.added", **place, "annotation_index": index, "annotation": annotation}
		for index, annotation in enumerate(whole.get("annotations", ()))
	]
	return Block(
		[{"type": f"{around}.added", **place, "part": _content(part, "", answer)}],
		[{"type": f"{stem}.delta", **place, "delta": text} for text in part.deltas],
		[
			*cited,
			{"type": f"{stem}.done", **place, field: part.whole},
			{"type": f"{around}.done", **place, "part": whole},
		],
	)


def _item(position: int, part: Part, order: Order) -> dict[str, Any]:
	"""The item as it is when it is done."""
	content = [_content(part, part.whole, order.answer)]
	if part.kind == "reasoning":
		encrypted = {"encrypted_content": ENCRYPTED} if _ENCRYPTED in order.include else {}
		return {"id": f"rs_{position}", "type": "reasoning", **encrypted, "summary": content}
	if part.kind == "text":
		message = {"id": f"msg_{position}", "type": "message", "status": "completed", "role": "assistant"}
		return {**message, "content": content}
	call = {"id": f"fc_{position}", "type": "function_call", "status": "completed"}
	return {**call, "arguments": part.whole, "call_id": part.id, "name": part.name}


def _begun(item: dict[str, Any]) -> dict[str, Any]:
	"""The item as it is when its first delta is yet to come."""
	empty = {"status": "in_progress", "summary": [], "content": [], "arguments": ""}
	return {name: empty.get(name, value) for name, value in item.items()}


def _content(part: Part, text: str, answer: Answer) -> dict[str, Any]:
	if part.kind == "reasoning":
		return {"type": "summary_text", "text": text}
	if _text_type(answer) == "refusal":
		return {"type": "refusal", "refusal": text}
	annotations = [
		{"type": "url_citation", "title": one.title, "url": one.url, "start_index": 0, "end_index": len(text)}
		for one in answer.citations
		if text
	]
	return {"type": "output_text", "annotations": annotations, "logprobs": [], "text": text}


def _text_type(answer: Answer) -> str:
	return "refusal" if answer.finish == "refusal" else "output_text"


def _usage(answer: Answer) -> dict[str, Any]:
	behaviour = answer.behaviour
	return {
		"input_tokens": behaviour.input,
		"input_tokens_details": {"cached_tokens": behaviour.cached},
		"output_tokens": answer.tokens,
		"output_tokens_details": {"reasoning_tokens": behaviour.reasoning},
		"total_tokens": behaviour.input + answer.tokens,
	}
