import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from redis import Redis
from sqlalchemy import update

from ai_assistant.core.deltas import TextDelta
from ai_assistant.core.emission import Emission
from ai_assistant.core.errors import NotFound, ServiceUnavailable
from ai_assistant.core.events import Completion, Error, Reasoning, Status, Text, ToolCall
from ai_assistant.core.journal import Address
from ai_assistant.core.requests import ChatRequest, HistoryRequest
from ai_assistant.core.run import RunResult
from ai_assistant.core.settings import Limits, Model
from ai_assistant.core.transcript import Transcript
from ai_assistant.hosts.standalone.tables import messages
from tests.core.conftest import MODELS, SITE, USER, TestSite, finals
from tests.simulator import Answer, Behaviour


def expected(model: str) -> Answer:
	return Answer.to(Behaviour.parse(model))


def fold(events: list) -> Transcript:  # type: ignore[type-arg]
	transcript = Transcript()
	for event in events:
		assert transcript.apply(event) == "applied", event
	return transcript


def test_a_run_shows_reasoning_then_text_and_ends_once(site: TestSite) -> None:
	site.start_engine()
	run = site.ask(MODELS["plain"])
	events = site.events(run)
	shown, answer = fold(events), expected(MODELS["plain"])
	assert (shown.reasoning, shown.text) == (answer.reasoning, answer.text)
	kinds = [type(event) for event in events]
	assert kinds.index(Reasoning) < kinds.index(Text) < kinds.index(Completion)
	assert [event.status for event in events if isinstance(event, Status)] == ["queued", "started", "saved"]
	(final,) = finals(events)
	assert isinstance(final, Completion)
	assert (final.text, final.finish_reason, final.provider) == (answer.text, "stop", "simulator")
	assert final.usage.basis == "exact"
	history = site.assistant.conversations.history(USER, HistoryRequest(run.conversation_id))
	assert [message.role for message in history.messages] == ["user", "assistant"]
	assert history.messages[-1].id == final.message_id
	assert history.messages[-1].content == answer.text


def test_tool_calls_come_as_events_and_in_the_answer(site: TestSite) -> None:
	site.start_engine()
	events = site.events(site.ask(MODELS["tool"]))
	(call,) = expected(MODELS["tool"]).calls
	(final,) = finals(events)
	assert isinstance(final, Completion)
	assert [(c.id, c.name, c.arguments) for c in final.tool_calls] == [(call.id, call.name, call.whole)]
	assert "".join(e.arguments for e in events if isinstance(e, ToolCall)) == call.whole


def test_three_hundred_runs_at_once_lose_repeat_and_reorder_nothing(site: TestSite) -> None:
	site.start_engine()
	model = MODELS["paced"]
	with ThreadPoolExecutor(16) as threads:
		runs = list(threads.map(lambda _: site.ask(model), range(300)))
		shown = [fold(events) for events in threads.map(site.events, runs)]
	assert {transcript.text for transcript in shown} == {expected(model).text}
	assert all(isinstance(transcript.final, Completion) for transcript in shown)


def test_a_run_that_no_engine_took_is_stopped_at_once(site: TestSite) -> None:
	run = site.ask(MODELS["plain"])
	assert site.stop(run) == "completed"
	events = site.events(run)
	(final,) = finals(events)
	assert isinstance(final, Completion)
	assert (final.finish_reason, final.text) == ("cancelled", "")
	site.start_engine()
	assert site.stop(run) == "completed"
	assert site.events(run) == events


@pytest.mark.parametrize(("model", "until"), [("thinking", Reasoning), ("slow", Text), ("silent", Status)])
def test_a_stop_closes_the_providers_connection_and_keeps_what_was_shown(
	site: TestSite, model: str, until: type
) -> None:
	site.start_engine()
	name = MODELS[model]
	run = site.ask(name)
	site.events(run, until=until)
	site.simulator.wait_started(name)
	site.stop(run)
	events = site.events(run)
	shown = fold(events)
	(final,) = finals(events)
	assert isinstance(final, Completion)
	assert final.finish_reason == "cancelled"
	assert site.simulator.wait_closed(name).ending == "closed by client"
	answer = expected(name)
	assert answer.text.startswith(shown.text)
	assert answer.reasoning.startswith(shown.reasoning)
	assert final.usage.basis == "estimated"


def test_a_stop_after_the_end_changes_nothing(site: TestSite) -> None:
	site.start_engine()
	run = site.ask(MODELS["plain"])
	events = site.events(run)
	assert site.stop(run) == "completed"
	assert site.events(run) == events


def test_a_stream_that_breaks_in_the_text_ends_with_an_error_and_its_text(site: TestSite) -> None:
	site.start_engine()
	events = site.events(site.ask(MODELS["breaks_in_text"]))
	(final,) = finals(events)
	assert isinstance(final, Error)
	assert (final.code, final.retryable) == ("network", True)
	assert final.text
	assert expected(MODELS["breaks_in_text"]).text.startswith(final.text)


def test_a_stream_that_breaks_in_the_reasoning_starts_again_as_the_next_attempt(site: TestSite) -> None:
	site.start_engine()
	events = site.events(site.ask(MODELS["breaks_in_reasoning"]))
	assert max(event.attempt for event in events) == 3
	(final,) = finals(events)
	assert isinstance(final, Error)
	assert (final.code, final.attempt) == ("network", 3)


def test_a_refused_key_is_an_error_without_any_text(site: TestSite) -> None:
	site.start_engine()
	(final,) = finals(site.events(site.ask(MODELS["refused"])))
	assert isinstance(final, Error)
	assert (final.code, final.retryable, final.text) == ("auth", False, "")
	assert "test-key" not in final.error


