"""The store in SQL: conversations, messages and runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row

from ai_assistant.core.errors import NotFound
from ai_assistant.core.run import Branch, NewRun, Run, RunResult
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Finished, LoadedRun, Turnover
from ai_assistant.core.turns import UnderWay, check_results, first_state, placed, turnover
from ai_assistant.hosts.standalone import queries, rows
from ai_assistant.hosts.standalone.conversations import (
	SqlConversations,
	find_conversation,
	find_preferences,
	insert_conversation,
	remove_conversation,
)
from ai_assistant.hosts.standalone.database import Database
from ai_assistant.hosts.standalone.ledger import SqlLedger, record

_NEVER = 1e12
"""Later than anything is said."""


class SqlStore(SqlConversations, SqlLedger):
	"""Implements core.store.Store."""

	def __init__(self, engine: Engine):
		self._database = Database(engine)

	def create_run(self, new: NewRun, limits: Limits) -> Run:
		with self._database.write() as connection:
			self._lock_owner(connection, new.user)
			if earlier := _earlier_run(connection, new):
				return earlier
			found = find_conversation(connection, new.user, new.conversation_id)
			under_way = _under_way(connection, new.user, found)
			modified, has_begun = (found.modified, found.leaf is not None) if found else (0.0, False)
			asked = placed(new, under_way, modified, has_begun)
			check_results(asked, lambda: _calls(connection, found))
			run = first_state(asked, under_way, limits)
			_insert_run(connection, asked, run, found)
			return run

	def get_run(self, user: str, run_id: str) -> Run | None:
		with self._database.read() as connection:
			row = connection.execute(queries.RUN_OF_USER, {"id": run_id, "user": user}).one_or_none()
		return rows.run(row) if row else None

	def active_runs(self, user: str, conversation_id: str) -> list[Run]:
		with self._database.read() as connection:
			found = connection.execute(queries.ACTIVE_RUNS, {"user": user, "id": conversation_id})
			return [rows.run(row) for row in found]

	def newest_runs(self, user: str, conversation_id: str, message_ids: Sequence[str]) -> list[Run]:
		with self._database.read() as connection:
			asked = {"user": user, "id": conversation_id, "messages": message_ids}
			found = connection.execute(queries.RUNS_OF_MESSAGES, asked)
			return list({row.user_message_id: rows.run(row) for row in found}.values())

	def discard_run(self, run_id: str, leaf: str | None = None) -> None:
		with self._database.write() as connection:
			row = connection.execute(queries.RUN, {"id": run_id}).one_or_none()
			if row is not None:
				self._lock_owner(connection, row.user)
				_discard(connection, row, leaf)

	def load_runs(self, run_ids: Sequence[str], most_messages: int) -> list[LoadedRun | None]:
		with self._database.read() as connection:
			return [_load(connection, run_id, most_messages) for run_id in run_ids]

	def read_files(self, attachment_ids: Sequence[str]) -> Mapping[str, str]:
		with self._database.read() as connection:
			found = connection.execute(queries.CONTENTS, {"ids": attachment_ids})
			return {row.id: row.content for row in found}

	def begin_attempts(self, attempts: Sequence[tuple[str, int]]) -> list[bool]:
		with self._database.write() as connection:
			return [
				connection.execute(queries.BEGIN_ATTEMPT, {"run": run_id, "attempt": attempt}).rowcount == 1
				for run_id, attempt in attempts
			]

	def finish_run(
		self, run_id: str, result: RunResult, limits: Limits, only_waiting: bool = False
	) -> Finished | None:
		with self._database.write() as connection:
			row = self._locked_run(connection, run_id)
			if row is None:
				return None
			run = rows.run(row)
			if run.result is not None:
				return Finished(run)
			if run.attempts > result.attempt or (only_waiting and run.state != "waiting"):
				return None
			ended = _finish(connection, run, row.conversation, result)
			freed = _free(connection, run.user, limits)
			_forget_if_deleted(connection, row.conversation)
			return Finished(ended, freed)

	def free_waiting(self, user: str, limits: Limits) -> Turnover:
		with self._database.write() as connection:
			self._lock_owner(connection, user)
			return _free(connection, user, limits)

	def unfinished_runs(self, created_before: float, limit: int, after: Run | None = None) -> list[Run]:
		place = {"created": after.created, "id": after.id} if after else {"created": 0.0, "id": ""}
		asked = {"before": created_before, "most": limit} | place
		with self._database.read() as connection:
			return [rows.run(row) for row in connection.execute(queries.UNFINISHED_RUNS, asked)]

	def _locked_run(self, connection: Connection, run_id: str) -> Row[Any] | None:
		"""As it is once no other transaction of its user is under way."""
		row = connection.execute(queries.RUN, {"id": run_id}).one_or_none()
		if row is None or self._database.has_one_writer:
			return row
		self._lock_owner(connection, row.user)
		return connection.execute(queries.RUN_LOCKED, {"id": run_id}).one_or_none()


def _earlier_run(connection: Connection, new: NewRun) -> Run | None:
	"""What this user asked for with the same `request_id`."""
	if new.request_id is None:
		return None
	key = {"user": new.user, "request_id": new.request_id}
	row = connection.execute(queries.RUN_OF_REQUEST, key).one_or_none()
	return rows.run(row) if row else None


def _under_way(connection: Connection, user: str, found: Row[Any] | None) -> UnderWay:
	"""`found`: the conversation in question, if there is one."""
	asked = {"user": user, "conversation": found.number if found else None}
	row = connection.execute(queries.UNDER_WAY, asked).one()
	return UnderWay(row.active, row.waiting, row.of_conversation, row.newest)


def _calls(connection: Connection, found: Row[Any] | None) -> set[str]:
	"""Ids of all tool calls in the conversation."""
	if found is None:
		return set()
	answers = connection.execute(queries.CALLING, {"conversation": found.number}).scalars()
	return {id for details in answers for id in rows.called(details)}


def _insert_run(connection: Connection, new: NewRun, run: Run, found: Row[Any] | None) -> None:
	conversation = _open_conversation(connection, new, run.user_message_id, found)
	if new.messages:
		leaf = found.leaf if found else None
		parent = _parent(connection, new.branch) if new.branch else leaf
		connection.execute(queries.INSERT_MESSAGE, rows.given_messages(new, conversation, parent))
	for file in rows.given_files(new):
		connection.execute(queries.INSERT_ATTACHMENT, file)
	connection.execute(queries.INSERT_RUN, rows.run_row(run, conversation))


def _open_conversation(connection: Connection, new: NewRun, leaf: str, row: Row[Any] | None) -> int:
	"""The number of the run's conversation, which is made if it is new and ends with this message from now on."""
	if row is None and new.branch:
		raise NotFound("There is no such message.")
	if row is None:
		return insert_conversation(connection, new.user, new.conversation_id, new.title, new.created, leaf)
	change = {"conversation": row.number, "now": new.created, "first_title": new.title, "message": leaf}
	connection.execute(queries.SPEAK_IN_CONVERSATION, change)
	return int(row.number)


