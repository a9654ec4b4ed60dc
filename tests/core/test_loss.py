"""Runs whose journal Redis lost, whole or its end, while they were carried."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis import Redis

from ai_assistant.core.events import Completion, Error, FinalEvent, Text
from ai_assistant.core.journal import Address
from ai_assistant.core.replies import StartedRun
from ai_assistant.hosts.standalone.database import Database
from tests.contract.host import wait_for
from tests.core.conftest import MODELS, SITE, USER, Bus, RunningEngine, TestSite, finals
from tests.simulator import Answer, Behaviour


def text_of(model: str) -> str:
	return Answer.to(Behaviour.parse(MODELS[model])).text


def wait_text(site: TestSite, run: StartedRun, text: str) -> None:
	wait_for(lambda: site.shown(run).text == text, 10, lambda: site.shown(run).text)


def ended_once(site: TestSite, run: StartedRun, engine: RunningEngine, bus: Bus) -> FinalEvent:
	"""The run's end: the same one for clients, for who reads it again, and in the store; asked for once."""
	wait_for(lambda: engine.load == 0, 15, lambda: "The run is still carried.")
	(final,) = finals(bus.heard())
	assert finals(site.events(run)) == [final]
	shown = site.shown(run)
	assert shown.final == final
	stored = site.store.get_run(USER, run.task_id)
	assert stored
	assert stored.result
	assert shown.text == final.text == stored.result.text
	assert final.message_id == stored.message_id
	assert len(site.simulator.requests) == 1
	return final


@pytest.fixture(params=[10, 0.1], ids=lambda heartbeat: f"heartbeat={heartbeat}")
def writing(site: TestSite, request: pytest.FixtureRequest) -> tuple[RunningEngine, StartedRun]:
	"""An engine, and the run that it has begun to write."""
	engine, run = site.start_engine(heartbeat=request.param), site.ask(MODELS["paced"])
	site.events(run, until=Text)
	return engine, run


def test_a_stop_after_the_loss_ends_the_run(site: TestSite, redis: Redis, bus: Bus) -> None:
	engine, run = site.start_engine(), site.ask(MODELS["stalls"])
	wait_text(site, run, "t0 t1 t2 ")
	redis.flushall()
	site.stop(run)
	final = ended_once(site, run, engine, bus)
	assert isinstance(final, Completion)
	assert (final.finish_reason, final.text) == ("cancelled", "t0 t1 t2 ")


def test_a_failure_after_the_loss_ends_the_run(site: TestSite, redis: Redis, bus: Bus) -> None:
	(provider,) = site.settings.providers
	site.configure(providers=(replace(provider, timeout=1),))
	engine, run = site.start_engine(), site.ask(MODELS["stalls"])
	wait_text(site, run, "t0 t1 t2 ")
	redis.flushall()
	final = ended_once(site, run, engine, bus)
	assert isinstance(final, Error)
	assert (final.code, final.text) == ("timeout", "t0 t1 t2 ")


def test_an_answer_that_is_being_saved_at_the_loss_ends_whole(
	site: TestSite, redis: Redis, bus: Bus, writing: tuple[RunningEngine, StartedRun]
) -> None:
	engine, run = writing
	with Database(site.database).write():
		wait_text(site, run, text_of("paced"))
		redis.flushall()
		site.simulator.wait_ended(MODELS["paced"])
	final = ended_once(site, run, engine, bus)
	assert isinstance(final, Completion)
	assert final.text == text_of("paced")


def test_an_answer_that_comes_to_its_end_while_the_loss_is_repaired_is_whole(
	site: TestSite, redis: Redis, bus: Bus, writing: tuple[RunningEngine, StartedRun]
) -> None:
	engine, run = writing
	with Database(site.database).write():
		redis.flushall()
		site.simulator.wait_ended(MODELS["paced"])
	final = ended_once(site, run, engine, bus)
	assert isinstance(final, Completion)
	assert (final.attempt, final.text) == (2, text_of("paced"))


def test_a_silent_run_shows_again_what_it_had_shown_with_its_next_sign_of_life(
	site: TestSite, redis: Redis
) -> None:
	site.start_engine(heartbeat=0.1)
	run = site.ask(MODELS["stalls"])
	wait_text(site, run, "t0 t1 t2 ")
	redis.flushall()
	wait_text(site, run, "t0 t1 t2 ")
	assert site.shown(run).attempt == 2
	site.stop(run)


def test_a_run_that_came_back_without_its_claim_stays_with_its_engine(site: TestSite, redis: Redis) -> None:
	engine = site.start_engine()
	runs = [site.ask(MODELS["stalls"]) for _ in range(2)]
	for run in runs:
		wait_text(site, run, "t0 t1 t2 ")
	(claims,) = redis.keys("ai_assistant:claims:*")
	redis.lpop(claims)
	assert len(site.queue.known()) == 1
	wait_for(lambda: len(site.queue.known()) == 2, 10, str)
	for run in runs:
		site.stop(run)
		assert [final.attempt for final in finals(site.events(run))] == [1]
	wait_for(lambda: engine.load == 0 and not site.queue.known(), 10, str)


@pytest.mark.parametrize("is_restored", [True, False])
def test_a_journal_that_came_back_shorter_is_made_whole(
	site: TestSite, redis: Redis, bus: Bus, is_restored: bool
) -> None:
	engine, run = site.start_engine(), site.ask(MODELS["paced"])
	site.events(run, until=Text)
	journal = Address(SITE, USER, run.task_id).journal
	former = redis.dump(journal)
	wait_for(lambda: site.shown(run).seq > 10, 10, str)
	if is_restored:
		redis.restore(journal, 0, former, replace=True)
	else:
		redis.xdel(journal, *(id for id, _ in redis.xrevrange(journal, count=5)))
	final = ended_once(site, run, engine, bus)
	assert isinstance(final, Completion)
	assert (final.attempt, final.text) == (2, text_of("paced"))
