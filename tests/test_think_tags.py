from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ai_assistant.core.providers.think_tags import ThinkTags

fragments = st.sampled_from(["<think>", "</think>", "<", "think>", "</thi", ">", " ", "\n", "a", "é", "<b>"])
texts = st.lists(fragments, max_size=12).map("".join)


def reference(text: str) -> tuple[str, str]:
	"""The same, of a whole text: reasoning and text."""
	found = re.fullmatch(r"\s*<think>(.*?)(?:</think>(.*))?", text, re.DOTALL)
	return (found[1], found[2] or "") if found else ("", text)


def split(pieces: list[str]) -> tuple[str, str]:
	tags, reasoning, text = ThinkTags(), "", ""
	for piece in pieces:
		thought, said = tags.feed(piece)
		assert not (thought and text), "Reasoning never follows text."
		reasoning, text = reasoning + thought, text + said
	thought, said = tags.end()
	return reasoning + thought, text + said


def cut(text: str, places: list[int]) -> list[str]:
	edges = [0, *sorted(min(place, len(text)) for place in places), len(text)]
	return [text[start:end] for start, end in pairwise(edges)]


@given(texts, st.lists(st.integers(0, 60)))
@example("<think></think>", [3])
@example("<think>a</thi", [9, 10])
@example(" \n<think>a</think>b</think>", [1, 4, 12])
def test_a_text_is_split_in_the_same_way_wherever_it_is_cut(text: str, places: list[int]) -> None:
	assert split(cut(text, places)) == reference(text)


@given(texts)
def test_a_text_may_arrive_one_character_at_a_time(text: str) -> None:
	assert split(list(text)) == reference(text)


@pytest.mark.parametrize("piece", ["Hello", "a < b", "<b>", "1 <thin> 2"])
def test_nothing_is_held_back_that_cannot_become_a_tag(piece: str) -> None:
	assert ThinkTags().feed(piece) == ("", piece)


def test_reasoning_is_shown_while_it_arrives() -> None:
	tags = ThinkTags()
	assert tags.feed("<think>I ") == ("I ", "")
	assert tags.feed("wonder </") == ("wonder ", "")
	assert tags.feed("b> ") == ("</b> ", "")
	assert tags.feed("</think>Yes") == ("", "Yes")
	assert tags.feed("<think>") == ("", "<think>")
