"""The store on a Frappe site: conversations, messages and runs in the tables of the app's DocTypes.

Rows are written by SQL: a document's way through the ORM costs ten times what its row does, and nothing hooks in here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import frappe

from ai_assistant.core.deltas import Usage
from ai_assistant.core.errors import ServiceUnavailable, TooManyRequests
from ai_assistant.core.events import Timing
from ai_assistant.core.messages import Conversation, StoredMessage
from ai_assistant.core.store import LoadedRun, NewRun, Run, RunResult
from ai_assistant.hosts.frappe import rows
from ai_assistant.hosts.frappe.clock import site_time
from ai_assistant.hosts.frappe.rows import Row

_LOCK_PATIENCE = 15
"""Seconds that a request of a user waits for another one's."""

_ACTIVE = "status in ('Queued', 'Running')"

_RUNS = """
select r.*, m.content answer_content, m.reasoning answer_reasoning, m.tool_calls answer_tool_calls,
	m.sources answer_sources
from `tabAI Run` r left join `tabAI Message` m on m.name = r.message
"""

_ANSWERED = ", ".join(
	f"r.{name}"
	for name in (*Usage.__struct_fields__, *Timing.__struct_fields__, "error", "finish_reason", "usage_basis")
	if name != "basis"
)

_MESSAGES = f"select m.*, {_ANSWERED} from `tabAI Message` m left join `tabAI Run` r on r.name = m.run "

_RUN_MESSAGES = """
select m.* from `tabAI Run` r
join `tabAI Message` q on q.name = r.user_message
join `tabAI Message` m on m.conversation = q.conversation and m.position <= q.position
where r.name = %s and (m.role <> 'assistant' or m.content <> '' or m.tool_calls is not null)
	and (m.role = 'system' or m.position >= coalesce((
		select e.position from `tabAI Message` e
		where e.conversation = q.conversation and e.position < q.position and e.creation < r.creation
			and e.role <> 'system' and (e.role <> 'assistant' or e.content <> '' or e.tool_calls is not null)
		order by e.position desc limit 1 offset %s
	), 0))
order by m.position
"""


class FrappeStore:
	"""Implements core.store.Store on the site that `frappe` is connected to.

	What writes commits by itself, for the queue is told of it next and other processes read it then.
	"""

	def create_conversation(self, user: str, conversation_id: str, title: str, now: float) -> Conversation:
		with _one_at_a_time(user):
			found = _conversation(user, conversation_id)
			return rows.conversation(found or _insert_conversation(user, conversation_id, title, now))

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None:
		found = _conversation(user, conversation_id)
		return rows.conversation(found) if found else None

	def list_conversations(
		self, user: str, limit: int, before: tuple[float, str] | None
	) -> list[Conversation]:
		query, values = "select * from `tabAI Conversation` where owner = %s", list[Any]([user])
		if before:
			modified = site_time(before[0])
			query += " and (modified < %s or modified = %s and conversation_id < %s)"
			values += [modified, modified, before[1]]
		query += " order by modified desc, conversation_id desc limit %s"
		return [rows.conversation(row) for row in _select(query, *values, limit)]

	def get_messages(
		self, user: str, conversation_id: str, limit: int, before: str | None
	) -> list[StoredMessage] | None:
		conversation = _conversation(user, conversation_id)
		if conversation is None:
			return None
		query, values = _MESSAGES + "where m.conversation = %s", [conversation["name"]]
		if before:
			query += " and m.position < (select position from `tabAI Message` where name = %s)"
			values.append(before)
		found = _select(query + " order by m.position desc limit %s", *values, limit)
		return [rows.stored_message(row) for row in reversed(found)]

	def create_run(self, new: NewRun, most_active: int) -> Run:
		with _one_at_a_time(new.user):
			if new.request_id and (earlier := _earlier_run(new)):
				return earlier
			((active,),) = frappe.db.sql(
				f"select count(*) from `tabAI Run` where owner = %s and {_ACTIVE}", new.user
			)
			if active >= most_active:
				raise TooManyRequests(
					f"You have {most_active} answers under way. Wait for one to end, or stop it.", 2.0
				)
			return _insert_run(new)

	def get_run(self, user: str, run_id: str) -> Run | None:
		found = _select(_RUNS + "where r.name = %s and r.owner = %s", run_id, user)
		is_exact = bool(found) and found[0]["name"] == run_id  # a database may compare without regard to case
		return rows.run(found[0]) if is_exact else None

	def active_runs(self, user: str, conversation_id: str) -> list[Run]:
		condition = f"where r.owner = %s and r.conversation_id = %s and r.{_ACTIVE} order by r.creation"
		return [rows.run(row) for row in _select(_RUNS + condition, user, conversation_id)]

	def discard_run(self, run_id: str) -> None:
		found = _select("select conversation, creation from `tabAI Run` where name = %s", run_id)
		if not found:
			return
		conversation, created = found[0]["conversation"], found[0]["creation"]
		frappe.db.delete("AI Run", {"name": run_id})
		frappe.db.delete(
			"AI Message", {"conversation": conversation, "creation": created, "run": ("is", "not set")}
		)
		if not frappe.db.exists("AI Message", {"conversation": conversation}):
			frappe.db.delete("AI Conversation", {"name": conversation})
		frappe.db.commit()  # the request fails next, and would undo this

	def load_runs(self, run_ids: Sequence[str], most_messages: int) -> list[LoadedRun | None]:
		if not run_ids:
			return []
		found = {row["name"]: rows.run(row) for row in _select(_RUNS + "where r.name in %s", tuple(run_ids))}
		return [
			LoadedRun(found[run_id], _run_messages(run_id, most_messages)) if run_id in found else None
			for run_id in run_ids
		]

	def begin_attempts(self, attempts: Sequence[tuple[str, int]]) -> list[bool]:
		begun = [_begin(run_id, attempt) for run_id, attempt in attempts]
		frappe.db.commit()  # the claim holds from here on, while the provider is being asked
		return begun

	def finish_run(self, run_id: str, result: RunResult) -> Run | None:
		found = _select("select * from `tabAI Run` where name = %s for update", run_id)
		if not found:
			return None
		row = found[0]
		if row["status"] in ("Completed", "Failed"):
			return _ended(run_id)
		if row["attempts"] > result.attempt:
			return None
		run = _finish(row, result)
		frappe.db.commit()  # the final event is published next, and means that the answer is kept
		return run

	def unfinished_runs(self, created_before: float, limit: int) -> list[Run]:
		condition = f"where r.{_ACTIVE} and r.creation < %s order by r.creation limit %s"
		return [rows.run(row) for row in _select(_RUNS + condition, site_time(created_before), limit)]


