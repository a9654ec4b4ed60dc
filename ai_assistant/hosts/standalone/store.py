"""The store in SQL: conversations, messages and runs.

Statements are built once, at import: building one costs several times what running it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import (
	BindParameter,
	Connection,
	Engine,
	and_,
	bindparam,
	case,
	func,
	insert,
	or_,
	select,
	update,
)
from sqlalchemy.exc import IntegrityError

from ai_assistant.core.errors import TooManyRequests
from ai_assistant.core.store import Conversation, LoadedRun, NewRun, Run, RunResult, StoredMessage
from ai_assistant.hosts.standalone import rows
from ai_assistant.hosts.standalone.database import Database
from ai_assistant.hosts.standalone.tables import conversations, messages, owners, runs

_T = TypeVar("_T")

_MOST: BindParameter[int] = bindparam("most")
_USER: BindParameter[str] = bindparam("user")
_ID: BindParameter[str] = bindparam("id")

_LOCK_OWNER = select(owners.c.user).where(owners.c.user == _USER).with_for_update()
_INSERT_OWNER = insert(owners)

_CONVERSATION = select(conversations).where(conversations.c.user == _USER, conversations.c.id == _ID)
_CONVERSATIONS = (
	select(conversations)
	.where(conversations.c.user == _USER)
	.order_by(conversations.c.modified.desc(), conversations.c.id.desc())
	.limit(_MOST)
)
_CONVERSATIONS_BEFORE = _CONVERSATIONS.where(
	or_(
		conversations.c.modified < bindparam("before"),
		and_(conversations.c.modified == bindparam("before"), conversations.c.id < bindparam("before_id")),
	)
)
_INSERT_CONVERSATION = insert(conversations)
_GO_ON_WITH_CONVERSATION = (
	update(conversations)
	.where(conversations.c.number == bindparam("conversation"))
	.values(
		modified=bindparam("now"),
		title=case((conversations.c.title == "", bindparam("first_title")), else_=conversations.c.title),
	)
)

_INSERT_MESSAGE = insert(messages)
_MESSAGES = (
	select(messages)
	.where(messages.c.conversation == bindparam("conversation"))
	.order_by(messages.c.number.desc())
	.limit(_MOST)
)
_MESSAGES_BEFORE = _MESSAGES.where(
	messages.c.number
	< select(messages.c.number).where(messages.c.id == bindparam("before")).scalar_subquery()
)
_QUESTION = messages.alias("question")
_RUN_MESSAGES = (
	select(messages)
	.select_from(runs)
	.join(_QUESTION, _QUESTION.c.id == runs.c.user_message_id)
	.join(messages, messages.c.conversation == _QUESTION.c.conversation)
	.where(runs.c.id == _ID, messages.c.number <= _QUESTION.c.number, messages.c.is_empty.is_(False))
	.order_by(messages.c.number.desc())
	.limit(_MOST)
)

_IS_ACTIVE = or_(runs.c.state == "queued", runs.c.state == "running")
_RUNS = select(
	runs, messages.c.content.label("answer"), messages.c.reasoning.label("answer_reasoning")
).outerjoin(messages, messages.c.id == runs.c.message_id)
_RUN = _RUNS.where(runs.c.id == _ID)
_RUN_OF_USER = _RUN.where(runs.c.user == _USER)
_RUN_LOCKED = _RUN.with_for_update(of=runs)
_RUN_OF_REQUEST = _RUNS.where(runs.c.user == _USER, runs.c.request_id == bindparam("request_id"))
_ACTIVE_RUNS = _RUNS.where(runs.c.user == _USER, runs.c.conversation_id == _ID, _IS_ACTIVE).order_by(
	runs.c.created
)
_UNFINISHED_RUNS = (
	_RUNS.where(_IS_ACTIVE, runs.c.created < bindparam("before")).order_by(runs.c.created).limit(_MOST)
)
_COUNT_ACTIVE = select(func.count()).select_from(runs).where(runs.c.user == _USER, _IS_ACTIVE)
_INSERT_RUN = insert(runs)
_BEGIN_ATTEMPT = (
	update(runs)
	.where(runs.c.id == bindparam("run"), runs.c.attempts < bindparam("attempt"), _IS_ACTIVE)
	.values(state="running", attempts=bindparam("attempt"))
)
_FINISH_RUN = (
	update(runs)
	.where(runs.c.id == bindparam("run"))
	.values(
		state=bindparam("outcome"),
		attempts=bindparam("attempt"),
		message_id=bindparam("answer"),
		result=bindparam("details"),
	)
)


class SqlStore:
	"""Implements core.store.Store."""

	def __init__(self, engine: Engine):
		self._database = Database(engine)

	def create_conversation(self, user: str, conversation_id: str, title: str, now: float) -> Conversation:
		def work(connection: Connection) -> Conversation:
			self._lock_owner(connection, user)
			found = connection.execute(_CONVERSATION, {"user": user, "id": conversation_id}).one_or_none()
			if found:
				return rows.conversation(found)
			_insert_conversation(connection, user, conversation_id, title, now)
			return Conversation(conversation_id, title, now, now)

		return self._write(work)

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None:
		with self._database.read() as connection:
			row = connection.execute(_CONVERSATION, {"user": user, "id": conversation_id}).one_or_none()
		return rows.conversation(row) if row else None

	def list_conversations(
		self, user: str, limit: int, before: tuple[float, str] | None
	) -> list[Conversation]:
		query = _CONVERSATIONS_BEFORE if before else _CONVERSATIONS
		place = dict(zip(("before", "before_id"), before, strict=True)) if before else {}
		with self._database.read() as connection:
			found = connection.execute(query, {"user": user, "most": limit} | place)
			return [rows.conversation(row) for row in found]

	def get_messages(
		self, user: str, conversation_id: str, limit: int, before: str | None
	) -> list[StoredMessage] | None:
		with self._database.read() as connection:
			conversation = connection.execute(
				_CONVERSATION, {"user": user, "id": conversation_id}
			).one_or_none()
			if conversation is None:
				return None
			query = _MESSAGES_BEFORE if before else _MESSAGES
			place = {"before": before} if before else {}
			found = connection.execute(query, {"conversation": conversation.number, "most": limit} | place)
			return [rows.stored_message(row) for row in reversed(found.all())]

	def create_run(self, new: NewRun, most_active: int) -> Run:
		def work(connection: Connection) -> Run:
			self._lock_owner(connection, new.user)
			if earlier := _earlier_run(connection, new):
				return earlier
			if connection.execute(_COUNT_ACTIVE, {"user": new.user}).scalar_one() >= most_active:
				raise TooManyRequests(
					f"You have {most_active} answers under way. Wait for one to end, or stop it.", 2.0
				)
			return _insert_run(connection, new)

		return self._write(work)

	def get_run(self, user: str, run_id: str) -> Run | None:
		with self._database.read() as connection:
			row = connection.execute(_RUN_OF_USER, {"id": run_id, "user": user}).one_or_none()
		return rows.run(row) if row else None

	def active_runs(self, user: str, conversation_id: str) -> list[Run]:
		with self._database.read() as connection:
			found = connection.execute(_ACTIVE_RUNS, {"user": user, "id": conversation_id})
			return [rows.run(row) for row in found]

	def load_runs(self, run_ids: Sequence[str], most_messages: int) -> list[LoadedRun | None]:
		with self._database.read() as connection:
			return [_load(connection, run_id, most_messages) for run_id in run_ids]

	def begin_attempts(self, attempts: Sequence[tuple[str, int]]) -> list[bool]:
		with self._database.write() as connection:
			return [
				connection.execute(_BEGIN_ATTEMPT, {"run": run_id, "attempt": attempt}).rowcount == 1
				for run_id, attempt in attempts
			]

	def finish_run(self, run_id: str, result: RunResult) -> Run | None:
		with self._database.write() as connection:
			row = connection.execute(_RUN_LOCKED, {"id": run_id}).one_or_none()
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
			found = connection.execute(_UNFINISHED_RUNS, {"before": created_before, "most": limit})
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
		if connection.execute(_LOCK_OWNER, {"user": user}).first() is None:
			connection.execute(_INSERT_OWNER, {"user": user})


def _insert_conversation(connection: Connection, user: str, id: str, title: str, now: float) -> int:
	row = {"user": user, "id": id, "title": title, "created": now, "modified": now}
	inserted = connection.execute(_INSERT_CONVERSATION, row).inserted_primary_key
	assert inserted is not None
	return int(inserted[0])


def _earlier_run(connection: Connection, new: NewRun) -> Run | None:
	"""What this user asked for with the same `request_id`."""
	if new.request_id is None:
		return None
	key = {"user": new.user, "request_id": new.request_id}
	row = connection.execute(_RUN_OF_REQUEST, key).one_or_none()
	return rows.run(row) if row else None


def _insert_run(connection: Connection, new: NewRun) -> Run:
	conversation = _open_conversation(connection, new)
	run = rows.queued_run(new)
	connection.execute(_INSERT_MESSAGE, rows.given_messages(new, conversation))
	connection.execute(_INSERT_RUN, rows.run_row(run, conversation))
	return run


def _open_conversation(connection: Connection, new: NewRun) -> int:
	"""The number of the run's conversation, which is made if it is new."""
	key = {"user": new.user, "id": new.conversation_id}
	row = connection.execute(_CONVERSATION, key).one_or_none()
	if row is None:
		return _insert_conversation(connection, new.user, new.conversation_id, new.title, new.created)
	change = {"conversation": row.number, "now": new.created, "first_title": new.title}
	connection.execute(_GO_ON_WITH_CONVERSATION, change)
	return int(row.number)


def _load(connection: Connection, run_id: str, most_messages: int) -> LoadedRun | None:
	row = connection.execute(_RUN, {"id": run_id}).one_or_none()
	if row is None:
		return None
	found = connection.execute(_RUN_MESSAGES, {"id": run_id, "most": most_messages}).all()
	return LoadedRun(rows.run(row), [rows.message(message) for message in reversed(found)])


def _finish(connection: Connection, run: Run, conversation: int, result: RunResult) -> Run:
	message_id = uuid4().hex if result.text or result.reasoning or result.tool_calls else None
	if message_id:
		connection.execute(_INSERT_MESSAGE, rows.answer(message_id, run.id, conversation, result))
	change = {
		"run": run.id,
		"outcome": result.state,
		"attempt": result.attempt,
		"answer": message_id,
		"details": rows.result_text(result),
	}
	connection.execute(_FINISH_RUN, change)
	now = {"conversation": conversation, "now": result.ended, "first_title": ""}
	connection.execute(_GO_ON_WITH_CONVERSATION, now)
	return replace(
		run,
		state=result.state,
		attempts=result.attempt,
		message_id=message_id,
		result=replace(result, opaque=()),
	)
