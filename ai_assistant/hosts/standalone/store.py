"""The store in SQL: conversations, messages and runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ai_assistant.core.deltas import Source, Usage
from ai_assistant.core.errors import TooManyRequests
from ai_assistant.core.events import FinishedToolCall, Timing
from ai_assistant.core.store import (
	Conversation,
	Generation,
	Message,
	NewRun,
	Run,
	RunResult,
	StoredMessage,
)
from ai_assistant.hosts.standalone.database import Database
from ai_assistant.hosts.standalone.tables import conversations, messages, runs

_T = TypeVar("_T")

_ACTIVE = ("queued", "running")


class _Details(Struct, omit_defaults=True):
	"""What a message has beside its text."""

	tool_calls: tuple[FinishedToolCall, ...] = ()
	tool_call_id: str | None = None
	sources: tuple[Source, ...] = ()
	usage: Usage | None = None
	provider: str | None = None
	model: str | None = None
	opaque: tuple[Any, ...] = ()
	error: str | None = None
	finish_reason: str | None = None
	timing: Timing | None = None


_details = msgspec.json.Decoder(_Details)
_generation = msgspec.json.Decoder(Generation)
_result = msgspec.json.Decoder(RunResult)


class SqlStore:
	"""Implements core.store.Store."""

	def __init__(self, engine: Engine):
		self._database = Database(engine)

	def create_conversation(self, user: str, conversation_id: str, title: str, now: float) -> Conversation:
		def work(connection: Connection) -> Conversation:
			_open_conversation(connection, user, conversation_id, title, now)
			return _conversation(connection.execute(_one_conversation(user, conversation_id)).one())

		return self._write(work)

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None:
		with self._database.read() as connection:
			row = connection.execute(_one_conversation(user, conversation_id)).one_or_none()
		return _conversation(row) if row else None

	def list_conversations(
		self, user: str, limit: int, before: tuple[float, str] | None
	) -> list[Conversation]:
		table = conversations.c
		query = select(conversations).where(table.user == user)
		if before:
			modified, id = before
			query = query.where(
				or_(table.modified < modified, and_(table.modified == modified, table.id < id))
			)
		query = query.order_by(table.modified.desc(), table.id.desc()).limit(limit)
		with self._database.read() as connection:
			return [_conversation(row) for row in connection.execute(query)]

	def get_messages(
		self, user: str, conversation_id: str, limit: int, before: str | None
	) -> list[StoredMessage] | None:
		with self._database.read() as connection:
			conversation = connection.execute(_one_conversation(user, conversation_id)).one_or_none()
			if conversation is None:
				return None
			query = select(messages).where(messages.c.conversation == conversation.number)
			if before:
				earlier = select(messages.c.number).where(messages.c.id == before).scalar_subquery()
				query = query.where(messages.c.number < earlier)
			rows = connection.execute(query.order_by(messages.c.number.desc()).limit(limit)).all()
		return [_stored_message(row) for row in reversed(rows)]

	def create_run(self, new: NewRun, most_active: int) -> Run:
		def work(connection: Connection) -> Run:
			if new.request_id and (earlier := _earlier_run(connection, new.user, new.request_id)):
				return earlier
			_refuse_too_many(connection, new.user, most_active)
			return _insert_run(connection, new)

		return self._write(work)

	def get_run(self, run_id: str, user: str | None = None) -> Run | None:
		query = _runs().where(runs.c.id == run_id)
		if user is not None:
			query = query.where(runs.c.user == user)
		with self._database.read() as connection:
			row = connection.execute(query).one_or_none()
		return _run(row) if row else None

	def active_runs(self, user: str, conversation_id: str) -> list[Run]:
		query = _runs().where(
			runs.c.user == user, runs.c.conversation_id == conversation_id, runs.c.state.in_(_ACTIVE)
		)
		with self._database.read() as connection:
			return [_run(row) for row in connection.execute(query.order_by(runs.c.created))]

	def run_messages(self, run_id: str, limit: int) -> list[Message]:
		last = (
			select(messages.c.conversation, messages.c.number)
			.join(runs, runs.c.user_message_id == messages.c.id)
			.where(runs.c.id == run_id)
			.subquery()
		)
		query = (
			select(messages)
			.join(last, messages.c.conversation == last.c.conversation)
			.where(messages.c.number <= last.c.number)
			.order_by(messages.c.number.desc())
			.limit(limit)
		)
		with self._database.read() as connection:
			rows = connection.execute(query).all()
		found = [_message(row) for row in reversed(rows)]
		return [message for message in found if message.content or message.tool_calls]

	def begin_attempt(self, run_id: str, attempt: int) -> bool:
		change = (
			update(runs)
			.where(runs.c.id == run_id, runs.c.attempts < attempt, runs.c.state.in_(_ACTIVE))
			.values(state="running", attempts=attempt)
		)
		with self._database.write() as connection:
			return connection.execute(change).rowcount == 1

	def finish_run(self, run_id: str, result: RunResult) -> Run | None:
		def work(connection: Connection) -> Run | None:
			found = connection.execute(
				_runs().where(runs.c.id == run_id).with_for_update(of=runs)
			).one_or_none()
			if found is None or found.attempts > result.attempt:
				return None
			if found.state not in _ACTIVE:
				return _run(found)
			_finish(connection, found, result)
			return _run(connection.execute(_runs().where(runs.c.id == run_id)).one())

		return self._write(work)

	def unfinished_runs(self, created_before: float, limit: int) -> list[Run]:
		query = _runs().where(runs.c.state.in_(_ACTIVE), runs.c.created < created_before)
		with self._database.read() as connection:
			return [_run(row) for row in connection.execute(query.order_by(runs.c.created).limit(limit))]

	def _write(self, work: Callable[[Connection], _T]) -> _T:
		"""Does the work in one transaction; once more if another made the same row at the same moment."""
		try:
			with self._database.write() as connection:
				return work(connection)
		except IntegrityError:
			with self._database.write() as connection:
				return work(connection)


def _one_conversation(user: str, conversation_id: str) -> Select[Any]:
	return select(conversations).where(conversations.c.user == user, conversations.c.id == conversation_id)


def _open_conversation(connection: Connection, user: str, id: str, title: str, now: float) -> int:
	"""The conversation's number; it is made if it is new."""
	row = connection.execute(_one_conversation(user, id)).one_or_none()
	if row is None:
		values = {"user": user, "id": id, "title": title, "created": now, "modified": now}
		inserted = connection.execute(insert(conversations).values(values)).inserted_primary_key
		assert inserted is not None
		return int(inserted[0])
	connection.execute(
		update(conversations)
		.where(conversations.c.number == row.number)
		.values(modified=now, title=row.title or title)
	)
	return int(row.number)


