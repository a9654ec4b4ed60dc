"""Methods that start a run: answered at once, or when its answer is there."""

from __future__ import annotations

from typing import Any

import frappe
from werkzeug.wrappers import Response

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.methods import RUNS
from ai_assistant.core.replies import Reply, StartedRun
from ai_assistant.hosts.frappe.http import Value, answer_with
from ai_assistant.hosts.frappe.settings import web_settings


def complete(name: str, parameters: dict[str, Value]) -> Response:
	"""What the method of that name of `RUNS` answers."""
	use_case = RUNS[name]

	def answer(assistant: Assistant, user: str, request: Any) -> StartedRun | Reply:
		started: StartedRun = use_case.answer(assistant, user, request)
		return started if request.stream else wait_for_reply(assistant, user, started.task_id)

	return answer_with(answer, use_case.request, parameters)


def wait_for_reply(assistant: Assistant, user: str, task_id: str) -> Reply:
	"""The reply once the run has ended, or as it stands when the wait is over."""
	seconds = web_settings().limits.wait
	frappe.db.close()  # nothing may read before the run ends: the connection would be held, and see the time before
	assistant.replay.wait_for_end(user, task_id, seconds)
	return assistant.reply(user, task_id)
