"""`chat_completion`: at once, or when the answer is there."""

from __future__ import annotations

import frappe

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.replies import Reply, StartedRun
from ai_assistant.core.requests import ChatRequest
from ai_assistant.hosts.frappe.settings import web_settings


def complete(assistant: Assistant, user: str, request: ChatRequest) -> StartedRun | Reply:
	started = assistant.start_run(user, request)
	return started if request.stream else wait_for_reply(assistant, user, started.task_id)


def wait_for_reply(assistant: Assistant, user: str, task_id: str) -> Reply:
	"""The reply once the run has ended, or as it stands when the wait is over."""
	seconds = web_settings().limits.wait
	frappe.db.close()  # nothing may read before the run ends: the connection would be held, and see the time before
	assistant.replay.wait_for_end(user, task_id, seconds)
	return assistant.reply(user, task_id)
