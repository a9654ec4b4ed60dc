"""Transcript: the golden files, and what must hold for every order in which events can arrive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_assistant.core.deltas import Usage
from ai_assistant.core.events import (
	AnyEvent,
	Completion,
	Error,
	Reasoning,
	SourceFound,
	Status,
	Text,
	Timing,
	ToolCall,
	decode,
	utf16_length,
)
from ai_assistant.core.transcript import Transcript

GOLDEN = sorted(Path(__file__).parent.joinpath("fixtures", "transcripts").glob("*.json"))


def shown(transcript: Transcript) -> dict[str, Any]:
	"""All that a client sees of it, as plain JSON values."""
	return {
		"cursor": transcript.cursor,
		"status": transcript.status,
		"provider": transcript.provider,
		"model": transcript.model,
		"reasoning": transcript.reasoning,
		"text": transcript.text,
		"tool_calls": msgspec.to_builtins(transcript.tool_calls),
		"sources": [
			{name: getattr(source, name) for name in source.__struct_fields__}
			for source in transcript.sources
		],
		"thinking_seconds": transcript.thinking_seconds,
		"is_truncated": transcript.is_truncated,
		"final": transcript.final and transcript.final.__struct_config__.tag,
	}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_transcript(path: Path) -> None:
	golden = json.loads(path.read_text(encoding="utf-8"))
	transcript = Transcript()
	outcomes = [transcript.apply(decode(json.dumps(event))) for event in golden["events"]]
	assert {"outcomes": outcomes, **shown(transcript)} == golden["expected"]


def envelope(attempt: int, seq: int) -> dict[str, Any]:
	return {
		"task_id": "6f1d2c9a",
		"conversation_id": "7",
		"attempt": attempt,
		"seq": seq,
		"timestamp": "2026-03-01T09:00:00.000Z",
		"t": attempt * 1000 + seq,
	}


def numbered(attempt: int, deltas: list[tuple[str, str]]) -> list[AnyEvent]:
	"""The events of one attempt; each delta is its kind and a piece of text."""
	events: list[AnyEvent] = []
	lengths = {"reasoning": 0, "text": 0}
	for seq, (kind, piece) in enumerate(deltas, start=1):
		place = envelope(attempt, seq)
		if kind == "tool_call":
			events.append(ToolCall(**place, id=piece[:1], name="search", arguments=piece))
		elif kind == "source":
			events.append(SourceFound(**place, id=piece))
		elif kind == "status":
			events.append(Status(**place, status="started", provider=piece, model=piece))
		else:
			make = Reasoning if kind == "reasoning" else Text
			events.append(make(**place, text=piece, offset=lengths[kind]))
			lengths[kind] += utf16_length(piece)
	return events


def final(attempt: int, seq: int, kind: str) -> AnyEvent:
	place = envelope(attempt, seq)
	if kind == "error":
		return Error(
			**place,
			error="It broke.",
			code="network",
			retryable=True,
			retry_after=None,
			text="kept",
			reasoning="thought",
		)
	return Completion(
		**place,
		text="" if kind == "truncated" else "whole",
		reasoning="",
		finish_reason="stop",
		message_id="m",
		provider="p",
		model="m",
		usage=Usage(),
		timing=Timing(thinking_ms=5),
		truncated=True if kind == "truncated" else msgspec.UNSET,
	)


DELTAS = st.lists(
	st.tuples(
		st.sampled_from(["reasoning", "text", "tool_call", "source", "status"]), st.text("aé😀𝄞", max_size=4)
	),
	min_size=1,
	max_size=8,
)


@st.composite
def journals(draw: st.DrawFn) -> list[AnyEvent]:
	"""All events of a run: the queue, one to three attempts, and perhaps the end."""
	attempts = draw(st.lists(DELTAS, min_size=1, max_size=3))
	journal: list[AnyEvent] = [Status(**envelope(0, 1), status="queued", position=2)]
	for attempt, deltas in enumerate(attempts, start=1):
		journal += numbered(attempt, deltas)
	end = draw(st.sampled_from(["none", "completion", "error", "truncated"]))
	if end != "none":
		journal.append(final(len(attempts), len(attempts[-1]) + 1, end))
	return journal


def fold(events: list[AnyEvent]) -> Transcript:
	transcript = Transcript()
	for event in events:
		transcript.apply(event)
	return transcript


def after(journal: list[AnyEvent], cursor: str) -> list[AnyEvent]:
	"""What `get_events` answers."""
	attempt, seq = map(int, cursor.split("-"))
	return [event for event in journal if (event.attempt, event.seq) > (attempt, seq)]


@given(journals())
def test_whole_run_in_order_is_applied(journal: list[AnyEvent]) -> None:
	transcript = Transcript()
	assert {transcript.apply(event) for event in journal} == {"applied"}
	assert transcript.cursor == f"{journal[-1].attempt}-{journal[-1].seq}"


@given(journals(), st.data())
def test_lost_repeated_and_reordered_events_end_in_the_same_state_after_repair(
	journal: list[AnyEvent], data: st.DataObject
) -> None:
	transcript = Transcript()
	published = 0
	for position in data.draw(st.lists(st.integers(0, len(journal) - 1), max_size=30)):
		published = max(published, position + 1)
		if transcript.apply(journal[position]) == "gap":
			for event in after(journal[:published], transcript.cursor):
				assert transcript.apply(event) == "applied"
	for event in after(journal, transcript.cursor):
		transcript.apply(event)
	assert shown(transcript) == shown(fold(journal))


@given(journals(), st.data())
def test_what_is_not_applied_changes_nothing(journal: list[AnyEvent], data: st.DataObject) -> None:
	transcript = Transcript()
	for event in data.draw(st.lists(st.sampled_from(journal), max_size=20)):
		before = shown(transcript)
		if transcript.apply(event) != "applied":
			assert shown(transcript) == before


def utf16_slice(text: str, start: int, end: int) -> str:
	"""As `text.slice(start, end)` of JavaScript; it may cut a surrogate pair."""
	return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


@given(st.text("aé€😀𝄞", max_size=30), st.data())
def test_a_text_cut_anywhere_with_overlaps_is_the_same_text(text: str, data: st.DataObject) -> None:
	size = utf16_length(text)
	cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=8)))
	transcript = Transcript()
	for seq, (start, end) in enumerate(zip([0, *cuts], [*cuts, size], strict=True), start=1):
		overlap = data.draw(st.integers(0, start))
		piece = utf16_slice(text, start - overlap, end)
		assert transcript.apply(Text(**envelope(1, seq), text=piece, offset=start - overlap)) == "applied"
		if data.draw(st.booleans()):
			assert utf16_length(transcript.text) == end
	assert transcript.text == text


@given(st.text("a😀", max_size=5), st.integers(1, 5))
def test_a_delta_beyond_what_is_known_is_a_gap(text: str, beyond: int) -> None:
	transcript = fold([Text(**envelope(1, 1), text=text, offset=0)])
	late = Text(**envelope(1, 2), text="x", offset=utf16_length(text) + beyond)
	assert transcript.apply(late) == "gap"
	assert (transcript.text, transcript.cursor) == (text, "1-1")
