"""A site in maintenance, whose runs an engine leaves alone."""

from __future__ import annotations

from ai_assistant.core.events import Completion, Error, Reasoning, Text
from ai_assistant.core.queue import QueuedRun
from tests.contract.host import wait_for
from tests.core.conftest import MODELS, SITE, USER, TestSite, finals


def test_what_showed_no_text_waits_aside_until_the_next_question_after_maintenance(site: TestSite) -> None:
	engine = site.start_engine()
	thinking = site.ask(MODELS["thinking"])
	site.events(thinking, until=Reasoning)
	engine.sites.rests = True
	queued = site.ask(MODELS["plain"])
	aside = {QueuedRun(SITE, run.task_id) for run in (thinking, queued)}
	wait_for(lambda: not engine.load and not site.queue.length(), 10, str)
	assert site.queue.known() == aside
	assert not site.queue.needs_engine()
	engine.stop()
	assert site.queue.length() == 0
	site.start_engine()
	site.events(site.ask(MODELS["plain"]))
	for run in (thinking, queued):
		(final,) = finals(site.events(run))
		assert isinstance(final, Completion)


def test_text_that_was_shown_when_maintenance_began_is_kept(site: TestSite) -> None:
	engine = site.start_engine()
	run = site.ask(MODELS["slow"])
	site.events(run, until=Text)
	engine.sites.rests = True
	(final,) = finals(site.events(run))
	assert isinstance(final, Error)
	assert (final.code, final.retryable) == ("worker_lost", True)
	assert final.text


def test_a_run_that_waits_aside_is_stopped_at_once(site: TestSite) -> None:
	engine = site.start_engine()
	engine.sites.rests = True
	run = site.ask(MODELS["plain"])
	wait_for(lambda: not engine.load and not site.queue.length(), 10, str)
	engine.stop()
	assert site.stop(run) == "completed"
	assert not site.queue.known()


def test_runs_of_a_site_that_cannot_be_looked_at_wait_and_the_engine_goes_on(site: TestSite) -> None:
	engine = site.start_engine()
	thinking = site.ask(MODELS["thinking"])
	site.events(thinking, until=Reasoning)
	engine.sites.fails = True
	queued = site.ask(MODELS["plain"])
	(final,) = finals(site.events(thinking))
	assert isinstance(final, Completion)
	assert not site.assistant.has_ended(USER, queued.task_id)
	engine.sites.fails = False
	(final,) = finals(site.events(queued))
	assert isinstance(final, Completion)
	assert final.attempt == 1
