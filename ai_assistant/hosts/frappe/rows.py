"""Rows of AI Message and AI Run, from and to the values of the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from ai_assistant.core.deltas import Source, Usage
from ai_assistant.core.events import FinishedToolCall, Timing
from ai_assistant.core.messages import Attachment, Feedback, File, Message, Place, StoredMessage, references
from ai_assistant.core.run import Generation, NewRun, Run, RunResult, RunState
from ai_assistant.core.text import as_json, storable
from ai_assistant.hosts.frappe.clock import site_time, unix_time

Row = dict[str, Any]

_STATES: dict[str, RunState] = {
	"Waiting": "waiting",
	"Queued": "queued",
	"Running": "running",
	"Completed": "completed",
	"Failed": "failed",
}

_ENDED: dict[RunState, Literal["completed", "failed"]] = {"completed": "completed", "failed": "failed"}

_OF_MESSAGE = ("owner", "modified_by", "creation", "modified", "conversation")
"""Columns that an attachment has from its message."""

_calls = msgspec.json.Decoder(tuple[FinishedToolCall, ...])
_sources = msgspec.json.Decoder(tuple[Source, ...])
_opaque = msgspec.json.Decoder(tuple[Any, ...])
_attachments = msgspec.json.Decoder(tuple[Attachment, ...])
_generation = msgspec.json.Decoder(Generation)


def document(name: str, user: str, created: float) -> Row:
	"""The columns that every DocType has."""
	at = site_time(created)
	return {"name": name, "owner": user, "modified_by": user, "creation": at, "modified": at}


def given_messages(new: NewRun, conversation: str, position: int, parent: str | None) -> list[Row]:
	"""Each after the one before; `position` and `parent`: of the first of them."""
	parents = (parent, *new.message_ids)[: len(new.messages)]
	return [
		{
			**document(name, new.user, new.created),
			"conversation": conversation,
			"position": position + number,
			"follows": before,
			"role": message.role,
			"content": storable(message.content),
			"reasoning": storable(message.reasoning),
			"tool_calls": _json(message.tool_calls),
			"tool_call_id": message.tool_call_id,
			"opaque": _json(message.opaque),
			"provider": message.provider,
			"attachments": _json((*message.attachments, *references(name, message.files))),
			"context": _json(message.context),
		}
		for number, (name, message, before) in enumerate(
			zip(new.message_ids, new.messages, parents, strict=True)
		)
	]


def files(message: Row, given: Sequence[File]) -> Iterator[Row]:
	"""As rows of AI Attachment. `message`: the row of the one they came with."""
	shared = {name: message[name] for name in _OF_MESSAGE}
	for attachment, one in zip(references(message["name"], given), given, strict=True):
		yield shared | {
			"name": attachment.id,
			"message": message["name"],
			"kind": one.kind,
			"file_name": storable(one.name),
			"media_type": one.media_type,
			"size": one.size,
			"content": storable(one.content),
		}


def file(row: Row) -> File:
	return File(row["kind"], row["file_name"], row["media_type"], row["size"], row["content"] or "")


def answer(name: str, run: Run, conversation: str, position: int, result: RunResult) -> Row:
	return {
		**document(name, run.user, result.ended),
		"conversation": conversation,
		"position": position,
		"follows": run.user_message_id,
		"role": "assistant",
		"content": storable(result.text),
		"reasoning": storable(result.reasoning),
		"tool_calls": _json(result.tool_calls),
		"sources": _json(result.sources),
		"opaque": _json(result.opaque),
		"provider": result.provider,
		"model": result.model,
		"run": run.id,
	}


def message(row: Row) -> Message:
	return Message(
		role=row["role"],
		content=row["content"] or "",
		reasoning=row["reasoning"] or "",
		tool_calls=_calls.decode(row["tool_calls"]) if row["tool_calls"] else (),
		tool_call_id=row["tool_call_id"] or None,
		provider=row["provider"] or None,
		opaque=_opaque.decode(row["opaque"]) if row["opaque"] else (),
		attachments=_attachments.decode(row["attachments"]) if row["attachments"] else (),
		context=msgspec.json.decode(row["context"]) if row["context"] else None,
	)


def called(row: Row) -> Iterator[str]:
	"""Ids of the tool calls that a message made."""
	return (call.id for call in _calls.decode(row["tool_calls"]))


def stored_message(row: Row, family: tuple[str, ...] = ()) -> StoredMessage:
	"""From a message's row with its run's usage, cost, timing, error and finish_reason. `family`: the ids of all messages
	that follow the same one."""
	is_known = bool(row["usage_basis"])
	return StoredMessage(
		id=row["name"],
		role=row["role"],
		content=row["content"] or "",
		reasoning=row["reasoning"] or "",
		created=unix_time(row["creation"]),
		parent=row["follows"],
		siblings=family if len(family) > 1 else (),
		tool_calls=_calls.decode(row["tool_calls"]) if row["tool_calls"] else (),
		tool_call_id=row["tool_call_id"] or None,
		sources=_sources.decode(row["sources"]) if row["sources"] else (),
		attachments=_attachments.decode(row["attachments"]) if row["attachments"] else (),
		usage=_usage(row) if is_known else None,
		cost=_cost(row),
		task_id=row["run"] or None,
		error=row["error"] or None,
		finish_reason=row["finish_reason"] or None,
		model=row["model"] or None,
		provider=row["provider"] or None,
		timing=_timing(row) if is_known else None,
		feedback=_feedback(row),
	)


def place(row: Row) -> Place:
	"""From a message's role, follows, attachments and context with the `conversation_id` and `leaf` of its conversation."""
	return Place(
		row["conversation_id"],
		row["role"],
		row["follows"],
		row["leaf"],
		_attachments.decode(row["attachments"]) if row["attachments"] else (),
		msgspec.json.decode(row["context"]) if row["context"] else None,
	)