def _earlier_run(connection: Connection, user: str, request_id: str) -> Run | None:
	query = _runs().where(runs.c.user == user, runs.c.request_id == request_id)
	row = connection.execute(query).one_or_none()
	return _run(row) if row else None


def _refuse_too_many(connection: Connection, user: str, most: int) -> None:
	query = select(func.count()).select_from(runs).where(runs.c.user == user, runs.c.state.in_(_ACTIVE))
	if connection.execute(query).scalar_one() >= most:
		raise TooManyRequests(f"You have {most} answers under way. Wait for one to end, or stop it.", 2.0)


def _insert_run(connection: Connection, new: NewRun) -> Run:
	conversation = _open_conversation(connection, new.user, new.conversation_id, new.title, new.created)
	connection.execute(
		insert(messages),
		[
			_message_row(id, conversation, message.role, message.content, "", new.created, _given(message))
			for id, message in zip(new.message_ids, new.messages, strict=True)
		],
	)
	connection.execute(
		insert(runs),
		{
			"id": new.id,
			"user": new.user,
			"conversation": conversation,
			"conversation_id": new.conversation_id,
			"user_message_id": new.message_ids[-1],
			"state": "queued",
			"attempts": 0,
			"generation": msgspec.json.encode(new.generation).decode(),
			"request_id": new.request_id,
			"digest": new.digest,
			"created": new.created,
		},
	)
	return Run(
		id=new.id,
		user=new.user,
		conversation_id=new.conversation_id,
		state="queued",
		attempts=0,
		created=new.created,
		generation=new.generation,
		user_message_id=new.message_ids[-1],
		request_id=new.request_id,
		digest=new.digest,
	)


def _given(message: Message) -> _Details:
	return _Details(tool_calls=message.tool_calls, tool_call_id=message.tool_call_id)


def _message_row(
	id: str, conversation: int, role: str, content: str, reasoning: str, created: float, details: _Details
) -> dict[str, Any]:
	return {
		"id": id,
		"conversation": conversation,
		"role": role,
		"content": content,
		"reasoning": reasoning,
		"created": created,
		"details": msgspec.json.encode(details).decode(),
	}


def _finish(connection: Connection, found: Row[Any], result: RunResult) -> None:
	message_id = None
	if result.text or result.reasoning or result.tool_calls:
		message_id = uuid4().hex
		row = _message_row(
			message_id,
			found.conversation,
			"assistant",
			result.text,
			result.reasoning,
			result.ended,
			_made(result),
		)
		connection.execute(insert(messages), row | {"run": found.id})
	bare = replace(result, text="", reasoning="", opaque=())
	connection.execute(
		update(runs)
		.where(runs.c.id == found.id)
		.values(
			state=result.state,
			attempts=result.attempt,
			message_id=message_id,
			result=msgspec.json.encode(bare).decode(),
		)
	)
	connection.execute(
		update(conversations)
		.where(conversations.c.number == found.conversation)
		.values(modified=result.ended)
	)


def _made(result: RunResult) -> _Details:
	return _Details(
		tool_calls=result.tool_calls,
		sources=result.sources,
		usage=result.usage,
		provider=result.provider,
		model=result.model,
		opaque=result.opaque,
		error=result.error,
		finish_reason=result.finish_reason,
		timing=result.timing,
	)


def _runs() -> Select[Any]:
	"""Runs with the text of their answers."""
	return select(
		runs, messages.c.content.label("answer"), messages.c.reasoning.label("answer_reasoning")
	).outerjoin(messages, messages.c.id == runs.c.message_id)


def _run(row: Row[Any]) -> Run:
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


def _conversation(row: Row[Any]) -> Conversation:
	return Conversation(row.id, row.title, row.created, row.modified)


def _message(row: Row[Any]) -> Message:
	details = _details.decode(row.details)
	return Message(
		role=row.role,
		content=row.content,
		reasoning=row.reasoning,
		tool_calls=details.tool_calls,
		tool_call_id=details.tool_call_id,
		provider=details.provider,
		opaque=details.opaque,
	)


def _stored_message(row: Row[Any]) -> StoredMessage:
	details = _details.decode(row.details)
	return StoredMessage(
		id=row.id,
		role=row.role,
		content=row.content,
		reasoning=row.reasoning,
		created=row.created,
		tool_calls=details.tool_calls,
		sources=details.sources,
		usage=details.usage,
		task_id=row.run,
		error=details.error,
		finish_reason=details.finish_reason,
		model=details.model,
		provider=details.provider,
		timing=details.timing,
	)
