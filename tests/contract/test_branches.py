"""Branches of conversations and runs that wait for each other, in every store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ai_assistant.core.errors import Conflict, NotFound, TooManyRequests
from ai_assistant.core.messages import Place, StoredMessage
from ai_assistant.core.run import Branch, Run, RunResult
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Finished, Store
from tests.contract.runs import FAILED, at_once, begin, completed, exported, new_run, read_by_model

LIMITS = Limits()
NOTHING = replace(FAILED, text="", reasoning="")


def ask(store: Store, id: str, at: float, *said: str, limits: Limits = LIMITS, **fields: Any) -> Run:
	"""Without anything said, the message `branch.parent` is answered anew."""
	new = new_run(id, *said, created=at, **fields)
	return store.create_run(new if said else replace(new, messages=(), message_ids=()), limits)


def answer(store: Store, id: str, result: RunResult | str, limits: Limits = LIMITS) -> Finished:
	finished = store.finish_run(id, completed(result) if isinstance(result, str) else result, limits)
	assert finished is not None
	return finished


def history(store: Store, conversation: str = "7") -> list[StoredMessage]:
	return store.get_messages("ann", conversation, 100, None) or []


def shown(store: Store, conversation: str = "7") -> list[str]:
	return [message.content for message in history(store, conversation)]


def ask_twice(store: Store) -> tuple[str, str]:
	"""Two questions, both answered; the ids of the answers."""
	ask(store, "r1", 10.0, "one?")
	first = answer(store, "r1", "One.").run.message_id
	ask(store, "r2", 20.0, "two?")
	second = answer(store, "r2", "Two.").run.message_id
	assert first
	assert second
	return first, second


def test_each_message_follows_the_one_before(store: Store) -> None:
	first, second = ask_twice(store)
	found = [(message.id, message.parent, message.siblings) for message in history(store)]
	assert found == [("r1-0", None, ()), (first, "r1-0", ()), ("r2-0", first, ()), (second, "r2-0", ())]
	assert store.find_message("ann", second) == Place("7", "assistant", "r2-0", second)


def test_another_answer_is_a_sibling_and_is_shown(store: Store) -> None:
	first, second = ask_twice(store)
	ask(store, "r3", 30.0, branch=Branch("r1-0"))
	assert shown(store) == ["one?"]
	assert [message.content for message in read_by_model(store, "r3", 10)] == ["one?"]
	third = answer(store, "r3", "Eins.").run.message_id
	assert shown(store) == ["one?", "Eins."]
	assert [message.siblings for message in history(store)] == [(), (first, third)]
	assert store.choose_branch("ann", first) == "7"
	assert history(store)[-1].id == second


def test_an_answer_in_the_middle_is_made_anew_while_the_newest_question_waits(store: Store) -> None:
	ask(store, "r1", 10.0, "one?")
	answer(store, "r1", "One.")
	ask(store, "r2", 20.0, "two?")
	assert ask(store, "r3", 30.0, branch=Branch("r1-0")).state == "waiting"
	assert ask(store, "r4", 40.0, "three?").state == "waiting"
	answer(store, "r2", "Two.")
	assert shown(store) == ["one?", "three?"]
	answer(store, "r3", "Eins.")
	assert shown(store) == ["one?", "Eins.", "three?"]
	assert [message.content for message in read_by_model(store, "r4", 10)] == ["one?", "Eins.", "three?"]
	answer(store, "r4", "Three.")
	assert shown(store) == ["one?", "Eins.", "three?", "Three."]


def test_an_answer_asked_for_anew_before_the_first_was_there_is_the_one_that_is_shown(store: Store) -> None:
	ask(store, "r1", 10.0, "one?")
	ask(store, "r2", 20.0, "two?")
	ask(store, "r3", 30.0, branch=Branch("r1-0"))
	ask(store, "r4", 40.0, "three?")
	answer(store, "r1", "One.")
	answer(store, "r2", "Two.")
	answer(store, "r3", "Eins.")
	assert shown(store) == ["one?", "Eins.", "three?"]
	store.choose_branch("ann", "r2-0")
	assert shown(store) == ["one?", "One.", "two?", "Two."]


@pytest.mark.parametrize("is_stopped", [True, False], ids=["stopped while it waited", "failed in its turn"])
def test_without_another_answer_the_earlier_one_is_shown_with_what_was_said_since(
	store: Store, is_stopped: bool
) -> None:
	ask(store, "r1", 10.0, "one?")
	ask(store, "r2", 20.0, branch=Branch("r1-0"))
	ask(store, "r3", 30.0, "two?")
	if is_stopped:
		answer(store, "r2", NOTHING)
	answer(store, "r1", "One.")
	if not is_stopped:
		answer(store, "r2", NOTHING)
	assert shown(store) == ["one?", "One.", "two?"]


def test_an_answer_that_failed_without_text_gives_way_to_the_earlier_one(store: Store) -> None:
	ask_twice(store)
	ask(store, "r3", 30.0, branch=Branch("r2-0"))
	assert answer(store, "r3", NOTHING).run.message_id is None
	assert shown(store) == ["one?", "One.", "two?", "Two."]


def test_an_answer_does_not_take_back_the_branch_that_was_chosen_meanwhile(store: Store) -> None:
	first, second = ask_twice(store)
	ask(store, "r3", 30.0, branch=Branch("r1-0"))
	store.choose_branch("ann", first)
	answer(store, "r3", "Eins.")
	assert history(store)[-1].id == second


def test_another_question_begins_a_branch_also_in_place_of_the_first(store: Store) -> None:
	first, _ = ask_twice(store)
	ask(store, "r3", 30.0, "zwei?", branch=Branch(first))
	answer(store, "r3", "Zwei.")
	assert shown(store) == ["one?", "One.", "zwei?", "Zwei."]
	ask(store, "r4", 40.0, "eins?", branch=Branch(None))
	assert [(message.content, message.siblings) for message in history(store)] == [
		("eins?", ("r1-0", "r4-0"))
	]
	assert [message.content for message in read_by_model(store, "r4", 10)] == ["eins?"]


def test_what_is_said_in_place_of_a_question_stands_beside_it_wherever_that_is_by_then(store: Store) -> None:
	ask(store, "r1", 10.0, "one?")
	ask(store, "r2", 20.0, "two?")
	answer(store, "r1", "One.")
	ask(store, "r3", 30.0, "zwei?", branch=Branch("r1-0", instead_of="r2-0"))
	assert shown(store) == ["one?", "One.", "zwei?"]


def test_a_branch_of_a_conversation_that_is_gone_is_not_made(store: Store) -> None:
	ask_twice(store)
	store.delete_conversation("ann", "7")
	for said in ((), ("zwei?",)):
		with pytest.raises(NotFound):
			ask(store, "r3", 30.0, *said, branch=Branch("r2-0"))
	assert store.get_conversation("ann", "7") is None


def test_pages_and_the_export_go_by_branches(store: Store) -> None:
	first, second = ask_twice(store)
	ask(store, "r3", 30.0, "zwei?", branch=Branch(first))
	page = store.get_messages("ann", "7", 2, second) or []
	assert [message.id for message in page] == [first, "r2-0"]
	assert store.get_messages("ann", "7", 2, "r1-0") == []
	every = exported(store, "7")
	assert [message.content for message in every] == ["one?", "One.", "two?", "Two.", "zwei?"]
	assert [message.parent for message in every] == [None, "r1-0", first, "r2-0", first]
	outline = store.outline("ann", "7")
	assert outline is not None
	assert outline.chosen() == ["r1-0", first, "r3-0"]
	(third,) = store.export_messages("ann", "7", ["gone", "r2-0"]) or []
	assert third.content == "two?"


def test_an_export_grows_with_its_messages_and_not_with_their_square(store: Store) -> None:
	ask(store, "r1", 10.0, "one?")
	first = answer(store, "r1", "One.").run.message_id
	for number in range(30):
		ask(
			store, f"b{number}", 20.0 + number, "two?", branch=Branch(first), limits=Limits(runs_per_user=100)
		)
	every = exported(store, "7")
	assert [message.parent for message in every] == [None, "r1-0", *[first] * 30]
	assert {message.siblings for message in every} == {()}


def test_a_branch_that_is_discarded_shows_what_was_chosen_before(store: Store) -> None:
	first, second = ask_twice(store)
	ask(store, "r3", 30.0, "zwei?", branch=Branch(first))
	answer(store, "r3", "Zwei.")
	store.choose_branch("ann", second)
	place = store.find_message("ann", "r1-0")
	assert place == Place("7", "user", None, second)
	ask(store, "r4", 40.0, branch=Branch("r1-0"))
	store.discard_run("r4", second)
	assert shown(store) == ["one?", "One.", "two?", "Two."]
	ask(store, "r5", 50.0, "eins?", branch=Branch(None))
	store.discard_run("r5", second)
	assert shown(store) == ["one?", "One.", "two?", "Two."]
	ask(store, "r6", 60.0, "three?")
	store.discard_run("r6")
	assert history(store)[-1].id == second


def test_what_was_said_to_a_run_that_is_discarded_follows_what_was_before(store: Store) -> None:
	_, second = ask_twice(store)
	ask(store, "r3", 30.0, "three?")
	ask(store, "r4", 40.0, "four?")
	ask(store, "r5", 50.0, branch=Branch("r1-0"))
	store.discard_run("r3")
	assert shown(store) == ["one?"]
	store.discard_run("r5", "r3-0")
	assert shown(store) == ["one?", "One.", "two?", "Two.", "four?"]
	store.discard_run("r4")
	assert history(store)[-1].id == second


def test_messages_of_another_user_are_not_there(store: Store) -> None:
	first, _ = ask_twice(store)
	assert store.find_message("bob", first) is None
	assert store.choose_branch("bob", first) is None
	assert store.outline("bob", "7") is None
	assert store.export_messages("bob", "7", ["r1-0"]) is None
	assert not store.set_feedback("bob", first, None)


def test_a_busy_conversation_is_answered_in_the_order_asked(store: Store) -> None:
	assert ask(store, "r1", 10.0, "one?").state == "queued"
	second = ask(store, "r2", 20.0, "two?")
	assert (second.state, second.status, second.position) == ("waiting", "queued", 1)
	assert ask(store, "r3", 30.0, "three?").position == 2
	turnover = answer(store, "r1", "One.").turnover
	assert [(run.id, run.state) for run in turnover.freed] == [("r2", "queued")]
	assert [(run.id, run.position) for run in turnover.waiting] == [("r3", 1)]
	assert shown(store) == ["one?", "One.", "two?", "three?"]
	assert [message.content for message in read_by_model(store, "r2", 10)] == ["one?", "One.", "two?"]
	assert store.free_waiting("ann", LIMITS).freed == ()


def test_a_busy_conversation_may_refuse_and_stores_nothing(store: Store) -> None:
	ask(store, "r1", 10.0, "one?")
	with pytest.raises(Conflict):
		ask(store, "r2", 20.0, "two?", on_busy="reject")
	assert shown(store) == ["one?"]
	assert ask(store, "r3", 30.0, "three?", on_busy="reject", conversation="8").state == "queued"


def test_a_run_that_interrupts_needs_no_room_beside_those_it_stops(store: Store) -> None:
	two = Limits(runs_per_user=2, running_per_user=2)
	ask(store, "r1", 10.0, "one?", limits=two)
	ask(store, "r2", 20.0, "two?", limits=two)
	with pytest.raises(TooManyRequests):
		ask(store, "r3", 30.0, "three?", limits=two, conversation="8", on_busy="interrupt")
	assert ask(store, "r3", 30.0, "three?", limits=two, on_busy="interrupt").state == "waiting"
	for id in ("r2", "r1"):
		answer(store, id, NOTHING, two)
	run = store.get_run("ann", "r3")
	assert run is not None
	assert run.state == "queued"


def test_a_user_has_so_many_runs_going_on_and_so_many_in_all(store: Store) -> None:
	two = Limits(runs_per_user=4, running_per_user=2)
	states = [ask(store, f"r{n}", n, "?", conversation=str(n), limits=two).state for n in range(4)]
	assert states == ["queued", "queued", "waiting", "waiting"]
	with pytest.raises(TooManyRequests):
		ask(store, "r4", 4.0, "?", conversation="4", limits=two)
	assert ask(store, "r5", 5.0, "?", user="bob", limits=two).state == "queued"
	assert [run.id for run in answer(store, "r1", "One.", two).turnover.freed] == ["r2"]


def test_a_run_whose_predecessor_ended_unnoticed_is_freed_once(store: Store) -> None:
	ask(store, "r1", 10.0, "one?")
	ask(store, "r2", 20.0, "two?")
	store.discard_run("r1")
	freed = at_once(*[lambda: store.free_waiting("ann", LIMITS).freed] * 4)
	assert sorted(len(runs) for runs in freed if isinstance(runs, tuple)) == [0, 0, 0, 1]
	run = store.get_run("ann", "r2")
	assert run is not None
	assert run.state == "queued"


def test_a_run_that_was_to_end_only_while_it_waits_goes_on_once_it_does_not(store: Store) -> None:
	ask(store, "r1", 10.0, "one?")
	ask(store, "r2", 20.0, "two?")
	ask(store, "r3", 30.0, "three?")
	stopped = replace(NOTHING, attempt=0)
	ended = store.finish_run("r3", stopped, LIMITS, True)
	assert ended is not None
	assert ended.run.state == "failed"
	assert store.finish_run("r1", stopped, LIMITS, True) is None
	answer(store, "r1", "One.")
	assert store.finish_run("r2", stopped, LIMITS, True) is None
	assert begin(store, "r2", 1)
