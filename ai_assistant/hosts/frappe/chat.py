"""Methods that start a run: answered at once, or when its answer is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from werkzeug.wrappers import Response

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.methods import RUNS
from ai_assistant.core.replies import Reply, StartedRun
from ai_assistant.hosts.frappe.context import roll_back, translated
from ai_assistant.hosts.frappe.http import Value, answer_with
from ai_assistant.hosts.frappe.settings import web_settings


def complete(name: str, parameters: dict[str, Value]) -> Response:
	"""What the method of that name of `RUNS` answers."""
	use_case = RUNS[name]

	def answer(assistant: Assistant, user: str, request: Any) -> StartedRun | Reply:
		started: StartedRun = use_case.answer(assistant, user, request)
		return started if request.stream else wait_for_reply(assistant, user, started)

	return answer_with(answer, use_case.request, parameters)


def wait_for_reply(assistant: Assistant, user: str, started: StartedRun) -> Reply:
	"""The reply once the run has ended, or as it stands when the wait is over."""
	seconds = web_settings().limits.wait
	frappe.db.close()  # nothing may read before the run ends: the connection would be held, and see the time before
	return reply_after(
		lambda: assistant.replay.wait_for_end(user, started.task_id, seconds), assistant, user, started
	)


def reply_after(wait: Callable[[], None], assistant: Assistant, user: str, started: StartedRun) -> Reply:
	"""The run as it stands after the wait. It goes on also where Redis or the database is away."""
	try:
		with translated():
			wait()
			return assistant.reply(user, started.task_id)
	except ServiceUnavailable:
		roll_back()
		return started.going_on()
