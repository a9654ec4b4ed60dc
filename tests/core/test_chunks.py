"""A run's events as OpenAI's chunks, however they are cut into pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw

from ai_assistant.core.chunks import Chunks
from ai_assistant.core.deltas import Usage
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.events import (
	AnyEvent,
	Completion,
	Error,
	FinishedToolCall,
	Reasoning,
	Status,
	Text,
	ToolCall,
	decode,
	encode,
)
from ai_assistant.core.replies import StartedRun
from ai_assistant.core.transcript import Transcript

GOLDEN = sorted(Path(__file__).parent.parent.joinpath("fixtures", "transcripts").glob("*.json"))
RUN = StartedRun("6f1d2c9a", "7", "m1", "queued")


class Joined:
	"""What a client of OpenAI's makes of the stream."""

	def __init__(self, sent: bytes):
		*blocks, end = sent.decode().split("\n\n")
		assert end == ""
		self.data = [block.removeprefix("data: ") for block in blocks]
		self.chunks: list[Any] = [json.loads(data) for data in self.data if data != "[DONE]"]
		choices = [choice for chunk in self.chunks for choice in chunk.get("choices", ())]
		self.finishes = [choice["finish_reason"] for choice in choices if choice["finish_reason"]]
		deltas = [choice["delta"] for choice in choices]
		self.text = "".join(delta.get("content", "") for delta in deltas)
		self.reasoning = "".join(delta.get("reasoning_content", "") for delta in deltas)
		self.calls: list[dict[str, str]] = []
		for piece in (piece for delta in deltas for piece in delta.get("tool_calls", ())):
			self._add(piece)

	def _add(self, piece: Any) -> None:
		if piece["index"] == len(self.calls):
			self.calls.append({"id": piece["id"], "name": piece["function"]["name"], "arguments": ""})
		self.calls[piece["index"]]["arguments"] += piece["function"]["arguments"]


def sent(*pages: Sequence[AnyEvent], has_usage: bool = False) -> bytes:
	chunks = Chunks(RUN, None, has_usage)
	return b"".join(chunks.take(Raw(encode(event)) for event in page) for page in pages)


def head(attempt: int, seq: int) -> dict[str, Any]:
	return {
		"task_id": RUN.task_id,
		"conversation_id": RUN.conversation_id,
		"attempt": attempt,
		"seq": seq,
		"timestamp": "2026-03-01T09:00:00.000Z",
		"t": seq,
	}


def reasoning(attempt: int, seq: int, text: str, offset: int = 0) -> Reasoning:
	return Reasoning(**head(attempt, seq), text=text, offset=offset)


def text(attempt: int, seq: int, text: str, offset: int = 0) -> Text:
	return Text(**head(attempt, seq), text=text, offset=offset)


def call(attempt: int, seq: int, id: str, arguments: str) -> ToolCall:
	return ToolCall(**head(attempt, seq), id=id, name=f"name of {id}", arguments=arguments)


def completion(attempt: int, seq: int, **fields: Any) -> Completion:
	given = {
		"text": "",
		"reasoning": "",
		"finish_reason": "stop",
		"message_id": "m2",
		"usage": Usage(3, 4, 1, 2, 7),
	}
	return Completion(**head(attempt, seq), provider="scripted", model="reasoner", **given | fields)


def in_order(events: Iterable[Any]) -> list[AnyEvent]:
	"""As a journal has them: none missing, repeated or late."""
	transcript = Transcript()
	decoded = [decode(json.dumps(event)) for event in events]
	return [event for event in decoded if transcript.apply(event) == "applied"]


APPENDED = [path for path in GOLDEN if path.stem != "attempt_replaced"]
"""All but the one that takes back a tool call, which chunks cannot and engines do not."""


@pytest.mark.parametrize("path", APPENDED, ids=lambda path: path.stem)
def test_golden_transcript_reads_the_same_in_chunks(path: Path) -> None:
	golden = json.loads(path.read_text(encoding="utf-8"))
	events = in_order(golden["events"])
	for pages in ([events], [[event] for event in events]):
		joined = Joined(sent(*pages))
		assert joined.text == golden["expected"]["text"]
		assert joined.calls == golden["expected"]["tool_calls"]
		assert joined.reasoning.endswith(golden["expected"]["reasoning"])


def test_what_comes_together_is_one_chunk() -> None:
	page = [reasoning(1, 1, "Two "), reasoning(1, 2, "and two.", 4), text(1, 3, "Fo"), text(1, 4, "ur.", 2)]
	(chunk,) = Joined(sent(page)).chunks
	assert chunk["choices"][0]["delta"] == {
		"role": "assistant",
		"content": "Four.",
		"reasoning_content": "Two and two.",
	}


