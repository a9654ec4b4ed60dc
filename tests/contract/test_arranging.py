"""How users find, arrange and delete conversations, in every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ai_assistant.core.messages import ConversationStatus, Feedback, Preferences
from ai_assistant.core.run import Branch
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Store
from tests.contract.runs import begin, completed, create, exported, finish, new_run, read_by_model


def ask(
	store: Store, id: str, conversation: str, said: str, answer: str = "", user: str = "ann"
) -> str | None:
	"""The id of the answer, if there is one. The digit in the run's id is the second it is asked for in."""
	new = new_run(id, said, user=user, conversation=conversation, created=100.0 + int(id[1:]))
	create(store, new, 20)
	run = finish(store, id, completed(answer)) if answer else None
	return run.message_id if run else None


def found(store: Store, *words: str, user: str = "ann", limit: int = 10) -> list[str]:
	return [one.content for one in store.search(user, words, limit)]


def titles(store: Store, *words: str, status: ConversationStatus = "active") -> list[str]:
	return [one.title for one in store.list_conversations("ann", 10, None, status, words)]


def test_words_are_found_in_any_order_and_case_in_what_user_and_assistant_said(store: Store) -> None:
	ask(store, "r1", "7", "Wie GROẞ ist die Überraschung?", "Sehr groß.")
	ask(store, "r2", "8", "Ist die überraschung da?", user="bob")
	assert found(store, "überraschung", "wie") == ["Wie GROẞ ist die Überraschung?"]
	assert found(store, "SEHR") == ["Sehr groß."]
	assert found(store, "überraschung", "sehr") == []
	(one,) = store.search("ann", ["ÜBERRASCHUNG"], 10)
	assert (one.conversation_id, one.title, one.message_id, one.role) == ("7", "Title of r1", "r1-0", "user")


@pytest.mark.parametrize("mark", ["100%", "a_b", "a\\b", "it's", '"', "[x]", "/*"])
def test_every_character_is_searched_for_as_it_is(store: Store, mark: str) -> None:
	ask(store, "r1", "7", f"one {mark} two")
	ask(store, "r2", "8", "one 100 axb two x its ab")
	store.create_conversation("ann", "9", f"On {mark}", 300.0)
	assert found(store, mark) == [f"one {mark} two"]
	assert titles(store, mark) == [f"On {mark}"]


def test_the_newest_messages_are_found_first_and_only_so_many(store: Store) -> None:
	for number in range(4):
		ask(store, f"r{number}", str(number), f"word {number}")
	assert found(store, "word", limit=2) == ["word 3", "word 2"]


def test_pages_of_a_list_hold_what_was_searched_for_in_that_status(store: Store) -> None:
	for number in range(6):
		store.create_conversation("ann", str(number), f"{'Leave' if number % 2 else 'Pay'} {number}", number)
	store.change_conversation("ann", "5", status="archived")
	first = store.list_conversations("ann", 1, None, "active", ["LEAVE"])
	assert [one.title for one in first] == ["Leave 3"]
	place = first[-1].modified, first[-1].id
	assert [one.title for one in store.list_conversations("ann", 5, place, "active", ["leave"])] == [
		"Leave 1"
	]
	assert titles(store, "leave", status="archived") == ["Leave 5"]
	assert titles(store, "leave", "pay") == []


def test_a_conversation_changes_only_in_what_is_given(store: Store) -> None:
	store.create_conversation("ann", "7", "First words", 5.0)
	changed = store.change_conversation("ann", "7", status="archived")
	assert changed == store.get_conversation("ann", "7")
	assert changed is not None
	assert (changed.title, changed.status, changed.modified) == ("First words", "archived", 5.0)
	renamed = store.change_conversation("ann", "7", title="Renamed")
	assert renamed is not None
	assert (renamed.title, renamed.status) == ("Renamed", "archived")
	assert store.change_conversation("bob", "7", title="Mine") is None


def test_an_archived_conversation_in_which_something_is_said_is_active_again(store: Store) -> None:
	answer = ask(store, "r1", "7", "one?", "One.")
	store.change_conversation("ann", "7", status="archived")
	create(store, new_run("r2", "two?", created=120.0), 5)
	assert titles(store) == ["Title of r1"]
	store.change_conversation("ann", "7", status="archived")
	finish(store, "r2", completed("Two."))
	assert titles(store, status="archived") == ["Title of r1"]
	again = replace(new_run("r3", created=130.0, branch=Branch("r1-0")), messages=(), message_ids=())
	create(store, again, 5)
	assert titles(store) == ["Title of r1"]
	assert answer


