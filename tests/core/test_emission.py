from hypothesis import given
from hypothesis import strategies as st

from ai_assistant.core.deltas import ReasoningDelta, TextDelta, ToolCallDelta
from ai_assistant.core.emission import Emission, ShownDelta
from ai_assistant.core.events import decode
from ai_assistant.core.journal import Address, Entry
from ai_assistant.core.transcript import Transcript

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
deltas = st.one_of(
	words.map(TextDelta),
	words.map(ReasoningDelta),
	st.builds(ToolCallDelta, st.sampled_from(["a", "b"]), st.just("look"), words),
)
TAKE = "take"


def emission(attempt: int = 1) -> Emission:
	return Emission(Address("site", "ada", "run"), "conversation", 0.0, attempt)


def show(entries: list[Entry]) -> Transcript:
	transcript = Transcript()
	for entry in entries:
		assert transcript.apply(decode(entry.event)) == "applied"
	return transcript


@given(st.lists(deltas | st.just(TAKE), max_size=60))
def test_however_deltas_are_joined_the_client_shows_all_of_them_once(steps: list[ShownDelta | str]) -> None:
	sending, entries = emission(), []
	for step in steps:
		if isinstance(step, str):
			entries += sending.take(0)
		else:
			sending.add(step)
	entries += sending.take(0)
	shown = show(entries)
	given_deltas = [step for step in steps if not isinstance(step, str)]
	assert shown.text == sending.text == "".join(d.text for d in given_deltas if isinstance(d, TextDelta))
	assert shown.reasoning == "".join(d.text for d in given_deltas if isinstance(d, ReasoningDelta))
	assert tuple(shown.tool_calls) == sending.tool_calls
	assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))


def test_the_first_of_each_kind_must_not_wait() -> None:
	sending = emission()
	assert sending.add(ReasoningDelta("a"))
	assert not sending.add(ReasoningDelta("b"))
	assert sending.add(TextDelta("c"))
	assert not sending.add(TextDelta("d"))


def test_neighbours_of_one_kind_become_one_event() -> None:
	sending = emission()
	for word in "abc":
		sending.add(TextDelta(word))
	sending.add(ReasoningDelta("d"))
	assert [decode(entry.event).text for entry in sending.take(0)] == ["abc", "d"]  # type: ignore[union-attr]


@given(st.lists(deltas, min_size=1, max_size=30), st.integers(0, 30))
def test_after_a_lost_journal_the_next_attempt_shows_everything_again(
	given_deltas: list[ShownDelta], cut: int
) -> None:
	sending = emission()
	sending.add_status("started", provider="p", model="m")
	for delta in given_deltas[:cut]:
		sending.add(delta)
	sending.take(0)
	for delta in given_deltas[cut:]:
		sending.add(delta)
	sending.replay(2)
	entries = sending.take(0)
	shown = show(entries)
	assert (shown.text, shown.reasoning) == (sending.text, sending.reasoning)
	assert tuple(shown.tool_calls) == sending.tool_calls
	assert (shown.provider, shown.model, entries[0].attempt, entries[0].seq) == ("p", "m", 2, 1)


def test_a_restarted_attempt_begins_with_nothing_shown() -> None:
	sending = emission()
	sending.add(ReasoningDelta("wrong way"))
	sending.take(0)
	sending.restart(2)
	assert sending.add(ReasoningDelta("right way"))
	assert [(entry.attempt, entry.seq) for entry in sending.take(0)] == [(2, 1)]
	assert sending.reasoning == "right way"
