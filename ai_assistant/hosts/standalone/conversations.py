"""Conversations in SQL, as their users read and arrange them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, select
from sqlalchemy.exc import IntegrityError

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
from ai_assistant.core.text import as_json
from ai_assistant.hosts.standalone import queries, rows
from ai_assistant.hosts.standalone.database import Database
from ai_assistant.hosts.standalone.tables import conversations, messages


class SqlConversations:
	"""What core.store.Store has of conversations."""

	_database: Database

	def create_conversation(self, user: str, conversation_id: str, title: str, now: float) -> Conversation:
		with self._database.write() as connection:
			self._lock_owner(connection, user)
			if found := find_conversation(connection, user, conversation_id):
				return rows.conversation(found)
			insert_conversation(connection, user, conversation_id, title, now)
			return Conversation(conversation_id, title, now, now)

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None:
		with self._database.read() as connection:
			row = find_conversation(connection, user, conversation_id)
		return rows.conversation(row) if row else None

	def list_conversations(
		self,
		user: str,
		limit: int,
		before: tuple[float, str] | None,
		status: ConversationStatus = "active",
		words: Sequence[str] = (),
	) -> list[Conversation]:
		query = queries.CONVERSATIONS_BEFORE if before else queries.CONVERSATIONS
		place = dict(zip(("before", "before_id"), before, strict=True)) if before else {}
		holding = query.where(*_hold(conversations.c.title, words))
		with self._database.read() as connection:
			found = connection.execute(holding, {"user": user, "most": limit, "status": status} | place)
			return [rows.conversation(row) for row in found]

	def change_conversation(
		self,
		user: str,
		conversation_id: str,
		title: str | None = None,
		status: ConversationStatus | None = None,
		only_if_title: str | None = None,
	) -> Conversation | None:
		given = {"title": title, "status": status}
		change = {name: value for name, value in given.items() if value is not None}
		with self._database.write() as connection:
			self._lock_owner(connection, user)
			row = find_conversation(connection, user, conversation_id)
			if row and only_if_title in (None, row.title):
				connection.execute(queries.CHANGE_CONVERSATION.values(**change), {"conversation": row.number})
				row = find_conversation(connection, user, conversation_id)
		return rows.conversation(row) if row else None

	def delete_conversation(self, user: str, conversation_id: str) -> list[Run] | None:
		with self._database.write() as connection:
			self._lock_owner(connection, user)
			row = find_conversation(connection, user, conversation_id)
			if row is None:
				return None
			found = connection.execute(queries.ACTIVE_RUNS, {"user": user, "id": conversation_id})
			active = [rows.run(run) for run in found]
			if active:
				change = {"conversation": row.number, "unused": f"deleted {uuid4().hex}"}
				connection.execute(queries.GIVE_UP_CONVERSATION, change)
			else:
				remove_conversation(connection, row.number)
			return active

	def get_messages(
		self, user: str, conversation_id: str, limit: int, before: str | None
	) -> list[StoredMessage] | None:
		with self._database.read() as connection:
			conversation = find_conversation(connection, user, conversation_id)
			if conversation is None:
				return None
			newest = conversation.leaf
			if before:
				place = connection.execute(
					queries.MESSAGE_OF_USER, {"id": before, "user": user}
				).one_or_none()
				is_of_it = place is not None and place.conversation == conversation.number
				newest = place.parent if place and is_of_it else None
			found = connection.execute(queries.BRANCH, {"id": newest, "most": limit}).all()
			families = _families(connection, conversation.number, found)
		return [rows.stored_message(row, families[row.parent]) for row in reversed(found)]

	def outline(self, user: str, conversation_id: str) -> Outline | None:
		with self._database.read() as connection:
			conversation = find_conversation(connection, user, conversation_id)
			if conversation is None:
				return None
			every = connection.execute(queries.EVERY_PARENT, {"conversation": conversation.number})
			return Outline({row.id: row.parent for row in every}, conversation.leaf)

	def export_messages(
		self, user: str, conversation_id: str, ids: Sequence[str]
	) -> list[StoredMessage] | None:
		with self._database.read() as connection:
			conversation = find_conversation(connection, user, conversation_id)
			if conversation is None:
				return None
			place = {"conversation": conversation.number, "ids": ids}
			found = {row.id: row for row in connection.execute(queries.THESE_MESSAGES, place)}
			return [rows.stored_message(found[id]) for id in ids if id in found]

	def find_message(self, user: str, message_id: str) -> Place | None:
		with self._database.read() as connection:
			row = connection.execute(queries.MESSAGE_OF_USER, {"id": message_id, "user": user}).one_or_none()
		return rows.place(row) if row else None

	def get_file(self, user: str, attachment_id: str) -> File | None:
		with self._database.read() as connection:
			row = connection.execute(
				queries.ATTACHMENT_OF_USER, {"id": attachment_id, "user": user}
			).one_or_none()
		return rows.file(row) if row else None

	def choose_branch(self, user: str, message_id: str) -> str | None:
		with self._database.write() as connection:
			self._lock_owner(connection, user)
			row = connection.execute(queries.MESSAGE_OF_USER, {"id": message_id, "user": user}).one_or_none()
			if row is None:
				return None
			every = connection.execute(queries.EVERY_PARENT, {"conversation": row.conversation})
			newest_child = {one.parent: one.id for one in every}
			leaf = message_id
			while child := newest_child.get(leaf):
				leaf = child
			connection.execute(queries.CHOOSE_LEAF, {"conversation": row.conversation, "message": leaf})
			return str(row.conversation_id)

	def set_feedback(self, user: str, message_id: str, feedback: Feedback | None) -> bool:
		with self._database.write() as connection:
			row = connection.execute(queries.MESSAGE_OF_USER, {"id": message_id, "user": user}).one_or_none()
			if row is None or row.role != "assistant":
				return False
			text = as_json(feedback) if feedback else None
			connection.execute(queries.SET_FEEDBACK, {"message": message_id, "feedback": text})
			return True

	def search(self, user: str, words: Sequence[str], limit: int) -> list[Found]:
		query = (
			select(
				messages.c.id,
				messages.c.role,
				messages.c.content,
				messages.c.created,
				conversations.c.id.label("conversation_id"),
				conversations.c.title,
			)
			.join(conversations, conversations.c.number == messages.c.conversation)
			.where(
				conversations.c.user == user,
				conversations.c.status != "deleted",
				messages.c.role.in_(("user", "assistant")),
				*_hold(messages.c.content, words),
			)
			.order_by(messages.c.number.desc())
			.limit(limit)
		)
		with self._database.read() as connection:
			return [
				Found(row.conversation_id, row.title, row.id, row.role, row.content, row.created)
				for row in connection.execute(query)
			]

	def get_preferences(self, user: str) -> Preferences:
		with self._database.read() as connection:
			return find_preferences(connection, user)

	def set_preferences(self, user: str, preferences: Preferences) -> None:
		with self._database.write() as connection:
			self._lock_owner(connection, user)
			connection.execute(queries.DELETE_PREFERENCES, {"user": user})
			connection.execute(queries.INSERT_PREFERENCES, {"user": user, "details": as_json(preferences)})

	def _lock_owner(self, connection: Connection, user: str) -> None:
		"""What follows sees all that other transactions did for this user before."""
		if self._database.has_one_writer:
			return
		if connection.execute(queries.LOCK_OWNER, {"user": user}).first() is None:
			with (
				suppress(IntegrityError),
				connection.begin_nested(),
			):  # another may make it at the same moment
				connection.execute(queries.INSERT_OWNER, {"user": user})
			connection.execute(queries.LOCK_OWNER, {"user": user})


def find_conversation(connection: Connection, user: str, id: str) -> Row[Any] | None:
	return connection.execute(queries.CONVERSATION, {"user": user, "id": id}).one_or_none()


def insert_conversation(
	connection: Connection, user: str, id: str, title: str, now: float, leaf: str | None = None
) -> int:
	row = {"user": user, "id": id, "title": title, "created": now, "modified": now, "leaf": leaf}
	inserted = connection.execute(queries.INSERT_CONVERSATION, row).inserted_primary_key
	assert inserted is not None
	return int(inserted[0])


def remove_conversation(connection: Connection, number: int) -> None:
	"""With everything under it."""
	for statement in (queries.DELETE_ALL_RUNS, queries.DELETE_ALL_MESSAGES, queries.DELETE_CONVERSATION):
		connection.execute(statement, {"conversation": number})


def find_preferences(connection: Connection, user: str) -> Preferences:
	details = connection.execute(queries.PREFERENCES, {"user": user}).scalar_one_or_none()
	return msgspec.json.decode(details, type=Preferences) if details else Preferences()


def _families(
	connection: Connection, conversation: int, found: Sequence[Row[Any]]
) -> dict[str | None, tuple[str, ...]]:
	"""The children of each parent, in the order they were made."""
	parents = [row.parent for row in found if row.parent is not None]
	every = list[Row[Any]]()
	if parents:
		every += connection.execute(queries.FAMILY, {"conversation": conversation, "parents": parents})
	if len(parents) < len(found):
		every += connection.execute(queries.FIRST_ONES, {"conversation": conversation})
	families = defaultdict[str | None, list[str]](list)
	for row in every:
		families[row.parent].append(row.id)
	return {parent: tuple(family) for parent, family in families.items()}


def _hold(column: ColumnElement[str], words: Iterable[str]) -> list[ColumnElement[bool]]:
	"""All of the words, in whatever case."""
	return [func.lower(column).contains(word.lower(), autoescape=True) for word in words]