def test_attempt_that_thinks_anew_does_so_in_a_new_paragraph() -> None:
	first, second = [reasoning(1, 1, "Two")], [reasoning(2, 1, "Twice two."), text(2, 2, "Four.")]
	joined = Joined(sent(first, second, [completion(2, 3, text="Four.", reasoning="Twice two.")]))
	assert (joined.reasoning, joined.text) == ("Two\n\nTwice two.", "Four.")


def test_attempt_that_shows_again_what_was_shown_repeats_nothing() -> None:
	shown = [reasoning(1, 1, "Two."), text(1, 2, "😀 Fo"), call(1, 3, "c1", '{"a"'), call(1, 4, "c2", "{")]
	again = [
		reasoning(2, 1, "Two."),
		text(2, 2, "😀 Four."),
		call(2, 3, "c1", '{"a":1}'),
		call(2, 4, "c2", "{}"),
	]
	joined = Joined(sent(shown, again))
	assert (joined.reasoning, joined.text) == ("Two.", "😀 Four.")
	assert [one["arguments"] for one in joined.calls] == ['{"a":1}', "{}"]
	assert [one["name"] for one in joined.calls] == ["name of c1", "name of c2"]


def test_final_event_brings_what_no_piece_did() -> None:
	calls = [FinishedToolCall("c1", "find", '{"a":1}'), FinishedToolCall("c2", "find", "")]
	final = completion(1, 0, text="Four.", reasoning="Two.", tool_calls=calls, finish_reason="tool_calls")
	joined = Joined(sent([text(1, 1, "Fo"), call(1, 2, "c1", '{"a"')], [final]))
	assert (joined.text, joined.reasoning, joined.finishes) == ("Four.", "Two.", ["tool_calls"])
	assert [one["arguments"] for one in joined.calls] == ['{"a":1}', ""]
	assert joined.data[-1] == "[DONE]"


def test_usage_is_told_in_the_last_chunk_where_it_was_asked_for() -> None:
	page = [text(1, 1, "Four."), completion(1, 2, text="Four.")]
	*chunks, last = Joined(sent(page, has_usage=True)).chunks
	assert [chunk["usage"] for chunk in chunks] == [None, None]
	assert last["choices"] == []
	assert last["usage"] == {
		"prompt_tokens": 3,
		"completion_tokens": 4,
		"total_tokens": 7,
		"prompt_tokens_details": {"cached_tokens": 2},
		"completion_tokens_details": {"reasoning_tokens": 1},
	}
	assert not any("usage" in chunk for chunk in Joined(sent(page)).chunks)


@pytest.mark.parametrize(
	("reason", "told"), [("cancelled", "stop"), ("refusal", "content_filter"), ("length", "length")]
)
def test_reason_of_the_end_is_one_that_clients_know(reason: str, told: str) -> None:
	assert Joined(sent([completion(0, 2, finish_reason=reason)])).finishes == [told]


def test_model_is_the_one_that_answers() -> None:
	started = Status(**head(1, 1), status="started", provider="scripted", model="reasoner")
	(chunk,) = Joined(sent([started, text(1, 2, "Four.")])).chunks
	assert (chunk["model"], chunk["id"], chunk["task_id"]) == ("reasoner", "chatcmpl-6f1d2c9a", "6f1d2c9a")


def test_failure_follows_what_was_shown_and_ends_the_stream() -> None:
	error = Error(
		**head(1, 2),
		error="The provider is busy.",
		code="overloaded",
		retryable=True,
		retry_after=None,
		text="Four",
		reasoning="",
	)
	joined = Joined(sent([text(1, 1, "Fo"), error]))
	assert (joined.text, joined.finishes, joined.data[-1]) == ("Four", [], "[DONE]")
	failure = joined.chunks[-1]["error"]
	assert (failure["type"], failure["code"], failure["message"]) == (
		"server_error",
		"overloaded",
		"The provider is busy.",
	)


@pytest.mark.parametrize("end", [Chunks.end, lambda chunks: chunks.break_off(ServiceUnavailable("Away."))])
def test_stream_that_ends_before_its_run_tells_how_to_go_on(end: Callable[[Chunks], bytes]) -> None:
	chunks = Chunks(RUN, None, has_usage=False)
	joined = Joined(chunks.take([Raw(encode(text(1, 1, "Fo")))]) + end(chunks))
	failure = joined.chunks[-1]["error"]
	assert (failure["code"], failure["task_id"], failure["conversation_id"]) == ("timeout", "6f1d2c9a", "7")
	assert joined.data[-1] == "[DONE]"


def test_stream_of_a_run_that_ended_has_one_end() -> None:
	chunks = Chunks(RUN, None, has_usage=False)
	assert chunks.take([Raw(encode(completion(1, 1)))]).endswith(b"data: [DONE]\n\n")
	assert chunks.end() == b""
