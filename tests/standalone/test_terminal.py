"""How answers look while they grow, with the golden transcripts as input."""

from __future__ import annotations

import json
import time
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from ai_assistant.core.events import AnyEvent, Text, utf16_length
from ai_assistant.core.transcript import Transcript
from ai_assistant.hosts.standalone.client import Answer
from ai_assistant.hosts.standalone.terminal import Line, Pane, Plain, Screen, summary

GOLDEN = sorted(Path(__file__).parents[1].joinpath("fixtures", "transcripts").glob("*.json"))


def events(name: str) -> list[AnyEvent]:
	path = next(path for path in GOLDEN if path.stem == name)
	return msgspec.convert(json.loads(path.read_text())["events"], list[AnyEvent])


def replayed(screen: Plain | Screen, answer: Answer, name: str) -> None:
	"""Shows the golden file event by event, as they arrive."""
	with screen:
		for event in events(name):
			answer.apply(event, answer.asked + 0.25)
			screen.show(answer)


def piped(name: str) -> str:
	output = StringIO()
	replayed(Plain(output), Answer("t", "c", 0.0), name)
	return output.getvalue()


def displayed(name: str, **console: Any) -> str:
	output, answer = StringIO(), Answer("t", "c", 0.0)
	replayed(Screen(Console(file=output, width=60, **console), [("model", answer)]), answer, name)
	return output.getvalue()


def test_a_pipe_gets_reasoning_in_marked_lines_and_then_the_text() -> None:
	assert piped("reasoning_finished") == "> Two and two.\n\nFour.\n"


def test_a_new_attempt_is_announced_before_it_begins_again() -> None:
	assert piped("takeover_after_reasoning") == (
		"> Let me think\n* Interrupted; starts again, attempt 2.\n> Let me see\n\nIt is so.\n"
	)


def test_a_failure_is_shown_after_what_was_kept() -> None:
	assert piped("error_in_mid_text") == "The answer is\n! The connection to the provider broke.\n"


def test_a_log_gets_whole_lines_marked_with_whose_they_are() -> None:
	assert displayed("reasoning_finished") == (
		"model > Two and two.\nmodel * Thought for 1.2 s.\nmodel | Four.\n"
	)


def test_a_terminal_shows_reasoning_dim_and_the_line_that_still_grows() -> None:
	shown = displayed("reasoning_finished", force_terminal=True, color_system="standard")
	assert "\x1b[2mTwo and two.\x1b[0m" in shown


def test_a_timer_runs_until_the_text_comes() -> None:
	pane, transcript, timers = Pane("", 60, time.perf_counter() - 3), Transcript(), []
	for event in events("reasoning_finished"):
		transcript.apply(event)
		list(pane.grow(transcript))
		timers.append(pane.timer)
	assert timers[0].startswith("queued 3.")
	assert any(timer.startswith("thinking 3.") for timer in timers)
	assert timers[-1] == ""


def test_control_characters_of_a_model_do_not_reach_the_terminal() -> None:
	assert [line.text for line in lines(["a\x1b[2Jb\ttab\x9bc"], 60)] == ["a\ufffd[2Jb\ttab\ufffdc"]


@given(st.lists(st.text(alphabet="ab \n日")), st.integers(2, 20))
def test_lines_fit_and_lose_nothing_but_spaces(pieces: list[str], width: int) -> None:
	shown = [line.text for line in lines(pieces, width)]
	assert all(cell_len(text) <= width for text in shown)
	assert "".join("".join(shown).split()) == "".join("".join(pieces).split())


def lines(pieces: list[str], width: int) -> list[Line]:
	"""What a pane makes of a text that comes in pieces, down to its last line."""
	pane, transcript, found = Pane("", width, 0.0), Transcript(), []
	for seq, piece in enumerate(pieces, 1):
		offset = utf16_length(transcript.text)
		transcript.apply(
			Text(
				task_id="t",
				conversation_id="c",
				attempt=1,
				seq=seq,
				timestamp="",
				t=0,
				text=piece,
				offset=offset,
			)
		)
		found += list(pane.grow(transcript))
	return [*found, pane.growing]


def test_the_summary_tells_how_much_came_how_fast_from_whom() -> None:
	answer = Answer("t", "c", 0.0)
	replayed(Plain(StringIO()), answer, "reasoning_finished")
	assert summary(answer) == (
		"6 events · first event after 250 ms · 6 tokens/s · provider scripted · model reasoner · stop"
	)


def test_the_summary_tells_why_a_run_failed() -> None:
	answer = Answer("t", "c", 0.0)
	replayed(Plain(StringIO()), answer, "error_in_mid_text")
	assert summary(answer).endswith("failed: network")
