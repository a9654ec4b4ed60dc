"""The assistant in a terminal of an admin: `bench console` and `bench ai-assistant`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import frappe

from ai_assistant.core.clients import FOREVER
from ai_assistant.core.events import AnyEvent, Completion, Error, Reasoning, Status, Text, decode
from ai_assistant.core.journal import REALTIME_CHANNEL
from ai_assistant.core.requests import ChatRequest, EventsRequest, TaskRequest
from ai_assistant.hosts.frappe.assistant import site_assistant
from ai_assistant.hosts.frappe.redis import queue_redis

_DIM, _PLAIN = ("\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "")
_SILENCE = 5.0


def ask(
	question: str,
	conversation: str | int | None = None,
	model: str | None = None,
	provider: str | None = None,
) -> str:
	"""Asks as the user of this console, prints the answer while it is made, and returns its conversation's id."""
	user = frappe.session.user
	request = ChatRequest(
		message=question, conversation_id=conversation, model=model, provider=provider, stream=True
	)
	started = site_assistant().start_run(user, request)
	try:
		for event in _events(user, started.task_id):
			_print(event)
	except KeyboardInterrupt:
		stop(started.task_id)
		for event in _events(user, started.task_id):
			if isinstance(event, (Completion, Error)):
				_print(event)
	return started.conversation_id


def watch(task_id: str) -> None:
	"""Prints a run of anybody from its beginning to its end."""
	for event in _events(_owner(task_id), task_id):
		_print(event)


def runs(limit: int = 20, status: str | None = None) -> None:
	"""Prints the newest runs of the site: who, how fast, at what cost. Never what was said."""
	filters = {"status": status} if status else {}
	columns = [
		"name",
		"owner",
		"status",
		"provider",
		"model",
		"first_event_ms",
		"duration_ms",
		"total_tokens",
	]
	_see_now()
	for row in frappe.get_all("AI Run", filters, columns, order_by="creation desc", limit=limit):
		print("  ".join(str(row[column] or "-") for column in columns))


def stop(task_id: str) -> None:
	"""Stops a run of anybody; what there is of the answer is kept."""
	print(site_assistant().stop(_owner(task_id), TaskRequest(task_id)).status)


def listen() -> None:
	"""Prints every event of the site as JSON, until it is interrupted."""
	site = frappe.local.site
	frappe.db.close()  # this may go on for hours
	redis: Any = queue_redis()
	with redis.pubsub() as subscription:
		subscription.subscribe(REALTIME_CHANNEL)
		while True:
			if message := subscription.get_message(ignore_subscribe_messages=True, timeout=FOREVER):
				found = json.loads(message["data"])
				if found["event"] == "ai_progress" and found["namespace"] == site:
					print(json.dumps(found["message"], ensure_ascii=False), flush=True)


def _see_now() -> None:
	"""A console's transaction is as old as what was read first in it."""
	frappe.db.commit()


def _owner(task_id: str) -> str:
	_see_now()
	owner = frappe.db.get_value("AI Run", task_id, "owner")
	if owner is None:
		raise SystemExit(f"There is no run {task_id}.")
	return str(owner)


def _events(user: str, task_id: str) -> Iterator[AnyEvent]:
	for page in site_assistant().replay.follow(user, EventsRequest(task_id), _SILENCE):
		yield from (decode(bytes(event)) for event in page.events)


def _print(event: AnyEvent) -> None:
	match event:
		case Reasoning():
			print(f"{_DIM}{event.text}{_PLAIN}", end="", flush=True)
		case Text():
			print(event.text, end="", flush=True)
		case Status() if event.status == "retrying":
			print(f"{_DIM}[{event.reason}]{_PLAIN}", flush=True)
		case Completion():
			print(f"\n{_DIM}{_summary(event)}{_PLAIN}", flush=True)
		case Error():
			print(f"\n{event.error} ({event.code})", flush=True)


def _summary(end: Completion) -> str:
	timing = end.timing
	parts = [f"{end.provider} {end.model}", f"{timing.duration_ms} ms", f"{end.usage.total_tokens} tokens"]
	if timing.first_event_ms is not None:
		parts.insert(1, f"first after {timing.first_event_ms} ms")
	return " · ".join(parts)
