"""Server-sent events, as far as providers use them: bytes in, the data of each event out."""

from __future__ import annotations


class EventStream:
	"""Splits a body that arrives in chunks of any size. Names, ids and comments of events are passed over.

	Lines end with LF or CRLF. The lone CR that the standard also allows is not a line's end here: no provider sends it.
	"""

	def __init__(self) -> None:
		self._rest: list[bytes] = []
		self._data: list[bytes] = []

	def feed(self, chunk: bytes) -> list[bytes]:
		"""The data of the events that this chunk completes."""
		self._rest.append(chunk)
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
		return [event for event in events if event]

	def end(self) -> list[bytes]:
		"""The data of an event that the body's end left without its empty line."""
		return self.feed(b"\n\n")
