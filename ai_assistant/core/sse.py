"""Server-sent events: how `stream_events` sends a run's events."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from ai_assistant.core.events import EVENT_NAME

COMMENT = b": still here\n\n"
"""Sent in silence; it finds out whether the client is still there."""


class _Place(Struct):
	attempt: int
	seq: int


_place = msgspec.json.Decoder(_Place)


def server_sent(event: bytes) -> bytes:
	"""An encoded event; its id is the cursor, and one that is not numbered has none."""
	place = _place.decode(event)
	id = b"id: %d-%d\n" % (place.attempt, place.seq) if place.seq else b""
	return b"%bevent: %b\ndata: %b\n\n" % (id, EVENT_NAME.encode(), event)
