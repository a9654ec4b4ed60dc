"""The events of one run on their way out: deltas joined, numbered and remembered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from ai_assistant.core.deltas import ReasoningDelta, Source, TextDelta, ToolCallDelta
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
	encode,
	timestamp,
	utf16_length,
)
from ai_assistant.core.journal import Address, Entry

ShownDelta = ReasoningDelta | TextDelta | ToolCallDelta | Source

_LONGEST_PIECE = 40_000
"""Characters in one delta's event; even if each is escaped as six bytes, the event stays below LARGEST_EVENT."""

_LONGEST_EXCERPT = 2_000
_LONGEST_ID = 1_000


class Emission:
	"""Collects what is to be sent (`add`), and hands it out as numbered entries (`take`), joined by kind.

	`on_lost` is called when Redis has forgotten events of the journal, `on_fenced` when another engine has the run.
	"""

	def __init__(
		self,
		address: Address,
		conversation_id: str,
		created: float,
		attempt: int,
		on_lost: Callable[[], None] = lambda: None,
		on_fenced: Callable[[], None] = lambda: None,
	):
		self.attempt = attempt
		self.seq = 0
		self.is_paused = False
		"""While True nothing is handed out; what is added waits."""
		self.due: float | None = None
		"""When the publisher will take what waits (monotonic seconds); None when nothing is scheduled."""
		self.last_taken = 0.0
		self.first_shown: float | None = None
		self.first_reasoning: float | None = None
		self.first_text: float | None = None
		"""Unix seconds of the first delta, and the first of each kind, of this attempt."""
		self.on_lost = on_lost
		self.on_fenced = on_fenced
		self.is_acknowledged = False
		"""The final event is in the journal, or another engine's to write."""
		self._journal = address.journal
		self._envelope_end = address.envelope_end
		self._run_id = address.run_id
		self._conversation_id = conversation_id
		self._created = created
		self._waiting: list[ShownDelta | AnyEvent] = []
		self._started: Status | None = None
		self._final: FinalEvent | None = None
		self._clear()

	def _clear(self) -> None:
		self._reasoning: list[str] = []
		self._text: list[str] = []
		self._calls: dict[str, list[str]] = {}
		self._names: dict[str, str] = {}
		self.sources: list[Source] = []
		self._kinds: set[type] = set()
		self._reasoning_sent = self._text_sent = 0

	@property
	def reasoning(self) -> str:
		return "".join(self._reasoning)

	@property
	def text(self) -> str:
		return "".join(self._text)

	@property
	def has_text(self) -> bool:
		"""Whether any of the answer itself (not only its reasoning) is there."""
		return bool(self._text or self._calls)

	@property
	def is_waiting(self) -> bool:
		return bool(self._waiting) and not self.is_paused

	@property
	def has_final(self) -> bool:
		"""Whether the run has ended, be it told already or not."""
		return self._final is not None

	@property
	def tool_calls(self) -> tuple[FinishedToolCall, ...]:
		return tuple(
			FinishedToolCall(id, self._names[id], "".join(pieces)) for id, pieces in self._calls.items()
		)

	def add(self, delta: ShownDelta) -> bool:
		"""Remembers the delta and lets it wait; True for the first of its kind, which should not wait."""
		kind = type(delta)
		if kind is TextDelta:
			self._text.append(delta.text)  # type: ignore[union-attr]
		elif kind is ReasoningDelta:
			self._reasoning.append(delta.text)  # type: ignore[union-attr]
		else:
			self._remember(delta)
		self._waiting.append(delta)
		if kind in self._kinds:
			return False
		self._kinds.add(kind)
		self._note_first(kind)
		return True

	def _remember(self, delta: ShownDelta) -> None:
		match delta:
			case ToolCallDelta():
				self._names[delta.id] = self._names.get(delta.id) or delta.name
				self._calls.setdefault(delta.id, []).append(delta.arguments)
			case Source():
				self.sources.append(delta)

	def _note_first(self, kind: type) -> None:
		now = time.time()
		self.first_shown = self.first_shown or now
		if kind is ReasoningDelta:
			self.first_reasoning = now
		elif kind is TextDelta:
			self.first_text = now

	def add_status(self, status: RunStatus, **fields: Any) -> None:
		"""Lets a status event wait; the fields are those of `events.Status`."""
		event = Status(**self._head(), status=status, **fields)
		if status == "started":
			self._started = event
		self._waiting.append(event)

	def add_final(self, event: FinalEvent) -> None:
		self._final = event
		self._waiting.append(event)

	def recall(self, reasoning: str, text: str, tool_calls: Sequence[FinishedToolCall]) -> None:
		"""Takes over what an earlier attempt has shown, which is not sent again but with the final event."""
		self._reasoning, self._text = [reasoning], [text]
		for call in tool_calls:
			self._remember(ToolCallDelta(call.id, call.name, call.arguments))

	def restart(self, attempt: int) -> None:
		"""The next attempt begins with nothing shown."""
		self.attempt, self.seq = attempt, 0
		self._waiting = []
		self.first_shown = self.first_reasoning = self.first_text = None
		self._clear()

	def replay(self, attempt: int) -> None:
		"""The next attempt begins with all that was shown, and what waits is part of that; a pause ends."""
		self.attempt, self.seq = attempt, 0
		self.is_paused = False
		self._reasoning_sent = self._text_sent = 0
		self._waiting = [self._started] if self._started else []
		self._waiting += map(ReasoningDelta, self._reasoning)
		self._waiting += map(TextDelta, self._text)
		self._waiting += (ToolCallDelta(call.id, call.name, call.arguments) for call in self.tool_calls)
		self._waiting += self.sources
		if self._final:
			self._waiting.append(self._final)

	def add_heartbeat(self) -> bool:
		"""False if it would tell nothing: something waits already, or the run has ended."""
		if self._waiting or self.is_paused or self.has_final:
			return False
		self._waiting.append(Heartbeat(**self._head(), last_seq=self.seq))
		return True

	def take(self, now: float) -> list[Entry]:
		"""Everything that waits, as entries in order."""
		waiting, self._waiting = self._waiting, []
		self.last_taken = now
		return [self._number(event) for item in _joined(waiting) for event in self._events(item)]

	def _head(self) -> dict[str, Any]:
		now = time.time()
		return {
			"task_id": self._run_id,
			"conversation_id": self._conversation_id,
			"attempt": self.attempt,
			"seq": 0,
			"timestamp": timestamp(now),
			"t": max(0, round((now - self._created) * 1000)),
		}

	def _number(self, event: AnyEvent) -> Entry:
		if isinstance(event, Heartbeat):
			return self._entry(event, is_kept=False)
		self.seq += 1
		event.seq, event.attempt = self.seq, self.attempt
		return self._entry(event)

	def _entry(self, event: AnyEvent, is_kept: bool = True) -> Entry:
		is_final = isinstance(event, (Completion, Error))
		return Entry(
			self._journal, self._envelope_end, event.attempt, self.seq, encode(event), is_final, is_kept
		)

	def _events(self, item: ShownDelta | AnyEvent) -> Iterator[AnyEvent]:
		match item:
			case TextDelta():
				for piece in _pieces(item.text):
					yield Text(**self._head(), text=piece, offset=self._text_sent)
					self._text_sent += utf16_length(piece)
			case ReasoningDelta():
				for piece in _pieces(item.text):
					yield Reasoning(**self._head(), text=piece, offset=self._reasoning_sent)
					self._reasoning_sent += utf16_length(piece)
			case ToolCallDelta():
				for piece in _pieces(item.arguments) or [""]:
					yield ToolCall(**self._head(), id=item.id, name=item.name, arguments=piece)
			case Source():
				yield SourceFound(**self._head(), **_bounded(item))
			case _:
				yield item


def _pieces(text: str) -> list[str]:
	return [text[start : start + _LONGEST_PIECE] for start in range(0, len(text), _LONGEST_PIECE)]


def _bounded(source: Source) -> dict[str, Any]:
	return {
		"id": source.id[:_LONGEST_ID],
		"title": source.title[:_LONGEST_ID],
		"url": source.url if len(source.url) <= _LONGEST_EXCERPT else "",
		"excerpt": source.excerpt[:_LONGEST_EXCERPT],
		"score": source.score,
	}


def _joined(items: list[Any]) -> Iterator[Any]:
	"""Neighbours of one kind as one."""
	start = 0
	while start < len(items):
		first, end = items[start], start + 1
		kind = type(first)
		if kind is TextDelta or kind is ReasoningDelta:
			while end < len(items) and type(items[end]) is kind:
				end += 1
			yield kind("".join([item.text for item in items[start:end]])) if end > start + 1 else first
		elif kind is ToolCallDelta:
			while end < len(items) and type(items[end]) is kind and items[end].id == first.id:
				end += 1
			yield msgspec.structs.replace(
				first, arguments="".join(item.arguments for item in items[start:end])
			)
		else:
			yield first
		start = end
