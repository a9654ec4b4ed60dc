"""Rows of the store's tables, from and to the values of the core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Row

from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.messages import (
	Attachment,
	Conversation,
	Feedback,
	File,
	Message,
	Place,
	StoredMessage,
	references,
)
from ai_assistant.core.run import Generation, NewRun, Run, RunResult
from ai_assistant.core.text import as_json


class _Details(Struct, omit_defaults=True):
	"""What a message has beside its text."""

	tool_calls: tuple[FinishedToolCall, ...] = ()
	tool_call_id: str | None = None
	provider: str | None = None
	opaque: tuple[Any, ...] = ()
	attachments: tuple[Attachment, ...] = ()
	context: Any = None


_details = msgspec.json.Decoder(_Details)
_generation = msgspec.json.Decoder(Generation)
_feedback = msgspec.json.Decoder(Feedback)
_result = msgspec.json.Decoder(RunResult)


def given_messages(new: NewRun, conversation: int, parent: str | None) -> list[dict[str, Any]]:
	"""Each after the one before; `parent`: of the first."""
	parents = (parent, *new.message_ids[:-1])
	return [
		_message_row(
			id,
			conversation,
			message,
			new.created,
			_Details(
				tool_calls=message.tool_calls,
				tool_call_id=message.tool_call_id,
				provider=message.provider,
				opaque=message.opaque,
				attachments=(*message.attachments, *references(id, message.files)),
				context=message.context,
			),
		)
		| {"parent": before}
		for id, message, before in zip(new.message_ids, new.messages, parents, strict=True)
	]


def given_files(new: NewRun) -> list[dict[str, Any]]:
	return [
		{"id": attachment.id, "message": id} | msgspec.to_builtins(file)
		for id, message in zip(new.message_ids, new.messages, strict=True)
		for attachment, file in zip(references(id, message.files), message.files, strict=True)
	]


def answer(id: str, run: Run, conversation: int, result: RunResult) -> dict[str, Any]:
	details = _Details(tool_calls=result.tool_calls, provider=result.provider, opaque=result.opaque)
	message = Message("assistant", result.text, result.reasoning, result.tool_calls)
	return _message_row(id, conversation, message, result.ended, details) | {
		"run": run.id,
		"parent": run.user_message_id,
	}


def _message_row(
	id: str, conversation: int, message: Message, created: float, details: _Details
) -> dict[str, Any]:
	return {
		"id": id,
		"conversation": conversation,
		"role": message.role,
		"content": message.content,
		"reasoning": message.reasoning,
		"details": as_json(details),
		"is_empty": message.role == "assistant" and not (message.content or message.tool_calls),
		"created": created,
	}


def run_row(run: Run, conversation: int) -> dict[str, Any]:
	return {
		"id": run.id,
		"user": run.user,
		"conversation": conversation,
		"conversation_id": run.conversation_id,
		"user_message_id": run.user_message_id,
		"state": run.state,
		"attempts": run.attempts,
		"generation": as_json(run.generation),
		"request_id": run.request_id,
		"digest": run.digest,
		"created": run.created,
	}


def result_text(result: RunResult) -> str:
	"""The result without what its message has: the text, and what is for the provider only."""
	return as_json(replace(result, text="", reasoning="", opaque=()))


def run(row: Row[Any]) -> Run:
	"""From a run's row with the `answer` and `answer_reasoning` of its message."""
	result = _result.decode(row.result) if row.result else None
	if result and row.message_id:
		result = replace(result, text=row.answer, reasoning=row.answer_reasoning)
	return Run(
		id=row.id,
		user=row.user,
		conversation_id=row.conversation_id,
		state=row.state,
		attempts=row.attempts,
		created=row.created,
		generation=_generation.decode(row.generation),
		user_message_id=row.user_message_id,
		request_id=row.request_id,
		digest=row.digest,
		message_id=row.message_id,
		result=result,
	)


def conversation(row: Row[Any]) -> Conversation:
	return Conversation(row.id, row.title, row.created, row.modified, row.status)


def message(row: Row[Any]) -> Message:
	details = _details.decode(row.details)
	return Message(
		role=row.role,
		content=row.content,
		reasoning=row.reasoning,
		tool_calls=details.tool_calls,
		tool_call_id=details.tool_call_id,
		provider=details.provider,
		opaque=details.opaque,
		attachments=details.attachments,
		context=details.context,
	)


def stored_message(row: Row[Any], family: tuple[str, ...] = ()) -> StoredMessage:
	"""From a message's row with the `result` of the run that made it. `family`: the ids of all messages with the same
	parent."""
	details = _details.decode(row.details)
	message = StoredMessage(
		id=row.id,
		role=row.role,
		content=row.content,
		reasoning=row.reasoning,
		created=row.created,
		parent=row.parent,
		siblings=family if len(family) > 1 else (),
		tool_calls=details.tool_calls,
		tool_call_id=details.tool_call_id,
		attachments=details.attachments,
		task_id=row.run,
		provider=details.provider,
		feedback=_feedback.decode(row.feedback) if row.feedback else None,
	)
	return _with_result(message, _result.decode(row.result)) if row.result else message


def _with_result(message: StoredMessage, result: RunResult) -> StoredMessage:
	return replace(
		message,
		sources=result.sources,
		usage=result.usage,
		cost=result.cost,
		error=result.error,
		finish_reason=result.finish_reason,
		model=result.model,
		timing=result.timing,
	)


def place(row: Row[Any]) -> Place:
	"""From a message's role, parent and details with the `conversation_id` and `leaf` of its conversation."""
	details = _details.decode(row.details)
	return Place(row.conversation_id, row.role, row.parent, row.leaf, details.attachments, details.context)


def file(row: Row[Any]) -> File:
	return File(row.kind, row.name, row.media_type, row.size, row.content)


def called(details: str) -> Iterator[str]:
	"""Ids of the calls that a message made."""
	return (call.id for call in _details.decode(details).tool_calls)
