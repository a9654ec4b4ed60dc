"""The store in SQL: conversations, messages and runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from ai_assistant.core.errors import TooManyRequests
from ai_assistant.core.store import Conversation, LoadedRun, NewRun, Run, RunResult, StoredMessage
from ai_assistant.hosts.standalone import queries, rows
from ai_assistant.hosts.standalone.database import Database

_T = TypeVar("_T")


class SqlStore:
	"""Implements core.store.Store."""

	def __init__(self, engine: Engine):
		self._database = Database(engine)

	def create_conversation(self, user: str, conversation_id: str, title: str, now: float) -> Conversation:
		def work(connection: Connection) -> Conversation:
			self._lock_owner(connection, user)
			found = connection.execute(
				queries.CONVERSATION, {"user": user, "id": conversation_id}
			).one_or_none()
			if found:
				return rows.conversation(found)
			_insert_conversation(connection, user, conversation_id, title, now)
			return Conversation(conversation_id, title, now, now)

		return self._write(work)

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None:
		with self._database.read() as connection:
			row = connection.execute(
				queries.CONVERSATION, {"user": user, "id": conversation_id}
			).one_or_none()
		return rows.conversation(row) if row else None

	def list_conversations(
		self, user: str, limit: int, before: tuple[float, str] | None
	) -> list[Conversation]:
		query = queries.CONVERSATIONS_BEFORE if before else queries.CONVERSATIONS
		place = dict(zip(("before", "before_id"), before, strict=True)) if before else {}
		with self._database.read() as connection:
			found = connection.execute(query, {"user": user, "most": limit} | place)
			return [rows.conversation(row) for row in found]

	def get_messages(
		self, user: str, conversation_id: str, limit: int, before: str | None
	) -> list[StoredMessage] | None:
		with self._database.read() as connection:
			conversation = connection.execute(
				queries.CONVERSATION, {"user": user, "id": conversation_id}
			).one_or_none()
			if conversation is None:
				return None
			query = queries.MESSAGES_BEFORE if before else queries.MESSAGES
			place = {"before": before} if before else {}
			found = connection.execute(query, {"conversation": conversation.number, "most": limit} | place)
			return [rows.stored_message(row) for row in reversed(found.all())]

	def create_run(self, new: NewRun, most_active: int) -> Run:
		def work(connection: Connection) -> Run:
			self._lock_owner(connection, new.user)
			if earlier := _earlier_run(connection, new):
				return earlier
			if connection.execute(queries.COUNT_ACTIVE, {"user": new.user}).scalar_one() >= most_active:
				raise TooManyRequests(
					f"You have {most_active} answers under way. Wait for one to end, or stop it.", 2.0
				)
			return _insert_run(connection, new)

		return self._write(work)

	def get_run(self, user: str, run_id: str) -> Run | None:
		with self._database.read() as connection:
			row = connection.execute(queries.RUN_OF_USER, {"id": run_id, "user": user}).one_or_none()
		return rows.run(row) if row else None

	def active_runs(self, user: str, conversation_id: str) -> list[Run]:
		with self._database.read() as connection:
			found = connection.execute(queries.ACTIVE_RUNS, {"user": user, "id": conversation_id})
			return [rows.run(row) for row in found]

	def discard_run(self, run_id: str) -> None:
		def work(connection: Connection) -> None:
			row = connection.execute(queries.RUN, {"id": run_id}).one_or_none()
			if row is None:
				return
			connection.execute(queries.DELETE_RUN, {"run": run_id})
			connection.execute(queries.DELETE_MESSAGES, {"conversation": row.conversation, "at": row.created})
			connection.execute(queries.DELETE_IF_EMPTY, {"conversation": row.conversation})

		self._write(work)

	def load_runs(self, run_ids: Sequence[str], most_messages: int) -> list[LoadedRun | None]:
		with self._database.read() as connection:
			return [_load(connection, run_id, most_messages) for run_id in run_ids]

	def begin_attempts(self, attempts: Sequence[tuple[str, int]]) -> list[bool]:
		with self._database.write() as connection:
			return [
				connection.execute(queries.BEGIN_ATTEMPT, {"run": run_id, "attempt": attempt}).rowcount == 1
				for run_id, attempt in attempts
			]

	def finish_run(self, run_id: str, result: RunResult) -> Run | None:
		with self._database.write() as connection:
			row = connection.execute(queries.RUN_LOCKED, {"id": run_id}).one_or_none()
			if row is None:
				return None
			run = rows.run(row)
			if run.result is not None:
				return run
			if run.attempts > result.attempt:
				return None
			return _finish(connection, run, row.conversation, result)

	def unfinished_runs(self, created_before: float, limit: int) -> list[Run]:
		with self._database.read() as connection:
			found = connection.execute(queries.UNFINISHED_RUNS, {"before": created_before, "most": limit})
			return [rows.run(row) for row in found]

	def _write(self, work: Callable[[Connection], _T]) -> _T:
		"""Does the work in one transaction; once more if another made the same row at the same moment."""
		try:
			with self._database.write() as connection:
				return work(connection)
		except IntegrityError:
			with self._database.write() as connection:
				return work(connection)

	def _lock_owner(self, connection: Connection, user: str) -> None:
		"""What follows sees all that other transactions did for this user before."""
		if self._database.has_one_writer:
			return
		if connection.execute(queries.LOCK_OWNER, {"user": user}).first() is None:
			connection.execute(queries.INSERT_OWNER, {"user": user})


def _insert_conversation(connection: Connection, user: str, id: str, title: str, now: float) -> int:
	row = {"user": user, "id": id, "title": title, "created": now, "modified": now}
	inserted = connection.execute(queries.INSERT_CONVERSATION, row).inserted_primary_key
	assert inserted is not None
	return int(inserted[0])


def _earlier_run(connection: Connection, new: NewRun) -> Run | None:
	"""What this user asked for with the same `request_id`."""
	if new.request_id is None:
		return None
	key = {"user": new.user, "request_id": new.request_id}
	row = connection.execute(queries.RUN_OF_REQUEST, key).one_or_none()
	return rows.run(row) if row else None


def _insert_run(connection: Connection, new: NewRun) -> Run:
	conversation = _open_conversation(connection, new)
	run = new.queued()
	connection.execute(queries.INSERT_MESSAGE, rows.given_messages(new, conversation))
	connection.execute(queries.INSERT_RUN, rows.run_row(run, conversation))
	return run


def _open_conversation(connection: Connection, new: NewRun) -> int:
	"""The number of the run's conversation, which is made if it is new."""
	key = {"user": new.user, "id": new.conversation_id}
	row = connection.execute(queries.CONVERSATION, key).one_or_none()
	if row is None:
		return _insert_conversation(connection, new.user, new.conversation_id, new.title, new.created)
	change = {"conversation": row.number, "now": new.created, "first_title": new.title}
	connection.execute(queries.GO_ON_WITH_CONVERSATION, change)
	return int(row.number)


def _load(connection: Connection, run_id: str, most_messages: int) -> LoadedRun | None:
	row = connection.execute(queries.RUN, {"id": run_id}).one_or_none()
	if row is None:
		return None
	found = connection.execute(queries.RUN_MESSAGES, {"id": run_id, "others": most_messages - 1})
	return LoadedRun(rows.run(row), [rows.message(message) for message in found])


def _finish(connection: Connection, run: Run, conversation: int, result: RunResult) -> Run:
	message_id = uuid4().hex if result.text or result.reasoning or result.tool_calls else None
	if message_id:
		connection.execute(queries.INSERT_MESSAGE, rows.answer(message_id, run.id, conversation, result))
	change = {
		"run": run.id,
		"outcome": result.state,
		"attempt": result.attempt,
		"answer": message_id,
		"details": rows.result_text(result),
	}
	connection.execute(queries.FINISH_RUN, change)
	now = {"conversation": conversation, "now": result.ended, "first_title": ""}
	connection.execute(queries.GO_ON_WITH_CONVERSATION, now)
	return replace(
		run,
		state=result.state,
		attempts=result.attempt,
		message_id=message_id,
		result=replace(result, opaque=()),
	)
