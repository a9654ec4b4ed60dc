"""Server-sent events: how `stream_events` sends a run's events, and what keeps every such stream flowing."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from ai_assistant.core.events import EVENT_NAME
from ai_assistant.core.replies import EventPage

CONTENT_TYPE = "text/event-stream"

HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""Against proxies that keep, pack or hold back what passes."""

OPENING = b": events follow\n\n"
"""Sent before anything else, so that the client knows at once that it is connected."""

COMMENT = b": still here\n\n"
"""Sent in silence; it finds out whether the client is still there."""


class _Place(Struct):
	attempt: int
	seq: int


_place = msgspec.json.Decoder(_Place)


def server_sent(page: EventPage) -> bytes:
	"""The events of a page, or a comment when there are none."""
	return b"".join(_server_sent(bytes(event)) for event in page.events) or COMMENT


def _server_sent(event: bytes) -> bytes:
	"""Its id is the cursor; one that is not numbered has none."""
	place = _place.decode(event)
	id = b"id: %d-%d\n" % (place.attempt, place.seq) if place.seq else b""
	return b"%bevent: %b\ndata: %b\n\n" % (id, EVENT_NAME.encode(), event)
