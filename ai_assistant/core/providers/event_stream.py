"""Server-sent events, as far as providers use them: bytes in, the data of each event out."""

from __future__ import annotations

LONGEST = 16 * 1024 * 1024
"""Bytes of one event or line. The last one of some providers holds the whole answer once more."""


class EventTooLong(Exception):
	"""A line, or an event, without end."""


class EventStream:
	"""Splits a body that arrives in chunks of any size. Names, ids and comments of events are passed over.

	Lines end with LF or CRLF. The lone CR that the standard also allows is not a line's end here: no provider sends it.
	"""

	def __init__(self) -> None:
		self._rest: list[bytes] = []
		self._data: list[bytes] = []
		self._held = 0
		"""Bytes since an event ended."""

	def feed(self, chunk: bytes) -> list[bytes]:
		"""The data of the events that this chunk completes. Raises EventTooLong."""
		self._rest.append(chunk)
		self._held += len(chunk)
		if self._held > LONGEST:
			raise EventTooLong
		if b"\n" not in chunk:
			return []
		lines = b"".join(self._rest).split(b"\n")
		self._rest = [lines.pop()]
		events = []
		for line in lines:
			if line.startswith(b"data:"):
				self._data.append(line[5:].strip())
			elif self._data and line in (b"", b"\r"):
				events.append(b"\n".join(self._data))
				self._data = []
		if events or not self._data:
			self._held = len(self._rest[0])
		return [event for event in events if event]

	def end(self) -> list[bytes]:
		"""The data of an event that the body's end left without its empty line."""
		return self.feed(b"\n\n")
