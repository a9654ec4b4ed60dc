from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_assistant.core.providers.event_stream import LONGEST, EventStream, EventTooLong

characters = st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])
payloads = st.lists(st.text(characters).map(str.strip).filter(bool))
cuts = st.lists(st.integers(0, 400))


def fed(body: bytes, cuts: list[int]) -> list[bytes]:
	edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
	stream, events = EventStream(), []
	for start, end in pairwise(edges):
		events += stream.feed(body[start:end])
	return events + stream.end()


@given(payloads, cuts, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["data:", "data: "]))
def test_events_are_the_same_wherever_the_body_is_cut(
	payloads: list[str], cuts: list[int], newline: str, field: str
) -> None:
	lines = [f": ping{newline}event: delta{newline}{field}{payload}{newline * 2}" for payload in payloads]
	assert [event.decode().strip() for event in fed("".join(lines).encode(), cuts)] == payloads


def test_lines_of_one_event_are_joined() -> None:
	assert fed(b'data: {"a":\ndata: 1}\n\n', []) == [b'{"a":\n1}']


def test_comments_other_fields_and_empty_data_are_no_events() -> None:
	assert fed(b": ping\n\nevent: ping\nid: 1\nretry: 5\n\ndata\n\ndata:\n\n\n\n", []) == []


def test_unicode_line_separators_stay_inside_a_line() -> None:
	text = "a\u2028b\u0085c\x0bd"
	assert fed(f"data: {text}\n\n".encode(), [8, 9, 10]) == [text.encode()]


def test_an_event_without_its_empty_line_comes_with_the_end() -> None:
	stream = EventStream()
	assert stream.feed(b"data: [DONE]") == []
	assert stream.end() == [b"[DONE]"]


@pytest.mark.parametrize("piece", [b"data: x", b"data:xx\n", b": x"])
def test_a_line_or_an_event_without_end_is_not_kept(piece: bytes) -> None:
	stream = EventStream()
	assert stream.feed(piece * (LONGEST // len(piece))) == []
	with pytest.raises(EventTooLong):
		stream.feed(piece * 2)


def test_many_events_may_be_longer_together_than_one() -> None:
	stream, event = EventStream(), b"data: " + b"x" * (LONGEST // 4) + b"\n\n"
	assert sum(len(stream.feed(event)) for _ in range(8)) == 8