def run_row(run: Run, conversation: str) -> Row:
	return {
		**document(run.id, run.user, run.created),
		"conversation": conversation,
		"conversation_id": run.conversation_id,
		"status": run.state.capitalize(),
		"attempts": run.attempts,
		"generation": _json(run.generation),
		"user_message": run.user_message_id,
		"request_id": run.request_id,
		"digest": run.digest,
	}


def result_row(result: RunResult, message_id: str | None) -> Row:
	"""What a run gets when it ends."""
	usage, timing = msgspec.structs.asdict(result.usage), msgspec.structs.asdict(result.timing)
	usage["usage_basis"] = usage.pop("basis")
	return {
		"modified": site_time(result.ended),
		"ended": site_time(result.ended),
		"status": result.state.capitalize(),
		"attempts": result.attempt,
		"message": message_id,
		"provider": result.provider,
		"model": result.model,
		"finish_reason": result.finish_reason,
		"cost": result.cost,
		"has_cost": int(result.cost is not None),
		"error": storable(result.error) if result.error else None,
		"error_code": result.code,
		"retryable": int(result.retryable),
		"retry_after": result.retry_after,
		**usage,
		**timing,
	}


def is_active(row: Row) -> bool:
	return _STATES[row["status"]] not in _ENDED


def run(row: Row) -> Run:
	"""From a run's row; of one that has ended, with its message's content, reasoning, tool_calls and sources as
	`answer_…`."""
	state = _STATES[row["status"]]
	return Run(
		id=row["name"],
		user=row["owner"],
		conversation_id=row["conversation_id"],
		state=state,
		attempts=row["attempts"],
		created=unix_time(row["creation"]),
		generation=_generation.decode(row["generation"]),
		user_message_id=row["user_message"],
		request_id=row["request_id"] or None,
		digest=row["digest"] or "",
		message_id=row["message"] or None,
		result=_result(row, state),
	)


def _result(row: Row, state: RunState) -> RunResult | None:
	if state not in _ENDED:
		return None
	return RunResult(
		attempt=row["attempts"],
		state=_ENDED[state],
		text=row["answer_content"] or "",
		reasoning=row["answer_reasoning"] or "",
		ended=unix_time(row["ended"]),
		finish_reason=row["finish_reason"] or None,
		tool_calls=_calls.decode(row["answer_tool_calls"]) if row["answer_tool_calls"] else (),
		sources=_sources.decode(row["answer_sources"]) if row["answer_sources"] else (),
		provider=row["provider"] or None,
		model=row["model"] or None,
		usage=_usage(row),
		cost=_cost(row),
		timing=_timing(row),
		error=row["error"] or None,
		code=row["error_code"] or None,
		retryable=bool(row["retryable"]),
		retry_after=row["retry_after"] or None,
	)


def _usage(row: Row) -> Usage:
	counts = {name: row[name] or 0 for name in Usage.__struct_fields__ if name != "basis"}
	return Usage(**counts, basis=row["usage_basis"] or "estimated")


def _cost(row: Row) -> float | None:
	"""Frappe's numbers are never NULL: another column tells 0 from none."""
	return row["cost"] or (0.0 if row["has_cost"] else None)


def _timing(row: Row) -> Timing:
	"""Frappe's numbers are never NULL: 0 is one that was not measured."""
	return Timing(**{name: row[name] for name in Timing.__struct_fields__ if row[name]})


def _feedback(row: Row) -> Feedback | None:
	return Feedback(row["feedback_rating"], row["feedback_comment"] or "") if row["feedback_rating"] else None


def _json(value: Any) -> str | None:
	"""None for what is empty."""
	return as_json(value) if value else None