def test_an_engine_that_must_stop_hands_on_what_showed_no_text_and_ends_the_rest(site: TestSite) -> None:
	first = site.start_engine(drain=0)
	silent, slow = site.ask(MODELS["thinking"]), site.ask(MODELS["slow"])
	site.events(silent, until=Reasoning)
	site.events(slow, until=Text)
	first.stop()
	(final,) = finals(site.events(slow))
	assert isinstance(final, Error)
	assert (final.code, final.retryable) == ("worker_lost", True)
	assert final.text
	site.start_engine()
	restarted = [event for event in site.events(silent, until=Text) if event.attempt == 2]
	assert restarted
	site.stop(silent)


def test_a_run_that_redis_forgot_before_it_began_is_found_and_carried(site: TestSite, redis: Redis) -> None:
	run = site.ask(MODELS["plain"])
	redis.flushall()
	site.start_engine()
	assert site.requeue_orphans() == 1
	assert site.requeue_orphans() == 0
	(final,) = finals(site.events(run))
	assert isinstance(final, Completion)
	assert final.text == expected(MODELS["plain"]).text


def test_another_users_run_does_not_exist(site: TestSite) -> None:
	site.start_engine()
	run = site.ask(MODELS["plain"], conversation_id="7")
	site.events(run)
	for use_case in (
		lambda: site.stop(run, "eve"),
		lambda: site.events(run, "eve"),
		lambda: site.assistant.reply("eve", run.task_id),
		lambda: site.assistant.conversations.history("eve", HistoryRequest("7")),
	):
		with pytest.raises(NotFound):
			use_case()
	theirs = site.ask(MODELS["plain"], "eve", conversation_id="7")
	site.events(theirs, "eve")
	assert len(site.assistant.conversations.history("eve", HistoryRequest("7")).messages) == 2


def test_when_the_journal_has_expired_the_final_event_is_made_from_the_store(
	site: TestSite, redis: Redis
) -> None:
	site.start_engine()
	run = site.ask(MODELS["plain"])
	(final,) = finals(site.events(run))
	redis.flushall()
	(remade,) = site.events(run)
	assert isinstance(remade, Completion)
	assert isinstance(final, Completion)
	assert (remade.text, remade.usage, remade.message_id) == (final.text, final.usage, final.message_id)


def test_runs_go_on_in_an_engine_that_is_closed_and_new_ones_wait_for_the_next(site: TestSite) -> None:
	first = site.start_engine()
	going_on = site.ask(MODELS["slow"])
	site.events(going_on, until=Text)
	first.close()
	waiting = site.ask(MODELS["plain"])
	assert fold(site.events(going_on)).text == expected(MODELS["slow"]).text
	assert site.queue.needs_engine()
	site.start_engine()
	assert fold(site.events(waiting)).text == expected(MODELS["plain"]).text


def test_an_answer_that_was_saved_by_a_worker_that_died_then_still_gets_its_final_event(
	site: TestSite,
) -> None:
	run = site.ask(MODELS["plain"])
	address = Address(SITE, USER, run.task_id)
	assert site.store.begin_attempts([(run.task_id, 1)]) == [True]
	emission = Emission(address, run.conversation_id, time.time(), attempt=1)
	emission.add(TextDelta("Fo"))
	site.journal.append(emission.take(0))
	site.store.finish_run(run.task_id, RunResult(1, "completed", "Four.", "", time.time(), "stop"), Limits())
	site.start_engine()
	(final,) = finals(site.events(run))
	assert isinstance(final, Completion)
	assert (final.text, final.attempt, final.seq) == ("Four.", 1, 2)


def test_a_run_that_nobody_can_carry_is_ended_and_not_tried_for_ever(
	site: TestSite, caplog: pytest.LogCaptureFixture
) -> None:
	run = site.ask(MODELS["plain"])
	with site.database.begin() as connection:
		connection.execute(update(messages).values(details="{"))
	site.start_engine(attempts=2)
	(final,) = finals(site.events(run))
	assert isinstance(final, Error)
	assert final.code == "internal"
	assert sum("broke" in record.message for record in caplog.records) == 2


def test_a_request_that_redis_could_not_take_leaves_nothing_and_may_be_sent_again(site: TestSite) -> None:
	key = {"request_id": "once", "conversation_id": "7"}
	site.redis.execute_command("CONFIG", "SET", "maxmemory", "1")
	with pytest.raises(ServiceUnavailable):
		site.ask(MODELS["plain"], **key)
	site.redis.execute_command("CONFIG", "SET", "maxmemory", "0")
	with pytest.raises(NotFound):
		site.assistant.conversations.history(USER, HistoryRequest("7"))
	site.start_engine()
	run = site.ask(MODELS["plain"], **key)
	assert fold(site.events(run)).text == expected(MODELS["plain"]).text
	history = site.assistant.conversations.history(USER, HistoryRequest("7"))
	assert [message.role for message in history.messages] == ["user", "assistant"]


def test_a_repeated_request_is_the_same_one_however_it_is_to_be_answered(site: TestSite) -> None:
	run = site.ask(MODELS["plain"], request_id="once")
	request = ChatRequest(message="Hello?", model=MODELS["plain"], request_id="once")
	assert site.assistant.start_run(USER, request).task_id == run.task_id


def test_a_model_that_is_gone_when_its_turn_comes_is_said_to_be(site: TestSite) -> None:
	run = site.ask(MODELS["plain"])
	site.settings = replace(
		site.settings, providers=(replace(site.settings.providers[0], models=(Model("other"),)),)
	)
	site.start_engine()
	(final,) = finals(site.events(run))
	assert isinstance(final, Error)
	assert final.code == "invalid_request"
	assert MODELS["plain"] in final.error
