"""Which requests of a batch may be under way together, and which wait for which."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_assistant.core.batch import AT_ONCE, Batch, BatchRequest, Call
from ai_assistant.core.envelope import success
from ai_assistant.core.errors import MalformedRequest

CHAT = "chat_completion"
HISTORY = "chat.get_conversation_history"


def batch_of(*asked: tuple[str, dict[str, Any]]) -> Batch:
	entries = [{"id": number, "name": name, "params": params} for number, (name, params) in enumerate(asked)]
	return Batch(BatchRequest(entries))


def ask(conversation: object = None, **more: Any) -> tuple[str, dict[str, Any]]:
	return CHAT, {"message": "Hello?", "conversation_id": conversation} | more


def read(conversation: object) -> tuple[str, dict[str, Any]]:
	return HISTORY, {"conversation_id": conversation}


def stop() -> tuple[str, dict[str, Any]]:
	return "stop", {"task_id": "any"}


LIST = ("chat.list_conversations", dict[str, Any]())


def begun(batch: Batch) -> list[int]:
	return [call.position for call in batch.begin()]


def rounds(batch: Batch) -> list[list[int]]:
	"""What is begun together when everything under way ends before more is begun."""
	found = []
	while calls := batch.begin():
		found.append([call.position for call in calls])
		for call in calls:
			batch.end(call, success(None))
	return found


@pytest.mark.parametrize(
	("asked", "expected"),
	[
		([read(7), read(7), read(8), LIST], [[0, 1, 2, 3]]),
		([ask(7), read(7), ask(8), read(8)], [[0, 2], [1, 3]]),
		([ask(7), ask("7"), ask(" 7 ")], [[0], [1], [2]]),
		([ask(session_id=7), read(7), ask(thread_id="7")], [[0], [1], [2]]),
		([ask(), ask(), ask()], [[0, 1, 2]]),
		([ask(), LIST, ask()], [[0], [1], [2]]),
		([ask(7), stop(), read(8)], [[0], [1], [2]]),
		([read(number) for number in range(9)], [[0, 1, 2, 3], [4, 5, 6, 7], [8]]),
	],
)
def test_reads_and_writes_keep_their_order_where_they_touch_one_conversation(
	asked: list[tuple[str, dict[str, Any]]], expected: list[list[int]]
) -> None:
	assert rounds(batch_of(*asked)) == expected


def test_what_waits_begins_as_soon_as_it_may() -> None:
	batch = batch_of(ask(7), ask(8), read(7), read(8))
	first, second = batch.begin()
	assert begun(batch) == []
	batch.end(second, success(None))
	assert begun(batch) == [3]
	batch.end(first, success(None))
	assert begun(batch) == [2]


def test_what_is_refused_holds_up_nothing() -> None:
	batch = Batch(BatchRequest([{"id": 1, "name": "nothing"}, {"id": 2, "name": "models"}, 3]))
	assert not batch.is_answered
	(call,) = batch.begin()
	batch.end(call, success([]))
	assert batch.is_answered
	data = batch.reply().data
	assert [(one.id, one.status) for one in data.responses] == [(1, 404), (2, 200), (None, 422)]


def test_an_empty_batch_is_answered_and_one_too_many_is_refused() -> None:
	assert batch_of().is_answered
	assert batch_of().reply().data.count == 0
	with pytest.raises(MalformedRequest):
		batch_of(*[LIST] * 21)


def test_runs_are_awaited_unless_they_are_streamed() -> None:
	calls = batch_of(ask(1), ask(2, stream=True), read(3)).begin()
	assert [call.is_awaited for call in calls] == [True, False, False]


def test_a_path_may_carry_parameters_as_text() -> None:
	path = "/api/method/ai_assistant.api.chat.list_conversations?limit=3&cursor="
	(call,) = Batch(BatchRequest([{"id": 1, "path": path}])).begin()
	assert call.request == type(call.request)(limit=3, cursor="")


@given(
	st.lists(st.sampled_from([ask(1), ask(2), ask(), read(1), read(2), LIST, stop()]), max_size=20),
	st.randoms(use_true_random=False),
)
def test_every_call_is_begun_once_in_order_and_never_too_many(
	asked: list[tuple[str, dict[str, Any]]], choice: random.Random
) -> None:
	batch, under_way, ended = batch_of(*asked), list[Call](), list[Call]()
	while not batch.is_answered:
		under_way += batch.begin()
		assert 0 < len(under_way) <= AT_ONCE
		call = under_way.pop(choice.randrange(len(under_way)))
		batch.end(call, success(call.position))
		ended.append(call)
	assert [one.body["message"] for one in batch.reply().data.responses] == list(range(len(asked)))
	for place, call in enumerate(ended):
		assert not any(call.position > later.position and call.follows(later) for later in ended[place:])
