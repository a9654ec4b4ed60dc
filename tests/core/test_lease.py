"""Engines that were asleep for longer than their lease."""

from __future__ import annotations

import pytest
from redis import Redis

from ai_assistant.core.events import Completion, Error, Heartbeat, Text
from ai_assistant.core.queue import QueuedRun
from tests.contract.host import wait_for
from tests.core.conftest import MODELS, SILENT, Bus, TestSite, finals
from tests.simulator import Answer, Behaviour


def expected(model: str) -> Answer:
	return Answer.to(Behaviour.parse(model))


def test_an_engine_that_was_asleep_cannot_write_one_more_event(site: TestSite, redis: Redis) -> None:
	run = site.ask(MODELS["slow"])
	asleep = site.start_engine()
	site.events(run, until=Text)
	asleep.pause()
	site.start_engine()
	(final,) = finals(site.events(run))
	assert isinstance(final, Error)
	assert (final.code, final.attempt) == ("worker_lost", 2)
	assert expected(MODELS["slow"]).text.startswith(final.text)
	before = site.events(run)
	asleep.resume()
	site.simulator.wait_closed(MODELS["slow"])
	assert site.events(run) == before


def test_clients_hear_no_heartbeat_of_an_engine_that_was_asleep(
	site: TestSite, redis: Redis, bus: Bus
) -> None:
	run = site.ask(MODELS["silent"])
	asleep = site.start_engine(heartbeat=0.1)
	site.simulator.wait_started(MODELS["silent"])
	wait_for(lambda: any(isinstance(event, Heartbeat) for event in bus.heard()), 5, str)
	asleep.pause()
	site.start_engine()
	wait_for(lambda: site.shown(run).attempt == 2, 10, str)
	bus.heard()
	asleep.resume()
	wait_for(lambda: asleep.load == 0, 10, str)
	assert not bus.heard()
	site.stop(run)
	assert {event.attempt for event in [*bus.heard(), *finals(site.events(run))]} == {2}


@pytest.mark.parametrize("model", ["plain", "fast", "paced"])
def test_an_engine_that_was_asleep_and_alone_goes_on(site: TestSite, model: str) -> None:
	engine = site.start_engine()
	run = site.ask(MODELS[model])
	site.simulator.wait_started(MODELS[model])
	engine.pause()
	wait_for(lambda: not site.queue.has_engine(), 10, lambda: "The lease does not end.")
	engine.resume()
	(final,) = finals(site.events(run))
	assert isinstance(final, Completion)
	assert (final.attempt, final.text) == (1, expected(MODELS[model]).text)


def test_an_engine_that_waits_for_one_sites_database_stays_alive_and_carries_the_others_runs(
	site: TestSite,
) -> None:
	engine = site.start_engine()
	waiting = QueuedRun(SILENT, "waits")
	site.queue.put(waiting)
	wait_for(lambda: not site.queue.length(), 5, lambda: "Nobody takes the run.")
	(final,) = finals(site.events(site.ask(MODELS["plain"])))
	assert isinstance(final, Completion)
	lease = site.settings.engine.lease
	with pytest.raises(TimeoutError):
		wait_for(lambda: not site.queue.has_engine(), 2 * lease, str)
	engine.stop()
	assert site.queue.withdraw(waiting)