@contextmanager
def _one_at_a_time(user: str) -> Iterator[None]:
	"""A transaction that sees all that other requests of this user did before, committed at the end."""
	key = hashlib.sha1(f"{frappe.local.site} {user}".encode()).hexdigest()
	((locked,),) = frappe.db.sql("select get_lock(%s, %s)", (key, _LOCK_PATIENCE))
	if not locked:
		raise ServiceUnavailable("The site is busy. Please try again.")
	try:
		frappe.db.commit()  # ends the snapshot that the request's own checks have begun
		yield
		frappe.db.commit()  # before the lock goes: the next one must see it
	except BaseException:
		frappe.db.rollback()
		raise
	finally:
		frappe.db.sql("select release_lock(%s)", key)


def _select(query: str, *values: Any) -> list[Row]:
	found: list[Row] = frappe.db.sql(query, values, as_dict=True)
	return found


def _insert(doctype: str, row: Row) -> None:
	"""What is None keeps its column's default."""
	given = {name: value for name, value in row.items() if value is not None}
	names, places = ", ".join(f"`{name}`" for name in given), ", ".join(["%s"] * len(given))
	frappe.db.sql(f"insert into `tab{doctype}` ({names}) values ({places})", tuple(given.values()))


def _update(doctype: str, name: str, change: Row) -> None:
	given = {column: value for column, value in change.items() if value is not None}
	changes = ", ".join(f"`{column}` = %s" for column in given)
	frappe.db.sql(f"update `tab{doctype}` set {changes} where name = %s", (*given.values(), name))


def _conversation(user: str, conversation_id: str) -> Row | None:
	query = "select * from `tabAI Conversation` where owner = %s and conversation_id = %s"
	found = _select(query, user, conversation_id)
	return found[0] if found else None


def _insert_conversation(user: str, conversation_id: str, title: str, now: float) -> Row:
	row = rows.document(uuid4().hex, user, now) | {"conversation_id": conversation_id, "title": title}
	_insert("AI Conversation", row)
	return row


def _earlier_run(new: NewRun) -> Run | None:
	"""What this user asked for with the same `request_id`."""
	found = _select(_RUNS + "where r.owner = %s and r.request_id = %s", new.user, new.request_id)
	return rows.run(found[0]) if found else None


def _insert_run(new: NewRun) -> Run:
	conversation, position = _open_conversation(new)
	for message in rows.given_messages(new, conversation, position):
		_insert("AI Message", message)
	_insert("AI Run", rows.run_row(new, conversation))
	return new.queued()


def _open_conversation(new: NewRun) -> tuple[str, int]:
	"""The name of the run's conversation, which is made if it is new, and the position of what is said next."""
	found = _conversation(new.user, new.conversation_id)
	if found is None:
		made = _insert_conversation(new.user, new.conversation_id, new.title, new.created)
		return made["name"], 1
	change = {"modified": site_time(new.created), "title": None if found["title"] else new.title}
	_update("AI Conversation", found["name"], change)
	return found["name"], _next_position(found["name"])


def _next_position(conversation: str) -> int:
	"""Locks the conversation: questions and answers may come at the same moment."""
	frappe.db.sql("select name from `tabAI Conversation` where name = %s for update", conversation)
	query = "select coalesce(max(position), 0) + 1 from `tabAI Message` where conversation = %s"
	((position,),) = frappe.db.sql(query, conversation)
	return int(position)


def _run_messages(run_id: str, most: int) -> list[Any]:
	return [rows.message(row) for row in _select(_RUN_MESSAGES, run_id, most - 1)]


def _begin(run_id: str, attempt: int) -> bool:
	query = f"update `tabAI Run` set status = 'Running', attempts = %s where name = %s and attempts < %s and {_ACTIVE}"
	frappe.db.sql(query, (attempt, run_id, attempt))
	return bool(frappe.db._cursor.rowcount)


def _finish(row: Row, result: RunResult) -> Run:
	message_id = uuid4().hex if result.text or result.reasoning or result.tool_calls else None
	if message_id:
		answer = rows.answer(message_id, row, _next_position(row["conversation"]), result)
		_insert("AI Message", answer)
	change = rows.result_row(result, message_id)
	_update("AI Run", row["name"], change)
	_update("AI Conversation", row["conversation"], {"modified": site_time(result.ended)})
	return _ended(row["name"])


def _ended(run_id: str) -> Run:
	return rows.run(_select(_RUNS + "where r.name = %s", run_id)[0])
