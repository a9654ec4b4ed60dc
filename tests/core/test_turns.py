"""Whose turn it is: decided without any store, then as a site with engines keeps to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from ai_assistant.core.clients import sync_client
from ai_assistant.core.errors import Conflict, TooManyRequests
from ai_assistant.core.events import Completion, Status, Text, decode
from ai_assistant.core.journal import Address
from ai_assistant.core.messages import Message
from ai_assistant.core.queue import Queue, QueuedRun
from ai_assistant.core.replies import StartedRun
from ai_assistant.core.requests import ChatRequest, HistoryRequest, TaskRequest
from ai_assistant.core.run import Generation, NewRun, OnBusy, Run, RunResult, RunState
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Turnover
from ai_assistant.core.turns import UnderWay, first_state, turnover
from ai_assistant.core.waiting import WaitingRuns
from ai_assistant.hosts.standalone.store import SqlStore
from tests.contract.runs import at_once
from tests.core.conftest import MODELS, SITE, USER, TestSite, finals

TWO = Limits(runs_per_user=4, running_per_user=2)


def new(id: str, conversation: str, on_busy: OnBusy = "enqueue") -> NewRun:
	said = (Message("user", "?"),)
	return NewRun(id, USER, conversation, (f"{id}-0",), said, Generation(), 1.0, "", on_busy=on_busy)


def run(id: str, conversation: str, state: RunState) -> Run:
	return new(id, conversation).run(state)


def begin(new: NewRun, active: list[Run], limits: Limits) -> Run:
	waiting = sum(one.state == "waiting" for one in active)
	of_conversation = sum(one.conversation_id == new.conversation_id for one in active)
	return first_state(new, UnderWay(len(active), waiting, of_conversation), limits)


def turn(active: list[Run], limits: Limits) -> Turnover:
	waiting = [(one, one.conversation_id) for one in active if one.state == "waiting"]
	return turnover(waiting, [one.conversation_id for one in active if one.state != "waiting"], limits)


def test_the_first_run_of_a_conversation_need_not_wait() -> None:
	begun = begin(new("b", "8"), [run("a", "7", "running")], TWO)
	assert (begun.state, begun.position) == ("queued", 0)


@pytest.mark.parametrize("state", ["waiting", "queued", "running"])
def test_a_run_of_a_busy_conversation_waits_behind_all_that_wait(state: RunState) -> None:
	active = [run("a", "7", state), run("b", "8", "running"), run("c", "8", "waiting")]
	begun = begin(new("d", "7"), active, TWO)
	assert begun.state == "waiting"
	assert begun.position == (3 if state == "waiting" else 2)


def test_a_busy_conversation_refuses_who_will_not_wait_and_no_other_does() -> None:
	busy = [run("a", "7", "queued")]
	with pytest.raises(Conflict):
		begin(new("b", "7", "reject"), busy, TWO)
	assert begin(new("b", "8", "reject"), busy, TWO).state == "queued"


def test_a_user_without_room_waits_and_one_with_too_many_is_refused() -> None:
	active = [run("a", "1", "running"), run("b", "2", "queued")]
	assert begin(new("c", "3"), active, TWO).position == 1
	full = [*active, run("c", "3", "waiting"), run("d", "4", "waiting")]
	with pytest.raises(TooManyRequests) as refused:
		begin(new("e", "5"), full, TWO)
	assert refused.value.retry_after


def test_what_a_run_interrupts_leaves_its_room_and_nothing_else_does() -> None:
	full = [run(str(number), "7" if number < 3 else "8", "running") for number in range(4)]
	begun = begin(new("e", "7", "interrupt"), full, TWO)
	assert begun.state == "waiting"
	with pytest.raises(TooManyRequests):
		begin(new("e", "9", "interrupt"), full, TWO)
	with pytest.raises(TooManyRequests):
		begin(new("e", "7"), full, TWO)


def test_the_oldest_goes_on_first_and_a_conversation_keeps_its_order() -> None:
	active = [
		run("a", "7", "running"),
		run("b", "7", "waiting"),
		run("c", "8", "waiting"),
		run("d", "8", "waiting"),
		run("e", "9", "waiting"),
	]
	change = turn(active, TWO)
	assert [(one.id, one.state) for one in change.freed] == [("c", "queued")]
	assert [(one.id, one.position) for one in change.waiting] == [("b", 1), ("d", 2), ("e", 3)]
	assert turn([], TWO) == turn([run("a", "7", "running")], TWO) == Turnover()


@given(
	st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["waiting", "queued", "running"])), max_size=12),
	st.integers(1, 4),
)
def test_who_is_freed_has_room_and_overtakes_nobody(active: list[tuple[int, RunState]], room: int) -> None:
	runs = [
		replace(run(str(number), str(place), state), created=number)
		for number, (place, state) in enumerate(active)
	]
	change = turn(runs, Limits(running_per_user=room))
	waiting = [one.id for one in runs if one.state == "waiting"]
	freed = [one.id for one in change.freed]
	assert sorted([*freed, *(one.id for one in change.waiting)], key=int) == waiting
	assert [one.position for one in change.waiting] == list(range(1, len(change.waiting) + 1))
	busy = {one.conversation_id for one in runs if one.state != "waiting"}
	for one in change.freed:
		assert one.conversation_id not in busy
		busy.add(one.conversation_id)
		assert one.id == next(id for id in waiting if runs[int(id)].conversation_id == one.conversation_id)
	going_on = len(runs) - len(change.waiting)
	assert going_on <= room or not freed
	assert going_on >= room or {one.conversation_id for one in change.waiting} <= busy


@pytest.fixture
def narrow(site: TestSite) -> TestSite:
	"""The site, where a user has room for two at once."""
	site.configure(limits=Limits(runs_per_user=20, running_per_user=2))
	return site


def positions(site: TestSite, asked: StartedRun) -> list[int]:
	return [
		event.position
		for event in site.events(asked)
		if isinstance(event, Status) and event.status == "queued" and isinstance(event.position, int)
	]


def test_a_user_with_room_for_two_asks_five_questions_at_once(narrow: TestSite) -> None:
	runs = [narrow.ask(MODELS["paced"], conversation_id=str(number)) for number in range(5)]
	narrow.start_engine()
	ended = [finals(narrow.events(asked))[0] for asked in runs]
	assert all(isinstance(final, Completion) and final.finish_reason == "stop" for final in ended)
	asked_at = sorted((one.started, one.ended) for one in narrow.simulator.requests_of(MODELS["paced"])[-5:])
	for started, _ in asked_at:
		assert sum(begun <= started and (end or started) > started for begun, end in asked_at) <= 2
	told = [positions(narrow, asked) for asked in runs]
	assert [places[0] for places in told[2:]] == [1, 2, 3]
	assert all(places == sorted(places, reverse=True) and places[-1] == 0 for places in told[2:])


def test_runs_of_one_conversation_end_in_the_order_asked(narrow: TestSite) -> None:
	narrow.start_engine()
	runs = [narrow.ask(MODELS["plain"], conversation_id="7", message=f"{number}?") for number in range(4)]
	for asked in runs:
		narrow.events(asked)
	history = narrow.assistant.conversations.history(USER, HistoryRequest("7"))
	assert [message.content for message in history.messages[::2]] == ["0?", "1?", "2?", "3?"]
	assert [message.task_id for message in history.messages[1::2]] == [asked.task_id for asked in runs]


def test_a_run_waits_for_what_it_cannot_interrupt(narrow: TestSite) -> None:
	first = narrow.ask(MODELS["plain"], conversation_id="7")
	narrow.queue = Queue(sync_client("redis://127.0.0.1:1"))
	asked = ChatRequest(message="Two?", model=MODELS["plain"], conversation_id="7", on_busy="interrupt")
	second = narrow.assistant_of(narrow.store).start_run(USER, asked)
	narrow.start_engine()
	for one in (first, second):
		(final,) = finals(narrow.events(one))
		assert isinstance(final, Completion)
		assert final.finish_reason == "stop"


def test_a_run_goes_on_whose_turn_came_when_nobody_lived_to_say_so(narrow: TestSite) -> None:
	first = narrow.ask(MODELS["plain"], conversation_id="7")
	second = narrow.ask(MODELS["plain"], conversation_id="7")
	narrow.store.discard_run(first.task_id)
	narrow.start_engine()
	assert narrow.requeue_orphans() == 1
	assert isinstance(finals(narrow.events(second))[0], Completion)


def test_a_run_that_was_freed_but_came_to_no_queue_is_found(narrow: TestSite) -> None:
	first = narrow.ask(MODELS["plain"], conversation_id="7")
	second = narrow.ask(MODELS["plain"], conversation_id="7")
	assert narrow.queue.withdraw(QueuedRun(SITE, first.task_id))
	result = RunResult(1, "completed", "One.", "", 1.0, "stop")
	finished = narrow.store.finish_run(first.task_id, result, narrow.settings.limits)
	assert finished
	assert [one.id for one in finished.turnover.freed] == [second.task_id]
	narrow.start_engine()
	assert narrow.requeue_orphans() == 1
	assert isinstance(finals(narrow.events(second))[0], Completion)


def test_runs_that_wait_outlive_a_redis_that_forgets_everything(narrow: TestSite, redis: Redis) -> None:
	narrow.start_engine()
	first = narrow.ask(MODELS["paced"], conversation_id="7")
	waiting = [narrow.ask(MODELS["plain"], conversation_id="7") for _ in range(2)]
	narrow.events(first, until=Text)
	redis.flushall()
	for asked in (first, *waiting):
		final = finals(narrow.events(asked))[-1]
		assert isinstance(final, Completion)
		assert final.text
	history = narrow.assistant.conversations.history(USER, HistoryRequest("7"))
	answers = [message.task_id for message in history.messages if message.role == "assistant"]
	assert answers == [first.task_id, *(asked.task_id for asked in waiting)]


def test_of_many_that_stop_a_waiting_run_at_once_one_tells_its_end(narrow: TestSite) -> None:
	narrow.ask(MODELS["plain"], conversation_id="7")
	for _ in range(5):
		waiting = narrow.ask(MODELS["plain"], conversation_id="7")
		assert at_once(*[lambda asked=waiting: narrow.stop(asked)] * 4) == ["completed"] * 4
		(final,) = finals(narrow.events(waiting))
		assert isinstance(final, Completion)
		assert final.finish_reason == "cancelled"


class Told(SqlStore):
	"""Answers whose turn it is as it was told to."""

	turnover: Turnover

	def free_waiting(self, user: str, limits: Limits) -> Turnover:
		return self.turnover


def test_a_position_that_is_told_late_is_not_told(narrow: TestSite) -> None:
	narrow.ask(MODELS["plain"], conversation_id="7")
	runs = [narrow.ask(MODELS["plain"], conversation_id="7") for _ in range(3)]
	second, third, fourth = (narrow.assistant.replay.run(USER, asked.task_id) for asked in runs)
	store = Told(narrow.database)
	waiting = WaitingRuns(SITE, store, narrow.settings.limits, narrow.queue, narrow.journal)
	newer = Turnover((second, third), (replace(fourth, position=1),))
	older = Turnover((second,), (replace(third, position=1), replace(fourth, position=2)))
	for store.turnover in (newer, older):
		waiting.free(USER)
	told = narrow.journal.read_many([Address(SITE, USER, asked.task_id) for asked in runs])
	events = [[decode(record.event) for record in records] for records in told]
	assert [[event.position for event in one if isinstance(event, Status)] for one in events] == [
		[1, 0],
		[2, 0],
		[3, 1],
	]


class Late(SqlStore):
	"""Tells of runs what was so a moment ago, as a request does that another one overtakes."""

	known: Run

	def get_run(self, user: str, run_id: str) -> Run | None:
		return self.known


def test_a_run_that_has_just_stopped_waiting_is_stopped_in_its_engine(narrow: TestSite) -> None:
	first = narrow.ask(MODELS["plain"], conversation_id="7")
	second = narrow.ask(MODELS["slow"], conversation_id="7")
	late = Late(narrow.database)
	late.known = narrow.assistant.replay.run(USER, second.task_id)
	assert late.known.state == "waiting"
	narrow.start_engine()
	narrow.events(first)
	narrow.events(second, until=Text)
	assert narrow.assistant_of(late).stop(USER, TaskRequest(second.task_id)).status == "queued"
	(final,) = finals(narrow.events(second))
	assert isinstance(final, Completion)
	assert (final.finish_reason, bool(final.text)) == ("cancelled", True)
