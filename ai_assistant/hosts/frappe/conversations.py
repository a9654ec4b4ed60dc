"""Conversations on a Frappe site, as their users read and arrange them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import frappe

from ai_assistant.core.messages import (
	Conversation,
	ConversationStatus,
	Feedback,
	File,
	Found,
	Outline,
	Place,
	Preferences,
	StoredMessage,
)
from ai_assistant.core.run import Run
from ai_assistant.hosts.frappe import conversation_rows, queries, rows
from ai_assistant.hosts.frappe.clock import site_time
from ai_assistant.hosts.frappe.rows import Row
from ai_assistant.hosts.frappe.sql import find, insert, one_at_a_time, select, update


class FrappeConversations:
	"""What core.store.Store has of conversations."""

	def create_conversation(self, user: str, conversation_id: str, title: str, now: float) -> Conversation:
		with one_at_a_time(user):
			found = find_conversation(user, conversation_id)
			if found is None:
				found = conversation_rows.made(user, conversation_id, title, now)
				insert("AI Conversation", found)
			return conversation_rows.conversation(found)

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None:
		found = find_conversation(user, conversation_id)
		return conversation_rows.conversation(found) if found else None

	def list_conversations(
		self,
		user: str,
		limit: int,
		before: tuple[float, str] | None,
		status: ConversationStatus = "active",
		words: Sequence[str] = (),
	) -> list[Conversation]:
		query = "select * from `tabAI Conversation` where owner = %s and status = %s" + _hold("title", words)
		values: list[Any] = [user, status.capitalize(), *map(_pattern, words)]
		if before:
			modified = site_time(before[0])
			query += " and (modified < %s or modified = %s and conversation_id < %s)"
			values += [modified, modified, before[1]]
		query += " order by modified desc, conversation_id desc limit %s"
		return [conversation_rows.conversation(row) for row in select(query, *values, limit)]

	def change_conversation(
		self,
		user: str,
		conversation_id: str,
		title: str | None = None,
		status: ConversationStatus | None = None,
		only_if_title: str | None = None,
	) -> Conversation | None:
		with one_at_a_time(user):
			found = find_conversation(user, conversation_id)
			if found and only_if_title in (None, found["title"] or ""):
				update("AI Conversation", found["name"], conversation_rows.change(title, status))
				found = find_conversation(user, conversation_id)
		return conversation_rows.conversation(found) if found else None

	def delete_conversation(self, user: str, conversation_id: str) -> list[Run] | None:
		with one_at_a_time(user):
			found = find_conversation(user, conversation_id)
			if found is None:
				return None
			active = find_active_runs(user, conversation_id)
			if active:
				change = {"status": "Deleted", "conversation_id": f"deleted {uuid4().hex}"}
				update("AI Conversation", found["name"], change)
			else:
				remove_conversation(found["name"])
			return active

	def get_messages(
		self, user: str, conversation_id: str, limit: int, before: str | None
	) -> list[StoredMessage] | None:
		conversation = find_conversation(user, conversation_id)
		if conversation is None:
			return None
		newest = conversation["leaf"]
		if before:
			place = find(queries.MESSAGE_OF_USER, before, user)
			is_of_it = place is not None and place["conversation"] == conversation["name"]
			newest = place["follows"] if place and is_of_it else None
		found = select(queries.BRANCH, newest, conversation["name"], limit)
		families = _families(conversation["name"], found)
		return [rows.stored_message(row, families[row["follows"]]) for row in reversed(found)]

	def outline(self, user: str, conversation_id: str) -> Outline | None:
		conversation = find_conversation(user, conversation_id)
		if conversation is None:
			return None
		every = select(queries.EVERY_PARENT, conversation["name"])
		return Outline({row["name"]: row["follows"] for row in every}, conversation["leaf"])

	def export_messages(
		self, user: str, conversation_id: str, ids: Sequence[str]
	) -> list[StoredMessage] | None:
		conversation = find_conversation(user, conversation_id)
		if conversation is None:
			return None
		found = {row["name"]: row for row in select(queries.THESE_MESSAGES, conversation["name"], tuple(ids))}
		return [rows.stored_message(found[id]) for id in ids if id in found]

	def find_message(self, user: str, message_id: str) -> Place | None:
		row = find(queries.MESSAGE_OF_USER, message_id, user)
		return rows.place(row) if row else None

	def get_file(self, user: str, attachment_id: str) -> File | None:
		row = find(queries.ATTACHMENT_OF_USER, attachment_id, user)
		return rows.file(row) if row else None

	def choose_branch(self, user: str, message_id: str) -> str | None:
		with one_at_a_time(user):
			row = find(queries.MESSAGE_OF_USER, message_id, user)
			if row is None:
				return None
			every = select(queries.EVERY_PARENT, row["conversation"])
			newest_child = {one["follows"]: one["name"] for one in every}
			leaf = message_id
			while child := newest_child.get(leaf):
				leaf = child
			update("AI Conversation", row["conversation"], {"leaf": leaf})
		return str(row["conversation_id"])

	def set_feedback(self, user: str, message_id: str, feedback: Feedback | None) -> bool:
		row = find(queries.MESSAGE_OF_USER, message_id, user)
		if row is None or row["role"] != "assistant":
			return False
		update("AI Message", message_id, conversation_rows.feedback_change(feedback))
		frappe.db.commit()  # it is kept as every write of the store is
		return True

	def search(self, user: str, words: Sequence[str], limit: int) -> list[Found]:
		query = (
			queries.SEARCH + _hold("m.content", words) + " order by m.creation desc, m.position desc limit %s"
		)
		return [conversation_rows.found(row) for row in select(query, user, *map(_pattern, words), limit)]

	def get_preferences(self, user: str) -> Preferences:
		found = select("select * from `tabAI Preferences` where owner = %s", user)
		return conversation_rows.preferences(found[0]) if found else Preferences()

	def set_preferences(self, user: str, preferences: Preferences) -> None:
		with one_at_a_time(user):
			found = select("select name from `tabAI Preferences` where owner = %s", user)
			if found:
				update("AI Preferences", found[0]["name"], conversation_rows.preferences_change(preferences))
			else:
				insert("AI Preferences", conversation_rows.new_preferences(user, preferences))


def find_conversation(user: str, conversation_id: str) -> Row | None:
	query = (
		"select * from `tabAI Conversation` where owner = %s and conversation_id = %s and status <> 'Deleted'"
	)
	found = select(query, user, conversation_id)
	return found[0] if found else None


def find_active_runs(user: str, conversation_id: str) -> list[Run]:
	"""Oldest first; not those of a conversation that was deleted and had the same id."""
	condition = " join `tabAI Conversation` c on c.name = r.conversation where c.owner = %s and c.conversation_id = %s"
	condition += f" and r.{queries.IS_ACTIVE} order by r.creation"
	return [rows.run(row) for row in select(queries.ACTIVE_RUNS + condition, user, conversation_id)]


def remove_conversation(name: str) -> None:
	"""With everything under it."""
	for doctype in ("AI Run", "AI Attachment", "AI Message"):
		frappe.db.sql(f"delete from `tab{doctype}` where conversation = %s", name)
	frappe.db.sql("delete from `tabAI Conversation` where name = %s", name)


def _families(conversation: str, found: Sequence[Row]) -> dict[str | None, tuple[str, ...]]:
	"""The children of each parent of these, in the order they were made."""
	if not found:
		return {}
	families = defaultdict[str | None, list[str]](list)
	for row in select(queries.FAMILIES, conversation, tuple(row["follows"] for row in found)):
		families[row["follows"]].append(row["name"])
	return {parent: tuple(family) for parent, family in families.items()}


def _hold(column: str, words: Sequence[str]) -> str:
	"""All of the words, in whatever case and with whatever accents: so the collation of Frappe's tables compares."""
	return f" and {column} like %s" * len(words)


def _pattern(word: str) -> str:
	for sign in ("\\", "%", "_"):
		word = word.replace(sign, f"\\{sign}")
	return f"%{word}%"
