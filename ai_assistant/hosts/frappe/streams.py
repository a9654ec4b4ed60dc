"""`stream_events`: a run's events as server-sent events, each of which holds one thread of the web server."""

from __future__ import annotations

import time
from collections.abc import Iterator

import frappe
from werkzeug.wrappers import Response

from ai_assistant.core.errors import AssistantError
from ai_assistant.core.places import Places
from ai_assistant.core.replies import EventPage
from ai_assistant.core.requests import EventsRequest
from ai_assistant.core.sse import COMMENT, server_sent
from ai_assistant.hosts.frappe.assistant import site_assistant
from ai_assistant.hosts.frappe.context import translated
from ai_assistant.hosts.frappe.http import Value, current_user, failure, parse
from ai_assistant.hosts.frappe.redis import queue_redis

_SILENCE = 5.0
"""Seconds of silence after which a comment is sent, which finds out whether the client is still there."""

_LONGEST = 300.0
"""Seconds of one stream; an EventSource connects again by itself and goes on where it was."""


def stream(parameters: dict[str, Value]) -> Response:
	try:
		with translated():
			user = current_user()
			last = frappe.get_request_header("Last-Event-ID")
			request = parse(EventsRequest, parameters | ({"after": last} if last else {}))
			pages = site_assistant().replay.follow(user, request, _SILENCE)
			first = next(pages)
			places = Places(queue_redis(), frappe.local.site, _allowed())
			place = places.take()
	except AssistantError as error:
		return failure(error)
	headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
	return Response(_body(first, pages, places, place), 200, headers, mimetype="text/event-stream")


def _allowed() -> int:
	return int(frappe.db.get_single_value("AI Assistant Settings", "streams", cache=True) or 0)


def _body(first: EventPage, pages: Iterator[EventPage], places: Places, place: str) -> Iterator[bytes]:
	"""Runs after the request is done with: only Redis is touched."""
	frappe.db.close()  # opened once more by the end of the request; nothing needs it while events flow
	until = time.monotonic() + _LONGEST
	try:
		yield _encoded(first)
		for page in pages:
			yield _encoded(page)
			if page.done or time.monotonic() > until:
				return
			places.keep(place)
	finally:
		places.give_back(place)


def _encoded(page: EventPage) -> bytes:
	return b"".join(server_sent(bytes(event)) for event in page.events) or COMMENT
