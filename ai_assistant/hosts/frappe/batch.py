"""`batch`: several methods in one request."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from typing import Any

import frappe

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.batch import AT_ONCE, Batch, BatchReply, BatchRequest, Call
from ai_assistant.core.envelope import Envelope, failure, success, unexpected
from ai_assistant.core.errors import AssistantError
from ai_assistant.core.replies import StartedRun
from ai_assistant.hosts.frappe.chat import reply_after
from ai_assistant.hosts.frappe.context import roll_back, translated
from ai_assistant.hosts.frappe.settings import web_settings


def answer_batch(assistant: Assistant, user: str, request: BatchRequest) -> BatchReply:
	"""Raises MalformedRequest; what any of its calls raises goes into the reply."""
	batch = Batch(request)
	with ThreadPoolExecutor(AT_ONCE, "batch") as threads:
		_Work(assistant, user, batch, threads).do()
	return batch.reply()


class _Work:
	"""The request's own thread does what needs the database, call after call: a connection of its own would cost
	each of them more than its work. What takes long is side by side: threads wait for answers, and touch only Redis.
	"""

	def __init__(self, assistant: Assistant, user: str, batch: Batch, threads: Executor):
		self._assistant = assistant
		self._user = user
		self._batch = batch
		self._threads = threads
		self._awaited: dict[Future[None], tuple[Call, StartedRun]] = {}
		self._deadline = time.monotonic() + web_settings().limits.wait

	def do(self) -> None:
		while not self._batch.is_answered:
			calls = self._batch.begin()
			for call in calls:
				self._begin(call)
			if not calls:
				self._wait()

	def _begin(self, call: Call) -> None:
		answer = _envelope(call, lambda: call.use_case.answer(self._assistant, self._user, call.request))
		if call.is_awaited and answer.status == 200:
			self._await(call, answer.body["message"])
		else:
			self._batch.end(call, answer)

	def _await(self, call: Call, started: StartedRun) -> None:
		left = self._deadline - time.monotonic()
		future = self._threads.submit(self._assistant.replay.wait_for_end, self._user, started.task_id, left)
		self._awaited[future] = call, started

	def _wait(self) -> None:
		frappe.db.close()  # not to hold a connection while models answer; it opens again by itself
		for future in wait(self._awaited, return_when=FIRST_COMPLETED).done:
			self._end(future, *self._awaited.pop(future))

	def _end(self, future: Future[None], call: Call, started: StartedRun) -> None:
		def reply() -> Any:
			return reply_after(future.result, self._assistant, self._user, started)

		self._batch.end(call, _envelope(call, reply))


def _envelope(call: Call, work: Callable[[], Any]) -> Envelope:
	"""What it answers, in a transaction of its own."""
	try:
		with translated():
			value = work()
			frappe.db.commit()  # the next call is to see what this one did, and what others did by then
			return success(value)
	except AssistantError as error:
		roll_back()
		return failure(error)
	except Exception:
		roll_back()
		return unexpected(f"{call.name} of a batch")
