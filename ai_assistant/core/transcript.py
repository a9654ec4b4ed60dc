"""What a run has shown so far, folded from its events: the reference for every client.

`docs/protocol.md` states the rules; `tests/fixtures/transcripts` holds them as examples for any language.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ai_assistant.core.deltas import Source
from ai_assistant.core.events import (
	AnyEvent,
	Completion,
	Error,
	FinalEvent,
	FinishedToolCall,
	Heartbeat,
	Reasoning,
	RunStatus,
	SourceFound,
	Status,
	Text,
	ToolCall,
	decode,
	utf16_length,
)

Outcome = Literal["applied", "ignored", "gap"]
"""`ignored`: already seen, or of an older attempt. `gap`: not applied, ask for the events after `cursor` first."""


class Transcript:
	"""Takes a run's events in any order, repeated or with some missing, and never shows anything wrong."""

	def __init__(self) -> None:
		self.attempt = 0
		self.seq = 0
		self.final: FinalEvent | None = None
		self.is_truncated = False
		"""The final event came without its text; what was folded before may lack the end."""
		self._begin()

	def _begin(self) -> None:
		self.status: RunStatus | None = None
		self.provider: str | None = None
		self.model: str | None = None
		self.sources: list[Source] = []
		self._reasoning = _Part()
		self._text = _Part()
		self._tool_calls: dict[str, _ToolCall] = {}

	@property
	def cursor(self) -> str:
		"""`<attempt>-<seq>` of the last event that was applied."""
		return f"{self.attempt}-{self.seq}"

	@property
	def reasoning(self) -> str:
		return self._reasoning.join()

	@property
	def text(self) -> str:
		return self._text.join()

	@property
	def tool_calls(self) -> list[FinishedToolCall]:
		"""In the order in which they began; `arguments` as far as they have come."""
		return [
			FinishedToolCall(id, call.name, "".join(call.pieces)) for id, call in self._tool_calls.items()
		]

	@property
	def thinking_seconds(self) -> float | None:
		"""From the first reasoning to the first text, as the final event measured it once there is one."""
		if self.final is not None and self.final.timing.thinking_ms:
			return self.final.timing.thinking_ms / 1000
		if self._reasoning.since is None or self._text.since is None:
			return None
		return (self._text.since - self._reasoning.since) / 1000

	def apply(self, event: AnyEvent) -> Outcome:
		"""Folds one event in, if it is the next one. Nothing changes any more after a final event."""
		if self.final is not None or (event.attempt < self.attempt and not _is_from_store(event)):
			return "ignored"
		following = self.seq + 1 if event.attempt == self.attempt else 1
		if isinstance(event, Heartbeat):
			return "gap" if event.last_seq >= following else "ignored"
		if event.seq < following and not isinstance(event, FinalEvent):
			return "ignored"
		if event.seq > following or self._is_beyond(event):
			return "gap"
		if event.attempt > self.attempt and not _is_truncated(event):
			self._begin()
		self.attempt, self.seq = event.attempt, event.seq
		self._fold(event)
		return "applied"

	def _is_beyond(self, event: AnyEvent) -> bool:
		"""Whether text is missing before a delta."""
		if not isinstance(event, (Reasoning, Text)):
			return False
		part = self._text if isinstance(event, Text) else self._reasoning
		return event.offset > (part.length if event.attempt == self.attempt else 0)

	def _fold(self, event: AnyEvent) -> None:
		match event:
			case Reasoning():
				self._reasoning.add(event.text, event.offset, event.t)
			case Text():
				self._text.add(event.text, event.offset, event.t)
			case ToolCall():
				self._add_call(event.id, event.name, event.arguments)
			case SourceFound():
				self.sources.append(Source(event.id, event.title, event.url, event.excerpt, event.score))
			case Status():
				self.status = event.status
				self.provider = event.provider or self.provider
				self.model = event.model or self.model
			case Completion() | Error():
				self._end(event)

	def _end(self, event: FinalEvent) -> None:
		self.final = event
		self.provider = event.provider or self.provider
		self.model = event.model or self.model
		self.is_truncated = _is_truncated(event)
		if self.is_truncated:
			return
		self._reasoning.replace(event.reasoning)
		self._text.replace(event.text)
		if isinstance(event, Completion):
			self.sources = list(event.sources)
			self._tool_calls = {}
			for call in event.tool_calls:
				self._add_call(call.id, call.name, call.arguments)

	def _add_call(self, id: str, name: str, arguments: str) -> None:
		call = self._tool_calls.setdefault(id, _ToolCall())
		call.name = call.name or name
		call.pieces.append(arguments)


def folded(events: Iterable[bytes]) -> Transcript:
	"""Of encoded events, in order."""
	transcript = Transcript()
	for event in events:
		transcript.apply(decode(event))
	return transcript


def _is_from_store(event: AnyEvent) -> bool:
	"""Whether it was made from the stored answer, whatever attempt the events had come to."""
	return isinstance(event, FinalEvent) and event.seq == 0


def _is_truncated(event: AnyEvent) -> bool:
	return isinstance(event, FinalEvent) and event.truncated is True


class _Part:
	"""A text that grows by pieces. `length` and offsets: UTF-16 code units; `since`: `t` of its first piece."""

	def __init__(self) -> None:
		self.length = 0
		self.since: int | None = None
		self._pieces: list[str] = []

	def add(self, text: str, offset: int, t: int) -> None:
		"""Appends what is new of a text that begins at `offset`, which is at most `length`."""
		if self.since is None:
			self.since = t
		known = self.length - offset
		new = text if known == 0 else utf16_from(text, known)
		self._pieces.append(new)
		self.length += utf16_length(new)

	def replace(self, text: str) -> None:
		self._pieces = [text]
		self.length = utf16_length(text)

	def join(self) -> str:
		"""The whole text; surrogate pairs that came in halves are whole again."""
		if len(self._pieces) != 1:
			self._pieces = [utf16_from("".join(self._pieces), 0)]
		return self._pieces[0]


def utf16_from(text: str, start: int) -> str:
	"""The text from a UTF-16 code unit on."""
	if text.isascii():
		return text[start:]
	return text.encode("utf-16-le", "surrogatepass")[2 * start :].decode("utf-16-le", "surrogatepass")


class _ToolCall:
	"""One tool call, its arguments in pieces."""

	def __init__(self) -> None:
		self.name = ""
		self.pieces: list[str] = []
