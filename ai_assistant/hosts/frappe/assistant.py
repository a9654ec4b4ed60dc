"""The assistant of the site that `frappe` is connected to."""

from __future__ import annotations

import frappe

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.journal import Journal
from ai_assistant.core.queue import Queue
from ai_assistant.core.requests import TaskRequest
from ai_assistant.hosts.frappe.hop import try_to_wake
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.roles import roles_of
from ai_assistant.hosts.frappe.settings import web_settings
from ai_assistant.hosts.frappe.store import FrappeStore

_ENDING = 10.0
"""Seconds that the answers of a conversation are given to end."""


def site_assistant() -> Assistant:
	settings, redis = web_settings(), queue_redis()
	journal = Journal(redis, settings.retention)
	return Assistant(frappe.local.site, FrappeStore(), settings, Queue(redis), journal, try_to_wake, roles_of)


def end_answers(user: str, conversation_id: str) -> None:
	"""Stops what is under way in a conversation and waits for its final events. Commits if there is any.

	Raises ServiceUnavailable if it goes on.
	"""
	assistant, store = site_assistant(), FrappeStore()
	active = store.active_runs(user, conversation_id)
	for run in reversed(active):
		assistant.stop(user, TaskRequest(run.id))
	if active:
		frappe.db.commit()  # who deletes has locked the conversation, and its answers end in it
	for run in active:
		assistant.replay.wait_for_end(user, run.id, _ENDING)
	if active and store.active_runs(user, conversation_id):
		raise ServiceUnavailable("An answer is still under way. Please try again in a moment.")
