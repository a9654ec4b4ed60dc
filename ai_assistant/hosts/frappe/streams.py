"""Server-sent events, each stream of which holds one thread of the web server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import frappe
from redis.exceptions import RedisError
from werkzeug.wrappers import Response

from ai_assistant.core.errors import AssistantError
from ai_assistant.core.places import Place, Places
from ai_assistant.core.replay import reach
from ai_assistant.core.requests import EventsRequest
from ai_assistant.core.sse import CONTENT_TYPE, HEADERS, OPENING, server_sent
from ai_assistant.hosts.frappe.assistant import site_assistant
from ai_assistant.hosts.frappe.context import roll_back, translated
from ai_assistant.hosts.frappe.http import Value, current_user, failure, parse
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.settings import web_settings

SILENCE = 5.0
"""Seconds of silence after which a comment is sent, which finds out whether the client is still there."""

_LONGEST = 300.0
"""Seconds of one stream; an EventSource connects again by itself and goes on where it was."""


def stream(parameters: dict[str, Value]) -> Response:
	"""`stream_events`."""
	return streamed(lambda: _events(parameters), failure)


def streamed(begin: Callable[[], Iterator[bytes]], refuse: Callable[[AssistantError], Response]) -> Response:
	"""What `begin` gives, as far as its first piece before the answer's head: until then it may refuse.

	From then on it touches only Redis, for the request is done with.
	"""
	try:
		with translated():
			user, limits = current_user(), web_settings().limits
			places = Places(queue_redis(), frappe.local.site, _allowed(), limits.streams_per_user)
			place = reach(lambda: places.take(user))
			try:
				pieces = begin()
				first = next(pieces)
			except BaseException:
				_give_back(places, place)
				raise
	except AssistantError as error:
		roll_back()
		return refuse(error)
	body = _body(first, pieces, places, place)
	if (headers := getattr(frappe.local, "response_headers", None)) is not None:
		headers.update(HEADERS)  # which Frappe 16 puts over those of the response
	return Response(body, 200, HEADERS, mimetype=CONTENT_TYPE)


def _allowed() -> int:
	return int(frappe.db.get_single_value("AI Assistant Settings", "streams", cache=True) or 0)


def _body(first: bytes, pieces: Iterator[bytes], places: Places, place: Place) -> Iterator[bytes]:
	frappe.db.close()  # opened once more by the end of the request; nothing needs it while events flow
	kept = time.monotonic()
	try:
		with suppress(AssistantError):  # whoever asks again is told
			yield OPENING + first
			for piece in pieces:
				yield piece
				if time.monotonic() > kept + SILENCE:
					reach(lambda: places.keep(place))
					kept = time.monotonic()
	finally:
		_give_back(places, place)


def _give_back(places: Places, place: Place) -> None:
	with suppress(RedisError):  # the place lapses by itself
		places.give_back(place)


def _events(parameters: dict[str, Value]) -> Iterator[bytes]:
	user, last = current_user(), frappe.get_request_header("Last-Event-ID")
	request = parse(EventsRequest, parameters | ({"after": last} if last else {}))
	until = time.monotonic() + _LONGEST
	for page in site_assistant().replay.follow(user, request, SILENCE):
		yield server_sent(page)
		if time.monotonic() > until:
			return
