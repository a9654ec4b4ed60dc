"""Rows of AI Conversation and AI Preferences, and of what is looked for, from and to the values of the core."""

from __future__ import annotations

import time
from uuid import uuid4

from ai_assistant.core.messages import Conversation, ConversationStatus, Feedback, Found, Preferences
from ai_assistant.core.text import storable
from ai_assistant.hosts.frappe.clock import unix_time
from ai_assistant.hosts.frappe.rows import Row, document

_STATUSES: dict[str, ConversationStatus] = {"Active": "active", "Archived": "archived"}


def made(user: str, conversation_id: str, title: str, now: float) -> Row:
	return document(uuid4().hex, user, now) | {
		"conversation_id": conversation_id,
		"title": storable(title),
		"status": "Active",
	}


def change(title: str | None = None, status: ConversationStatus | None = None) -> Row:
	return {
		"title": None if title is None else storable(title),
		"status": None if status is None else status.capitalize(),
	}


def conversation(row: Row) -> Conversation:
	return Conversation(
		row["conversation_id"],
		row["title"] or "",
		unix_time(row["creation"]),
		unix_time(row["modified"]),
		_STATUSES[row["status"]],
	)


def found(row: Row) -> Found:
	return Found(
		row["conversation_id"],
		row["title"] or "",
		row["name"],
		row["role"],
		row["content"],
		unix_time(row["creation"]),
	)


def feedback_change(feedback: Feedback | None) -> Row:
	return {
		"feedback_rating": feedback.rating if feedback else "",
		"feedback_comment": storable(feedback.comment) if feedback else "",
	}


def new_preferences(user: str, preferences: Preferences) -> Row:
	return document(uuid4().hex, user, time.time()) | preferences_change(preferences)


def preferences_change(preferences: Preferences) -> Row:
	return {
		"enabled": int(preferences.enabled),
		"full_name": storable(preferences.name),
		"instructions": storable(preferences.instructions),
	}


def preferences(row: Row) -> Preferences:
	return Preferences(row["full_name"] or "", row["instructions"] or "", bool(row["enabled"]))
