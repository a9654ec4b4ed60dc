"""How runs begin, go on and end, in every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ai_assistant.core.run import Branch, RunResult
from ai_assistant.core.store import Store
from tests.contract.runs import (
	FAILED,
	FULL,
	at_once,
	begin,
	completed,
	create,
	finish,
	new_run,
)


def test_of_engines_that_begin_the_same_attempt_one_has_it(store: Store) -> None:
	create(store, new_run("r1"), 5)
	assert sorted(at_once(*[lambda: begin(store, "r1", 1)] * 4)) == [False, False, False, True]
	run = store.get_run("ann", "r1")
	assert run is not None
	assert (run.state, run.attempts) == ("running", 1)


def test_many_runs_are_loaded_and_begun_at_once_each_in_its_place(store: Store) -> None:
	for id, user in (("r1", "ann"), ("r2", "bob"), ("r3", "ann")):
		create(store, new_run(id, user=user), 5)
	loaded = store.load_runs(["r3", "nobody", "r2"], 10)
	assert [one and (one.run.id, one.run.user) for one in loaded] == [("r3", "ann"), None, ("r2", "bob")]
	begin(store, "r2", 1)
	begun = store.begin_attempts([("r1", 1), ("r2", 1), ("nobody", 1), ("r3", 2)])
	assert begun == [True, False, False, True]
	assert store.load_runs([], 10) == []
	assert store.begin_attempts([]) == []


def test_an_attempt_begins_only_if_none_later_has_and_the_run_goes_on(store: Store) -> None:
	create(store, new_run("r1"), 5)
	assert begin(store, "r1", 2)
	assert not begin(store, "r1", 1)
	assert begin(store, "r1", 3)
	finish(store, "r1", completed(attempt=3))
	assert not begin(store, "r1", 4)
	assert not begin(store, "nobody", 1)


def test_an_older_attempt_cannot_finish_a_run(store: Store) -> None:
	create(store, new_run("r1"), 5)
	begin(store, "r1", 2)
	assert finish(store, "r1", completed(attempt=1)) is None
	assert len(store.get_messages("ann", "7", 10, None) or []) == 1
	ended = finish(store, "r1", completed("new", attempt=2))
	assert ended is not None
	assert finish(store, "r1", completed("late", attempt=3)) == ended
	assert store.get_run("ann", "r1") == ended
	assert finish(store, "nobody", completed()) is None


@pytest.mark.parametrize("result", [FULL, FAILED], ids=["completed", "failed"])
def test_a_result_is_read_as_it_was_stored(store: Store, result: RunResult) -> None:
	create(store, new_run("r1"), 5)
	begin(store, "r1", result.attempt)
	run = finish(store, "r1", result)
	assert run is not None
	assert run == store.get_run("ann", "r1")
	assert run.result == replace(result, opaque=())
	assert run.state == result.state
	conversation = store.get_conversation("ann", "7")
	assert conversation is not None
	assert conversation.modified == result.ended


def test_a_run_that_ended_without_any_text_has_no_message(store: Store) -> None:
	create(store, new_run("r1"), 5)
	result = replace(FAILED, text="", reasoning="")
	run = finish(store, "r1", result)
	assert run is not None
	assert (run.message_id, run.result) == (None, result)
	assert len(store.get_messages("ann", "7", 10, None) or []) == 1


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d of a pair", "🙂\0"], ids=["nul", "surrogate", "both"])
def test_a_text_that_no_database_takes_is_stored_readably(store: Store, text: str) -> None:
	create(store, new_run("r1"), 5)
	assert finish(store, "r1", replace(FAILED, text=text, reasoning=text)) is not None
	_, answer = store.get_messages("ann", "7", 10, None) or []
	assert answer.content == text.replace("\0", "\ufffd").replace("\ud83d", "\ufffd")


@pytest.mark.parametrize("run_id", ["R1", "r1 ", "r1\0"], ids=["case", "space", "nul"])
def test_a_run_is_found_by_its_exact_id_only(store: Store, run_id: str) -> None:
	create(store, new_run("r1"), 5)
	assert store.get_run("ann", run_id) is None


def test_a_run_that_is_discarded_leaves_nothing_of_its_own(store: Store) -> None:
	create(store, new_run("r1", "one"), 5)
	create(store, new_run("r2", "two", "three", created=120.0, request_id="q"), 5)
	create(store, new_run("r3", "four", created=130.0, conversation="8"), 5)
	store.discard_run("r2")
	store.discard_run("r3")
	store.discard_run("nobody")
	assert [message.content for message in store.get_messages("ann", "7", 10, None) or []] == ["one"]
	assert store.get_conversation("ann", "8") is None
	assert store.get_run("ann", "r2") is None
	assert create(store, new_run("r4", "two", created=140.0, request_id="q"), 5).id == "r4"


def test_active_and_unfinished_runs_are_told_oldest_first(store: Store) -> None:
	create(store, new_run("r1", created=0.5), 5)
	create(store, new_run("r2", created=1.0, conversation="8"), 5)
	create(store, new_run("r3", created=2.0), 5)
	create(store, new_run("r4", created=3.0), 5)
	begin(store, "r3", 1)
	finish(store, "r1", completed())
	assert [run.id for run in store.active_runs("ann", "7")] == ["r3", "r4"]
	assert [run.id for run in store.unfinished_runs(10.0, 10)] == ["r2", "r3", "r4"]


def test_the_newest_run_of_a_message_is_told(store: Store) -> None:
	for id, user in (("r1", "ann"), ("r2", "ann"), ("r3", "bob")):
		create(store, new_run(id, user=user), 5)
	assert [run.id for run in store.newest_runs("ann", "7", ["r1-0", "r3-0", "nobody"])] == ["r1"]
	failed = finish(store, "r1", replace(FAILED, text="", reasoning=""))
	assert store.newest_runs("ann", "7", ["r1-0"]) == [failed]
	create(store, replace(new_run("r4", branch=Branch("r1-0")), messages=(), message_ids=()), 5)
	found = store.newest_runs("ann", "7", ["r1-0", "r2-0"])
	assert {run.user_message_id: run.id for run in found} == {"r1-0": "r4", "r2-0": "r2"}


def test_runs_that_have_not_ended_are_paged_without_leaving_or_repeating_any(store: Store) -> None:
	for number in range(7):
		user = ("ann", "bob")[number % 2]
		create(store, new_run(f"r{number}", created=number // 3, user=user, conversation=str(number)), 5)
	pages: list[list[str]] = []
	last = None
	while page := store.unfinished_runs(2.0, 2, last):
		pages.append([run.id for run in page])
		last = page[-1]
	assert pages == [["r0", "r1"], ["r2", "r3"], ["r4", "r5"]]


def test_runs_are_in_the_order_in_which_they_were_stored_whatever_the_clocks_say(store: Store) -> None:
	for number, created in enumerate((3.0, 3.0, 2.0)):
		create(store, new_run(f"r{number}", created=created), 5)
	runs = store.active_runs("ann", "7")
	assert [run.id for run in runs] == ["r0", "r1", "r2"]
	assert [run.state for run in runs] == ["queued", "waiting", "waiting"]