def test_a_title_that_the_user_gave_is_not_overwritten(store: Store) -> None:
	store.create_conversation("ann", "7", "First words", 5.0)
	given = store.change_conversation("ann", "7", title="From the model", only_if_title="First words")
	assert given is not None
	assert given.title == "From the model"
	kept = store.change_conversation("ann", "7", title="Again", only_if_title="First words")
	assert kept is not None
	assert kept.title == "From the model"
	assert titles(store) == ["From the model"]


def test_deleting_takes_everything_under_a_conversation(store: Store) -> None:
	answer = ask(store, "r1", "7", "one?", "One.")
	assert answer
	assert store.delete_conversation("bob", "7") is None
	assert store.delete_conversation("ann", "7") == []
	assert store.delete_conversation("ann", "7") is None
	assert (store.get_conversation("ann", "7"), store.get_run("ann", "r1")) == (None, None)
	assert store.find_message("ann", answer) is None
	assert found(store, "one") == []


def test_a_conversation_that_is_being_answered_is_gone_at_once_and_its_runs_when_they_end(
	store: Store,
) -> None:
	ask(store, "r1", "7", "one?")
	ask(store, "r2", "7", "two?")
	begin(store, "r1", 1)
	active = store.delete_conversation("ann", "7") or []
	assert [run.id for run in active] == ["r1", "r2"]
	assert (store.get_messages("ann", "7", 10, None), found(store, "one"), titles(store)) == (None, [], [])
	assert store.find_message("ann", "r1-0") is None
	assert [message.content for message in read_by_model(store, "r1", 10)] == ["one?"]
	assert finish(store, "r1", completed("One.")) is not None
	assert store.get_run("ann", "r1") is not None
	assert finish(store, "r2", completed("Two.")) is not None
	assert (store.get_run("ann", "r1"), store.get_run("ann", "r2")) == (None, None)


def test_the_id_of_a_deleted_conversation_is_free_while_that_is_still_answered(store: Store) -> None:
	ask(store, "r1", "7", "one?")
	store.delete_conversation("ann", "7")
	store.create_conversation("ann", "7", "New", 300.0)
	assert store.active_runs("ann", "7") == []
	assert store.delete_conversation("ann", "7") == []
	ask(store, "r2", "7", "two?")
	assert [run.id for run in store.active_runs("ann", "7")] == ["r2"]
	finish(store, "r1", completed("One."))
	assert [message.content for message in store.get_messages("ann", "7", 10, None) or []] == ["two?"]


def test_what_is_asked_under_the_id_of_a_deleted_conversation_waits_for_none_of_its_answers(
	store: Store,
) -> None:
	few = Limits(running_per_user=2)
	for id in ("r1", "r2"):
		store.create_run(new_run(id, created=float(id[1])), few)
	store.delete_conversation("ann", "7")
	begun = store.create_run(new_run("r3", created=3.0, on_busy="reject"), few)
	assert begun.state == "queued"
	last = store.create_run(new_run("r4", created=4.0), few)
	assert last.state == "waiting"
	finished = store.finish_run("r3", completed("Three."), few)
	assert finished is not None
	assert [run.id for run in finished.turnover.freed] == ["r4"]


def test_an_answer_is_rated_and_the_rating_taken_back(store: Store) -> None:
	answer = ask(store, "r1", "7", "one?", "One.")
	assert answer
	rating = Feedback("good", "Clear 🙂.")
	assert store.set_feedback("ann", answer, rating)
	assert [one.feedback for one in store.get_messages("ann", "7", 10, None) or []] == [None, rating]
	assert store.set_feedback("ann", answer, None)
	assert [one.feedback for one in exported(store, "7")] == [None, None]
	assert not store.set_feedback("ann", "r1-0", rating)
	assert not store.set_feedback("bob", answer, rating)


def test_preferences_reach_the_engine_only_if_they_are_enabled(store: Store) -> None:
	wanted = Preferences("Ann", "Be short.", True)
	store.set_preferences("ann", wanted)
	store.set_preferences("bob", Preferences("Bob", "Be long.", False))
	assert (store.get_preferences("ann"), store.get_preferences("bob").name) == (wanted, "Bob")
	for id, user in (("r1", "ann"), ("r2", "bob")):
		create(store, new_run(id, user=user), 5)
	loaded = store.load_runs(["r1", "r2"], 10)
	assert [one and one.preferences for one in loaded] == [wanted, None]
	store.set_preferences("ann", Preferences())
	assert store.get_preferences("ann") == Preferences()


def test_the_end_of_a_run_in_a_deleted_conversation_lets_others_go_on(store: Store) -> None:
	one_at_once = Limits(running_per_user=1)
	store.create_run(new_run("r1", created=1.0), one_at_once)
	store.create_run(new_run("r2", conversation="8", created=2.0), one_at_once)
	store.delete_conversation("ann", "7")
	finished = store.finish_run("r1", completed("One."), one_at_once)
	assert finished is not None
	assert [run.id for run in finished.turnover.freed] == ["r2"]
