"""Events: their JSON, their bound in size, their times."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_assistant.core.deltas import Source, Usage
from ai_assistant.core.events import (
	LARGEST_EVENT,
	AnyEvent,
	Completion,
	Error,
	FinishedToolCall,
	Heartbeat,
	Reasoning,
	SourceFound,
	Status,
	Text,
	Timing,
	ToolCall,
	decode,
	encode,
	timestamp,
	to_builtins,
	utf16_length,
)

PLACE: dict[str, Any] = {
	"task_id": "6f1d2c9a",
	"conversation_id": "7",
	"attempt": 1,
	"seq": 2,
	"timestamp": "2026-03-01T09:00:00.040Z",
	"t": 40,
}
WORST = "\x01"
"""Six bytes as JSON, more than any other character."""


def completion(**changes: Any) -> Completion:
	fields: dict[str, Any] = {
		"text": "Four.",
		"reasoning": "Two and two.",
		"finish_reason": "stop",
		"message_id": "m-2",
		"provider": "scripted",
		"model": "reasoner",
		"usage": Usage(12, 9, 4, 0, 21),
	}
	return Completion(**PLACE, **(fields | changes))


def error(**changes: Any) -> Error:
	fields: dict[str, Any] = {
		"error": "The provider is overloaded.",
		"code": "overloaded",
		"retryable": True,
		"retry_after": 2.5,
		"text": "",
		"reasoning": "",
	}
	return Error(**PLACE, **(fields | changes))


EXAMPLES: list[AnyEvent] = [
	Status(**PLACE, status="queued", position=0),
	Status(**PLACE, status="retrying", reason="rate_limit", retry_after=1.5),
	Reasoning(**PLACE, text="Hm 😀", offset=0),
	Text(**PLACE, text='"\\\n\u2028', offset=5),
	ToolCall(**PLACE, id="c1", name="search", arguments='{"q":'),
	SourceFound(**PLACE, id="s1", title="Handbook", score=0.9),
	Heartbeat(**(PLACE | {"seq": 0}), last_seq=7),
	completion(
		sources=[Source("s1", url="https://example.com")],
		tool_calls=[FinishedToolCall("c1", "search", "{}")],
		timing=Timing(3, 40, 52, 12, 900, 21.5),
		cost=0.002,
	),
	error(text="Half"),
]


def test_examples_cover_every_event() -> None:
	assert {type(event) for event in EXAMPLES} == set(get_args(AnyEvent))


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_event_survives_its_json(event: AnyEvent) -> None:
	assert decode(encode(event)) == event
	assert json.loads(encode(event)) == to_builtins(event)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_says_which_it_is_and_where_it_belongs(event: AnyEvent) -> None:
	value = to_builtins(event)
	assert value["type"] == type(event).__struct_config__.tag
	assert set(PLACE) <= set(value)


def test_status_leaves_out_what_it_does_not_say() -> None:
	assert set(to_builtins(EXAMPLES[0])) == {"type", "status", "position", *PLACE}


@pytest.mark.parametrize("event", [Reasoning(**PLACE, text="", offset=0), Text(**PLACE, text="", offset=0)])
def test_delta_says_that_it_is_partial_and_a_final_event_that_it_is_not(event: AnyEvent) -> None:
	assert to_builtins(event)["partial"] is True
	assert to_builtins(completion())["partial"] is False
	assert to_builtins(error())["partial"] is False


@pytest.mark.parametrize(
	"data",
	[
		"",
		"[]",
		"{}",
		'{"type":"complete"}',
		'{"type":"text","text":"x","offset":0}',
		json.dumps({**PLACE, "type": "text", "text": "x", "offset": "0"}),
		json.dumps({**PLACE, "type": "status", "status": "thinking"}),
	],
)
def test_anything_else_is_refused(data: str) -> None:
	with pytest.raises(msgspec.DecodeError):
		decode(data)


def test_field_that_a_later_version_adds_is_passed_over() -> None:
	event = EXAMPLES[2]
	assert decode(json.dumps({**to_builtins(event), "mood": "calm"})) == event


@pytest.mark.parametrize("part", ["text", "reasoning"])
@pytest.mark.parametrize("make", [completion, error])
def test_final_event_too_large_goes_without_its_text(make: Any, part: str) -> None:
	event = make(**{part: "x" * LARGEST_EVENT})
	data = encode(event)
	bare = decode(data)
	assert len(data) < 2_000
	assert isinstance(bare, (Completion, Error))
	assert (bare.truncated, bare.text, bare.reasoning, bare.seq) == (True, "", "", event.seq)


def test_completion_too_large_by_its_tool_calls_or_sources_goes_without_them() -> None:
	for large in (
		completion(tool_calls=[FinishedToolCall("c1", "write", "x" * LARGEST_EVENT)]),
		completion(sources=[Source("s1", excerpt="x" * LARGEST_EVENT)]),
	):
		bare = decode(encode(large))
		assert isinstance(bare, Completion)
		assert (bare.truncated, bare.tool_calls, bare.sources) == (True, [], [])


def test_error_too_large_by_its_sentence_keeps_the_beginning_of_it() -> None:
	data = encode(error(error="No. " + WORST * LARGEST_EVENT))
	bare = decode(data)
	assert isinstance(bare, Error)
	assert len(data) <= LARGEST_EVENT
	assert (bare.truncated, bare.error[:3]) == (True, "No.")


def test_final_event_at_the_bound_is_whole_and_one_byte_above_is_truncated() -> None:
	room = LARGEST_EVENT - len(encode(completion(text="")))
	assert len(encode(completion(text="x" * room))) == LARGEST_EVENT
	bare = decode(encode(completion(text="x" * (room + 1))))
	assert isinstance(bare, Completion)
	assert bare.truncated is True


@pytest.mark.parametrize("character", [WORST, '"', "é", "€", "😀"])
def test_delta_of_40_000_characters_is_below_the_bound_whatever_they_are(character: str) -> None:
	piece = character * 40_000
	assert len(encode(Text(**PLACE, text=piece, offset=0))) <= LARGEST_EVENT
	assert len(encode(ToolCall(**PLACE, id="c1", name="write", arguments=piece))) <= LARGEST_EVENT


@pytest.mark.parametrize(
	("seconds", "text"),
	[
		(0, "1970-01-01T00:00:00.000Z"),
		(1772355600.0409, "2026-03-01T09:00:00.040Z"),
		(1772355599.9999, "2026-03-01T08:59:59.999Z"),
	],
)
def test_timestamp_is_utc_to_the_millisecond(seconds: float, text: str) -> None:
	assert timestamp(seconds) == text


@given(st.floats(0, 4e9))
def test_timestamp_is_what_other_languages_parse(seconds: float) -> None:
	parsed = datetime.strptime(timestamp(seconds), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
	late = datetime.fromtimestamp(seconds, timezone.utc) - parsed
	assert timedelta(0) <= late < timedelta(milliseconds=1)


@given(st.text())
def test_utf16_length_is_that_of_javascript(text: str) -> None:
	assert utf16_length(text) == sum(2 if ord(character) > 0xFFFF else 1 for character in text)
