"""The store on a Frappe site: conversations, messages and runs in the tables of the app's DocTypes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import frappe

from ai_assistant.core.errors import NotFound
from ai_assistant.core.run import Branch, NewRun, Run, RunResult
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Finished, LoadedRun, Turnover
from ai_assistant.core.turns import UnderWay, check_results, first_state, placed, turnover
from ai_assistant.hosts.frappe import conversation_rows, queries, rows
from ai_assistant.hosts.frappe.clock import site_time, unix_time
from ai_assistant.hosts.frappe.conversations import (
	FrappeConversations,
	find_active_runs,
	find_conversation,
	remove_conversation,
)
from ai_assistant.hosts.frappe.ledger import FrappeLedger, record
from ai_assistant.hosts.frappe.rows import Row
from ai_assistant.hosts.frappe.sql import find, insert, one_at_a_time, select, update


class FrappeStore(FrappeConversations, FrappeLedger):
	"""Implements core.store.Store on the site that `frappe` is connected to.

	What writes commits by itself, for the queue is told of it next and other processes read it then.
	"""

	def create_run(self, new: NewRun, limits: Limits) -> Run:
		with one_at_a_time(new.user):
			if new.request_id and (earlier := _earlier_run(new)):
				return earlier
			found = find_conversation(new.user, new.conversation_id)
			under_way = _under_way(new.user, found)
			modified = unix_time(found["modified"]) if found else 0.0
			asked = placed(new, under_way, modified, has_begun=bool(found and found["leaf"]))
			check_results(asked, lambda: _calls(found))
			run = first_state(asked, under_way, limits)
			_insert_run(asked, run, found)
			return run

	def get_run(self, user: str, run_id: str) -> Run | None:
		found = find(queries.RUNS + "where r.name = %s and r.owner = %s", run_id, user)
		return rows.run(found) if found else None

	def active_runs(self, user: str, conversation_id: str) -> list[Run]:
		return find_active_runs(user, conversation_id)

	def newest_runs(self, user: str, conversation_id: str, message_ids: Sequence[str]) -> list[Run]:
		found = select(queries.RUNS_OF_MESSAGES, user, conversation_id, tuple(message_ids))
		return list({row["user_message"]: rows.run(row) for row in found}.values())

	def discard_run(self, run_id: str, leaf: str | None = None) -> None:
		columns = "name, owner, conversation, user_message, creation"
		found = select(f"select {columns} from `tabAI Run` where name = %s", run_id)
		if found:
			# It also commits, for the request fails next, and would undo this.
			with one_at_a_time(found[0]["owner"]):
				_discard(found[0], leaf)

	def load_runs(self, run_ids: Sequence[str], most_messages: int) -> list[LoadedRun | None]:
		return [_load(run_id, most_messages) for run_id in run_ids]

	def read_files(self, attachment_ids: Sequence[str]) -> Mapping[str, str]:
		query = "select name, content from `tabAI Attachment` where name in %s"
		return {row["name"]: row["content"] or "" for row in select(query, tuple(attachment_ids))}

	def begin_attempts(self, attempts: Sequence[tuple[str, int]]) -> list[bool]:
		begun = [_begin(run_id, attempt) for run_id, attempt in attempts]
		frappe.db.commit()  # the claim holds from here on, while the provider is being asked
		return begun

	def finish_run(
		self, run_id: str, result: RunResult, limits: Limits, only_waiting: bool = False
	) -> Finished | None:
		found = select("select owner from `tabAI Run` where name = %s", run_id)
		if not found:
			return None
		# It also commits, so that the answer is there before its final event.
		with one_at_a_time(found[0]["owner"]):
			return _finish_once(run_id, result, limits, only_waiting)

	def free_waiting(self, user: str, limits: Limits) -> Turnover:
		with one_at_a_time(user):
			return _free(user, limits)

	def unfinished_runs(self, created_before: float, limit: int, after: Run | None = None) -> list[Run]:
		frappe.db.commit()  # who looks twice is to see what changed meanwhile
		condition = f" where r.{queries.IS_ACTIVE} and r.creation < %s"
		values: list[object] = [site_time(created_before)]
		if after:
			condition += " and (r.creation, r.name) > (%s, %s)"
			values += [site_time(after.created), after.id]
		condition += " order by r.creation, r.name limit %s"
		return [rows.run(row) for row in select(queries.ACTIVE_RUNS + condition, *values, limit)]


def _earlier_run(new: NewRun) -> Run | None:
	"""What this user asked for with the same `request_id`."""
	found = select(queries.RUNS + "where r.owner = %s and r.request_id = %s", new.user, new.request_id)
	return rows.run(found[0]) if found else None


def _under_way(user: str, found: Row | None) -> UnderWay:
	"""`found`: the conversation in question, if there is one."""
	(counted,) = select(queries.UNDER_WAY, found["name"] if found else None, user)
	newest = unix_time(counted["newest"]) if counted["newest"] else 0.0
	return UnderWay(counted["active"], int(counted["waiting"]), int(counted["of_conversation"]), newest)


def _calls(found: Row | None) -> set[str]:
	"""Ids of all tool calls in the conversation."""
	answers = select(queries.CALLING, found["name"]) if found else []
	return {id for row in answers for id in rows.called(row)}


def _insert_run(new: NewRun, run: Run, found: Row | None) -> None:
	conversation, leaf, position = _open_conversation(new, found)
	parent = _parent(new.branch) if new.branch else leaf
	given = rows.given_messages(new, conversation, position, parent)
	for row, message in zip(given, new.messages, strict=True):
		insert("AI Message", row)
		for file in rows.files(row, message.files):
			insert("AI Attachment", file)
	insert("AI Run", rows.run_row(run, conversation))


def _open_conversation(new: NewRun, found: Row | None) -> tuple[str, str | None, int]:
	"""The run's conversation, which is made if it is new and goes on with what is to be answered: its name, the message
	that it ended with, and the position of what is said next."""
	if found is None and new.branch:
		raise NotFound("There is no such message.")
	if found is None:
		made = conversation_rows.made(new.user, new.conversation_id, new.title, new.created)
		insert("AI Conversation", made | {"leaf": new.user_message_id})
		return made["name"], None, 1
	change = conversation_rows.change(None if found["title"] else new.title, "active")
	now = {"modified": site_time(new.created), "leaf": new.user_message_id}
	update("AI Conversation", found["name"], change | now)
	return found["name"], found["leaf"], _next_position(found["name"])


def _parent(branch: Branch) -> str | None:
	if branch.instead_of is None:
		return branch.parent
	found = select("select follows from `tabAI Message` where name = %s", branch.instead_of)
	return found[0]["follows"] if found else None


def _next_position(conversation: str) -> int:
	query = "select coalesce(max(position), 0) + 1 from `tabAI Message` where conversation = %s"
	((position,),) = frappe.db.sql(query, conversation)
	return int(position)


def _discard(run: Row, leaf: str | None) -> None:
	conversation, shown = run["conversation"], run["user_message"]
	brought = select(queries.BROUGHT_MESSAGES, conversation, run["creation"])
	frappe.db.sql("delete from `tabAI Run` where name = %s", run["name"])
	earlier = leaf
	if brought:
		names, parent = tuple(row["name"] for row in brought), brought[0]["follows"]
		frappe.db.sql("delete from `tabAI Attachment` where message in %s", (names,))
		frappe.db.sql("delete from `tabAI Message` where name in %s", (names,))
		change = "update `tabAI Message` set follows = %s where conversation = %s and follows = %s"
		frappe.db.sql(change, (parent, conversation, shown))
		earlier = leaf or parent
	query = "select name from `tabAI Message` where conversation = %s order by position"
	left = [row["name"] for row in select(query, conversation)]
	if left:
		change = "update `tabAI Conversation` set leaf = %s where name = %s and leaf = %s"
		frappe.db.sql(change, (earlier if earlier in left else left[-1], conversation, shown))
	else:
		remove_conversation(conversation)


def _load(run_id: str, most: int) -> LoadedRun | None:
	found = select(queries.RUN_TO_CARRY, run_id, most, run_id)
	if not found:
		return None
	preferences = conversation_rows.preferences(found[0])
	messages = [rows.message(row) for row in found]
	return LoadedRun(_run(found[0]), messages, preferences if preferences.enabled else None)


def _run(row: Row) -> Run:
	"""From a row of RUN_TO_CARRY; one that has ended since is read with its end."""
	if rows.is_active(row):
		return rows.run(row)
	(ended,) = select(queries.RUNS + "where r.name = %s", row["name"])
	return rows.run(ended)


def _begin(run_id: str, attempt: int) -> bool:
	query = "update `tabAI Run` set status = 'Running', attempts = %s where name = %s and attempts < %s"
	frappe.db.sql(f"{query} and {queries.IS_ACTIVE}", (attempt, run_id, attempt))
	return bool(frappe.db._cursor.rowcount)


def _finish_once(run_id: str, result: RunResult, limits: Limits, only_waiting: bool) -> Finished | None:
	found = select(queries.RUNS + "where r.name = %s for update", run_id)
	if not found:
		return None
	run, conversation = rows.run(found[0]), found[0]["conversation"]
	if run.result is not None:
		return Finished(run)
	if run.attempts > result.attempt or (only_waiting and run.state != "waiting"):
		return None
	ended = _finish(run, conversation, result)
	freed = _free(run.user, limits)
	if select(queries.IS_FORGOTTEN, conversation):
		remove_conversation(conversation)
	return Finished(ended, freed)


def _finish(run: Run, conversation: str, result: RunResult) -> Run:
	message_id = uuid4().hex if result.text or result.reasoning or result.tool_calls else None
	if message_id:
		insert("AI Message", rows.answer(message_id, run, conversation, _next_position(conversation), result))
	update("AI Run", run.id, rows.result_row(result, message_id))
	_show_answer(message_id, run, conversation, result.ended)
	if spending := result.spending(run):
		record(spending)
	return replace(
		run,
		state=result.state,
		attempts=result.attempt,
		message_id=message_id,
		result=replace(result, opaque=()),
	)


def _show_answer(message_id: str | None, run: Run, conversation: str, ended: float) -> None:
	"""What was said to the run's question since then follows the answer, and so does a history that ended with the
	question; without an answer, an earlier one. What was said after the question was asked anew waits for that."""
	question, asked, shown = run.user_message_id, site_time(run.created), run.user_message_id
	others = [row["creation"] for row in select(queries.OTHERS_TO_COME, conversation, question)]
	is_overtaken = message_id is None and any(other < asked for other in others)
	answer = message_id or _newest_answer(conversation, question)
	if answer and not is_overtaken:
		later = [other for other in others if other > asked]
		span = asked, min(later, default=datetime.max)
		frappe.db.sql(queries.FOLLOW_ANSWER, (answer, conversation, question, *span))
		shown = question if later else answer
	frappe.db.sql(queries.SHOW_ANSWER, (site_time(ended), question, shown, conversation))


def _newest_answer(conversation: str, question: str) -> str | None:
	found = select(queries.NEWEST_ANSWER, conversation, question)
	return found[0]["name"] if found else None


def _free(user: str, limits: Limits) -> Turnover:
	found = select(queries.ACTIVE_RUNS + " where r.owner = %s and r.status = 'Waiting'", user)
	waiting = [(rows.run(row), row["conversation"]) for row in found]
	if not waiting:
		return Turnover()
	change = turnover(waiting, [row["conversation"] for row in select(queries.GOING_ON, user)], limits)
	for run in change.freed:
		update("AI Run", run.id, {"status": "Queued"})
	return change