def _parent(connection: Connection, branch: Branch) -> str | None:
	if branch.instead_of is None:
		return branch.parent
	return connection.execute(queries.PARENT, {"id": branch.instead_of}).scalar_one_or_none()


def _discard(connection: Connection, run: Row[Any], leaf: str | None) -> None:
	place, shown = {"conversation": run.conversation}, run.user_message_id
	brought = connection.execute(queries.BROUGHT_MESSAGES, place | {"at": run.created}).all()
	connection.execute(queries.DELETE_RUN, {"run": run.id})
	connection.execute(queries.DELETE_MESSAGES, place | {"at": run.created})
	earlier = leaf
	if brought:
		connection.execute(queries.FOLLOW_EARLIER, {"gone": shown, "earlier": brought[0].parent})
		earlier = leaf or brought[0].parent
	left = [one.id for one in connection.execute(queries.EVERY_PARENT, place)]
	if left:
		message = earlier if earlier in left else left[-1]
		connection.execute(queries.SHOW_ANSWER, place | {"question": shown, "message": message})
	connection.execute(queries.DELETE_IF_EMPTY, place)


def _load(connection: Connection, run_id: str, most_messages: int) -> LoadedRun | None:
	row = connection.execute(queries.RUN, {"id": run_id}).one_or_none()
	if row is None:
		return None
	asked = {"id": run_id, "conversation": row.conversation, "created": row.created, "most": most_messages}
	found = connection.execute(queries.RUN_MESSAGES, asked)
	messages = [rows.message(message) for message in found]
	preferences = find_preferences(connection, row.user)
	return LoadedRun(rows.run(row), messages, preferences if preferences.enabled else None)


def _finish(connection: Connection, run: Run, conversation: int, result: RunResult) -> Run:
	message_id = uuid4().hex if result.text or result.reasoning or result.tool_calls else None
	if message_id:
		connection.execute(queries.INSERT_MESSAGE, rows.answer(message_id, run, conversation, result))
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
	_show_answer(connection, run, conversation, message_id)
	if spending := result.spending(run):
		record(connection, spending)
	return replace(
		run,
		state=result.state,
		attempts=result.attempt,
		message_id=message_id,
		result=replace(result, opaque=()),
	)


def _show_answer(connection: Connection, run: Run, conversation: int, message_id: str | None) -> None:
	"""What was said to the run's question since then follows the answer, and so does a history that ended with the
	question; without an answer, an earlier one. What was said after the question was asked anew waits for that."""
	place = {"conversation": conversation, "question": run.user_message_id}
	others = connection.execute(queries.OTHERS_TO_COME, place).scalars().all()
	is_overtaken = message_id is None and any(asked < run.created for asked in others)
	answer = message_id or connection.execute(queries.NEWEST_ANSWER, place).scalar_one_or_none()
	if answer is None or is_overtaken:
		return
	later = [asked for asked in others if asked > run.created]
	span = {"answer": answer, "since": run.created, "until": min(later, default=_NEVER)}
	connection.execute(queries.FOLLOW_ANSWER, place | span)
	if not later:
		connection.execute(queries.SHOW_ANSWER, place | {"message": answer})


def _free(connection: Connection, user: str, limits: Limits) -> Turnover:
	found = connection.execute(queries.WAITING_RUNS, {"user": user})
	waiting = [(rows.run(row), row.conversation) for row in found]
	if not waiting:
		return Turnover()
	going_on = connection.execute(queries.GOING_ON, {"user": user}).scalars().all()
	change = turnover(waiting, going_on, limits)
	for run in change.freed:
		connection.execute(queries.FREE_RUN, {"run": run.id})
	return change


def _forget_if_deleted(connection: Connection, conversation: int) -> None:
	"""With the last of its runs a conversation goes that its user has deleted."""
	row = connection.execute(queries.IS_DELETED, {"conversation": conversation}).one_or_none()
	if row:
		remove_conversation(connection, conversation)
