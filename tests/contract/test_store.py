"""What every store keeps of conversations and requests: of the standalone site on each database, and of a bench."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ai_assistant.core.errors import TooManyRequests
from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.messages import Message, Preferences
from ai_assistant.core.store import Store
from tests.contract.runs import (
	CALL,
	FAILED,
	FULL,
	GENERATION,
	at_once,
	completed,
	create,
	finish,
	new_run,
	read_by_model,
)


def test_a_conversation_is_made_once_and_belongs_to_its_user(store: Store) -> None:
	made = store.create_conversation("ann", "7", "Leave", 5.25)
	assert (made.id, made.title, made.created, made.modified) == ("7", "Leave", 5.25, 5.25)
	assert store.create_conversation("ann", "7", "Again", 6.0).title == "Leave"
	assert store.get_conversation("bob", "7") is None
	assert store.create_conversation("bob", "7", "Mine", 7.0).title == "Mine"
	found = store.get_conversation("ann", "7")
	assert found is not None
	assert (found.title, found.created) == ("Leave", 5.25)


def test_conversations_are_paged_newest_first_without_repeating_any(store: Store) -> None:
	times = {"a": 1.5, "b": 3.25, "c": 3.25, "d": 3.25, "e": 0.125}
	for id, now in times.items():
		store.create_conversation("ann", id, "", now)
	store.create_conversation("bob", "f", "", 2.0)
	pages: list[list[str]] = []
	before = None
	while page := store.list_conversations("ann", 2, before):
		pages.append([conversation.id for conversation in page])
		before = (page[-1].modified, page[-1].id)
	assert pages == [["d", "c"], ["b", "a"], ["e"]]


def test_a_run_is_read_as_it_was_stored(store: Store) -> None:
	made = create(store, new_run("r1", "two?", request_id="q", digest="d"), 5)
	assert made == store.get_run("ann", "r1")
	assert (made.state, made.attempts, made.created) == ("queued", 0, 100.0)
	assert (made.request_id, made.digest, made.generation) == ("q", "d", GENERATION)
	assert made.user_message_id == "r1-0"
	conversation = store.get_conversation("ann", "7")
	assert conversation is not None
	assert (conversation.title, conversation.modified) == ("Title of r1", 100.0)


def test_a_further_run_keeps_the_title_and_moves_the_conversation_up(store: Store) -> None:
	create(store, new_run("r1"), 5)
	create(store, new_run("r2", created=200.0), 5)
	conversation = store.get_conversation("ann", "7")
	assert conversation is not None
	assert (conversation.title, conversation.created, conversation.modified) == ("Title of r1", 100.0, 200.0)


def test_nothing_of_a_user_is_seen_by_another(store: Store) -> None:
	create(store, new_run("r1"), 5)
	assert store.get_run("bob", "r1") is None
	assert store.active_runs("bob", "7") == []
	assert store.get_messages("bob", "7", 10, None) is None
	assert store.list_conversations("bob", 10, None) == []
	create(store, new_run("r2", user="bob"), 5)
	assert [message.id for message in store.get_messages("bob", "7", 10, None) or []] == ["r2-0"]
	assert store.get_messages("bob", "7", 10, "r1-0") == []


def test_a_repeated_request_gives_the_earlier_run_and_stores_nothing(store: Store) -> None:
	first = create(store, new_run("r1", request_id="q", digest="one"), 1)
	again = create(store, new_run("r2", conversation="9", request_id="q", digest="two"), 1)
	assert again == first
	assert store.get_conversation("ann", "9") is None
	assert create(store, new_run("r3", user="bob", request_id="q"), 1).id == "r3"


def test_a_request_id_is_compared_character_by_character(store: Store) -> None:
	for number, request_id in enumerate(["a", "A", "a ", "á", "ä", "ａ"]):
		made = create(store, new_run(f"r{number}", conversation=str(number), request_id=request_id), 20)
		assert (made.id, made.request_id) == (f"r{number}", request_id)
	assert create(store, new_run("again", request_id="A"), 20).id == "r1"


def test_the_same_request_from_many_threads_is_stored_once(store: Store) -> None:
	results = at_once(
		*[
			lambda number=number: create(store, new_run(f"r{number}", request_id="q"), 20)
			for number in range(8)
		]
	)
	assert len({getattr(result, "id", result) for result in results}) == 1
	assert len(store.get_messages("ann", "7", 50, None) or []) == 1


def test_a_user_has_only_so_many_runs_at_once(store: Store) -> None:
	create(store, new_run("r1"), 2)
	create(store, new_run("r2"), 2)
	with pytest.raises(TooManyRequests) as refused:
		create(store, new_run("r3", conversation="8"), 2)
	assert refused.value.retry_after
	assert store.get_conversation("ann", "8") is None
	create(store, new_run("r4", user="bob"), 2)
	finish(store, "r1", completed())
	create(store, new_run("r3"), 2)


def test_threads_cannot_get_past_the_limit_together(store: Store) -> None:
	results = at_once(
		*[
			lambda number=number: create(store, new_run(f"r{number}", conversation=str(number)), 3)
			for number in range(10)
		]
	)
	refused = [result for result in results if isinstance(result, TooManyRequests)]
	assert len(refused) == 7, results
	assert len(store.unfinished_runs(1000.0, 50)) == 3


def test_a_conversation_made_by_many_threads_at_once_is_one(store: Store) -> None:
	results = at_once(
		*[lambda number=number: create(store, new_run(f"r{number}"), 20) for number in range(8)]
	)
	assert not [result for result in results if isinstance(result, Exception)]
	assert len(store.list_conversations("ann", 10, None)) == 1
	assert len(store.get_messages("ann", "7", 50, None) or []) == 8


def test_a_new_user_may_do_several_things_at_once(store: Store) -> None:
	for user in ("ann", "bob"):
		results = at_once(
			*[lambda user=user: store.set_preferences(user, Preferences("Ada")) for _ in range(3)],
			lambda user=user: store.change_conversation(user, "7", title="New"),
			lambda user=user: store.delete_conversation(user, "7"),
			lambda user=user: store.choose_branch(user, "nobodys"),
		)
		assert results == [None] * 6


def test_the_history_shows_answers_with_all_that_belongs_to_them(store: Store) -> None:
	create(store, new_run("r1", "two?"), 5)
	run = finish(store, "r1", FULL)
	assert run is not None
	question, answer = store.get_messages("ann", "7", 10, None) or []
	assert (question.id, question.role, question.content, question.task_id) == ("r1-0", "user", "two?", None)
	assert (answer.id, answer.role, answer.task_id) == (run.message_id, "assistant", "r1")
	assert (answer.content, answer.reasoning, answer.created) == (FULL.text, FULL.reasoning, FULL.ended)
	assert (answer.tool_calls, answer.sources, answer.usage) == (FULL.tool_calls, FULL.sources, FULL.usage)
	assert (answer.model, answer.provider, answer.timing) == (FULL.model, FULL.provider, FULL.timing)
	assert (answer.finish_reason, answer.error, answer.cost) == ("tool_calls", None, FULL.cost)


@pytest.mark.parametrize("cost", [None, 0.0, 0.000001])
def test_an_answer_for_nothing_is_not_one_without_a_price(store: Store, cost: float | None) -> None:
	create(store, new_run("r1"), 5)
	finish(store, "r1", replace(FULL, cost=cost))
	run = store.get_run("ann", "r1")
	assert run is not None
	assert run.result is not None
	_, answer = store.get_messages("ann", "7", 10, None) or []
	assert run.result.cost == answer.cost == cost


def test_messages_are_paged_newest_last(store: Store) -> None:
	create(store, new_run("r1", "1", "2", "3", "4", "5"), 5)

	def page(before: str | None) -> list[str]:
		return [message.content for message in store.get_messages("ann", "7", 2, before) or []]

	assert page(None) == ["4", "5"]
	assert page("r1-3") == ["2", "3"]
	assert page("r1-1") == ["1"]
	assert page("r1-0") == []
	assert store.get_messages("ann", "8", 2, None) is None


def test_the_model_reads_the_newest_messages_up_to_the_question(store: Store) -> None:
	create(store, new_run("r1", "one"), 5)
	finish(store, "r1", FULL)
	create(store, new_run("r2", "two", created=120.0), 5)
	create(store, new_run("r3", "three", created=130.0), 5)
	answer = Message("assistant", FULL.text, FULL.reasoning, (CALL,), None, "openai", FULL.opaque)
	assert read_by_model(store, "r2", 10) == [Message("user", "one"), answer, Message("user", "two")]
	assert read_by_model(store, "r2", 1) == [answer, Message("user", "two")]
	assert [message.content for message in read_by_model(store, "r3", 1)] == ["two", "three"]
	assert read_by_model(store, "nobody", 10) == []


def test_instructions_and_what_the_request_itself_brought_are_never_left_out(store: Store) -> None:
	turns = (Message("system", "Be brief."), *(Message("user", str(number)) for number in range(5)))
	names = tuple(f"m{number}" for number in range(6))
	create(store, replace(new_run("r1"), messages=turns, message_ids=names), 5)
	create(store, new_run("r2", "a", "b", "c", created=120.0), 5)
	assert read_by_model(store, "r1", 1) == list(turns)
	said = [message.content for message in read_by_model(store, "r2", 1)]
	assert said == ["Be brief.", "4", "a", "b", "c"]


def test_answers_without_text_neither_reach_the_model_nor_count(store: Store) -> None:
	create(store, new_run("r1", "one"), 5)
	finish(store, "r1", replace(FAILED, text=""))
	create(store, new_run("r2", "two", created=120.0), 5)
	assert read_by_model(store, "r2", 1) == [Message("user", "one"), Message("user", "two")]


def test_calls_and_results_of_tools_reach_the_model(store: Store) -> None:
	turns = (
		Message("user", "weather?"),
		Message("assistant", "", tool_calls=(CALL, FinishedToolCall("call_2", "get_time", "{}"))),
		Message("tool", "rain", tool_call_id="call_1"),
		Message("tool", "", tool_call_id="call_2"),
	)
	new = replace(new_run("r1"), messages=turns, message_ids=("a", "b", "c", "d"))
	create(store, new, 5)
	assert read_by_model(store, "r1", 10) == list(turns)


def test_a_question_with_what_was_called_for_it_counts_for_no_history(store: Store) -> None:
	create(store, new_run("r1", "one", "two"), 5)
	finish(store, "r1", replace(FULL, ended=110.0))
	create(store, new_run("r2", "three", created=120.0), 5)
	calling = replace(completed("", tool_calls=(CALL,)), ended=125.0)
	finish(store, "r2", calling)
	for number in (3, 4, 5):
		result = Message("tool", "rain", tool_call_id=CALL.id)
		create(store, replace(new_run(f"r{number}", created=number * 100.0), messages=(result,)), 5)
		finish(store, f"r{number}", replace(calling, ended=number * 100.0 + 50))
	create(store, replace(new_run("r6", created=600.0), messages=(result,)), 5)
	roles = [message.role for message in read_by_model(store, "r6", 2)]
	assert roles == ["user", "assistant", "user", *["assistant", "tool"] * 4]
