"""The `ai_progress` events: what a client sees of a run. `docs/protocol.md` is their specification."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from ai_assistant.core.deltas import FinishReason, Source, Usage
from ai_assistant.core.errors import ErrorCode

EVENT_NAME = "ai_progress"
"""The Socket.IO event that carries them all."""

LARGEST_EVENT = 256 * 1024
"""Bytes of JSON; a longer text is left out and fetched with `get_events`."""

RunStatus = Literal["queued", "started", "retrying", "saved"]


class Event(Struct, kw_only=True, tag_field="type", omit_defaults=True):
	"""What every event carries. `t`: milliseconds since the run was asked for; `timestamp`: ISO 8601, UTC."""

	task_id: str
	conversation_id: str
	attempt: int
	seq: int
	timestamp: str
	t: int


class Status(Event, tag="status"):
	status: RunStatus
	position: int | UnsetType = UNSET
	"""Its place among the runs of this user that wait, 1 for the next; 0: it waits for none of them."""
	provider: str | UnsetType = UNSET
	model: str | UnsetType = UNSET
	reason: str | UnsetType = UNSET
	retry_after: float | UnsetType = UNSET
	message_id: str | UnsetType = UNSET


class Reasoning(Event, tag="reasoning", omit_defaults=False):
	"""A piece of the model's thinking. `offset`: UTF-16 code units of reasoning before it."""

	text: str
	offset: int
	partial: bool = True


class Text(Event, tag="text", omit_defaults=False):
	"""A piece of the answer. `offset`: UTF-16 code units of text before it."""

	text: str
	offset: int
	partial: bool = True


class ToolCall(Event, tag="tool_call", omit_defaults=False):
	"""A piece of one tool call; `arguments` of the same `id` join in order of `seq`."""

	id: str
	name: str
	arguments: str
	partial: bool = True


class SourceFound(Event, tag="source"):
	id: str
	title: str = ""
	url: str = ""
	excerpt: str = ""
	score: float | None = None


class Heartbeat(Event, tag="heartbeat", omit_defaults=False):
	"""The run is alive but silent. Not numbered (`seq` is 0) and not kept; `last_seq` tells what should have arrived."""

	last_seq: int


class Timing(Struct, frozen=True, gc=False):
	"""Milliseconds since the run was asked for, but `thinking_ms`, which is a span."""

	queued_ms: int = 0
	first_event_ms: int | None = None
	first_text_ms: int | None = None
	thinking_ms: int = 0
	duration_ms: int = 0
	tokens_per_second: float | None = None


class FinishedToolCall(Struct, frozen=True, gc=False):
	"""One whole tool call; `arguments` is JSON text."""

	id: str
	name: str
	arguments: str


class Completion(Event, tag="completion", omit_defaults=False):
	"""Final: the whole answer, which is saved."""

	text: str
	reasoning: str
	finish_reason: FinishReason
	message_id: str | None
	provider: str | None
	model: str | None
	usage: Usage
	cost: float | None = None
	"""In the currency of the model's prices; null where they are not set."""
	sources: list[Source] = []
	context_quality: float | None = None
	tool_calls: list[FinishedToolCall] = []
	timing: Timing = Timing()
	partial: bool = False
	truncated: bool | UnsetType = UNSET


class Error(Event, tag="error", omit_defaults=False):
	"""Final: the run failed; what was shown is kept."""

	error: str
	code: ErrorCode
	retryable: bool
	retry_after: float | None
	text: str
	reasoning: str
	message_id: str | None = None
	provider: str | None = None
	model: str | None = None
	usage: Usage = Usage(basis="estimated")
	timing: Timing = Timing()
	partial: bool = False
	truncated: bool | UnsetType = UNSET


AnyEvent = Status | Reasoning | Text | ToolCall | SourceFound | Heartbeat | Completion | Error
FinalEvent = Completion | Error

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: AnyEvent) -> bytes:
	"""The event as JSON; a final event above LARGEST_EVENT goes without its text and reasoning, marked `truncated`."""
	data = _encoder.encode(event)
	if len(data) > LARGEST_EVENT and isinstance(event, (Completion, Error)):
		bare = msgspec.structs.replace(event, text="", reasoning="", truncated=True)
		if isinstance(bare, Completion):
			bare = msgspec.structs.replace(bare, tool_calls=[], sources=[])
		else:
			bare = msgspec.structs.replace(bare, error=bare.error[:1000])
		data = _encoder.encode(bare)
	return data


def decode(data: bytes | str) -> AnyEvent:
	"""The event that `encode` wrote. Raises msgspec.ValidationError for anything else."""
	return _decoder.decode(data)


def to_builtins(event: AnyEvent) -> dict[str, Any]:
	"""The event as plain JSON values."""
	value: dict[str, Any] = msgspec.to_builtins(event)
	return value


def timestamp(seconds: float) -> str:
	"""Unix seconds as ISO 8601 in UTC with milliseconds."""
	second, micros = divmod(round(seconds * 1_000_000), 1_000_000)
	return f"{_whole(second)}.{micros // 1000:03d}Z"


@lru_cache(maxsize=2)
def _whole(second: int) -> str:
	"""Remembered, for thousands of events share one."""
	return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def utf16_length(text: str) -> int:
	"""Length as JavaScript counts it: code points beyond U+FFFF count twice."""
	return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
