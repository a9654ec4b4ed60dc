"""Every attempt that asked a provider leaves a line of what it took, however it ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from ai_assistant.core import usage as tokens
from ai_assistant.core.events import Completion, Error, Reasoning, Status, Text
from ai_assistant.core.messages import Message
from ai_assistant.core.replies import StartedRun
from ai_assistant.core.requests import ChatRequest, ConversationRequest
from ai_assistant.core.settings import Model
from ai_assistant.hosts.standalone.tables import spendings
from tests.core.conftest import MODELS, USER, TestSite, finals

ASKED = [Message("user", "Hello?")]


@pytest.fixture
def priced(site: TestSite) -> TestSite:
	"""The site, whose models cost 2 for a million tokens of input and 10 of output."""
	(provider,) = site.settings.providers
	models = tuple(Model(one.name, input_price=2.0, output_price=10.0) for one in provider.models)
	site.configure(providers=(replace(provider, models=models),))
	return site


def lines(site: TestSite, asked: StartedRun) -> list[dict[str, Any]]:
	query = select(spendings).where(spendings.c.run == asked.task_id).order_by(spendings.c.attempt)
	with site.database.connect() as connection:
		return [dict(row) for row in connection.execute(query).mappings()]


def outcomes(site: TestSite, asked: StartedRun) -> list[tuple[int, str, bool]]:
	"""Attempt, outcome, and whether its tokens are estimated."""
	return [(line["attempt"], line["outcome"], line["is_estimated"]) for line in lines(site, asked)]


def check_cost(line: dict[str, Any]) -> None:
	assert line["input_tokens"] > 0
	assert line["cost"] == (2.0 * line["input_tokens"] + 10.0 * line["output_tokens"]) / 1_000_000


def test_an_answer_leaves_what_its_provider_counted(priced: TestSite) -> None:
	priced.start_engine()
	asked = priced.ask(MODELS["plain"])
	(final,) = finals(priced.events(asked))
	assert isinstance(final, Completion)
	(line,) = lines(priced, asked)
	assert outcomes(priced, asked) == [(1, "completed", False)]
	assert (line["user"], line["provider"], line["model"]) == (USER, "simulator", MODELS["plain"])
	assert (line["input_tokens"], line["output_tokens"]) == (10, 25)
	assert line["cost"] == final.cost
	check_cost(line)


@pytest.mark.parametrize(("model", "until"), [("slow", Text), ("thinking", Reasoning), ("silent", Status)])
def test_an_answer_that_was_stopped_leaves_an_estimate(priced: TestSite, model: str, until: type) -> None:
	priced.start_engine()
	asked = priced.ask(MODELS[model])
	priced.events(asked, until=until)
	priced.simulator.wait_started(MODELS[model])
	priced.stop(asked)
	(final,) = finals(priced.events(asked))
	(line,) = lines(priced, asked)
	assert outcomes(priced, asked) == [(1, "cancelled", True)]
	assert line["output_tokens"] == tokens.estimate(ASKED, final.reasoning, final.text).output_tokens
	check_cost(line)


def test_a_run_that_was_stopped_before_it_began_leaves_none(priced: TestSite) -> None:
	queued = priced.ask(MODELS["plain"], conversation_id="7")
	waiting = priced.ask(MODELS["plain"], conversation_id="7")
	for asked in (waiting, queued):
		priced.stop(asked)
		assert lines(priced, asked) == []


def test_an_answer_that_failed_in_its_text_leaves_an_estimate(priced: TestSite) -> None:
	priced.start_engine()
	asked = priced.ask(MODELS["breaks_in_text"])
	assert isinstance(finals(priced.events(asked))[0], Error)
	assert outcomes(priced, asked) == [(1, "failed", True)]
	check_cost(*lines(priced, asked))


def test_each_attempt_that_broke_in_its_reasoning_leaves_an_estimate(priced: TestSite) -> None:
	priced.start_engine()
	asked = priced.ask(MODELS["breaks_in_reasoning"])
	priced.events(asked)
	assert outcomes(priced, asked) == [(1, "retried", True), (2, "retried", True), (3, "failed", True)]
	for line in lines(priced, asked):
		check_cost(line)


def test_an_attempt_whose_engine_was_lost_in_its_reasoning_leaves_an_estimate(priced: TestSite) -> None:
	asleep = priced.start_engine()
	asked = priced.ask(MODELS["thinking"])
	priced.events(asked, until=Reasoning)
	asleep.pause()
	priced.start_engine()
	final = finals(priced.events(asked))[0]
	assert isinstance(final, Completion)
	assert outcomes(priced, asked) == [(1, "lost", True), (2, "completed", False)]
	for line in lines(priced, asked):
		check_cost(line)


def test_an_answer_whose_engine_was_lost_in_its_text_leaves_one_estimate_at_its_end(priced: TestSite) -> None:
	asleep = priced.start_engine()
	asked = priced.ask(MODELS["slow"])
	priced.events(asked, until=Text)
	asleep.pause()
	priced.start_engine()
	assert isinstance(finals(priced.events(asked))[0], Error)
	assert outcomes(priced, asked) == [(2, "failed", True)]
	check_cost(*lines(priced, asked))


def test_an_attempt_that_was_given_back_and_then_stopped_leaves_what_it_read_and_showed(
	priced: TestSite,
) -> None:
	first = priced.start_engine(drain=0)
	asked = priced.ask(MODELS["thinking"])
	priced.events(asked, until=Reasoning)
	first.stop()
	assert priced.stop(asked) == "completed"
	(line,) = lines(priced, asked)
	assert outcomes(priced, asked) == [(1, "cancelled", True)]
	check_cost(line)


def test_a_run_that_is_given_up_leaves_no_line_of_an_attempt_that_asked_nobody(priced: TestSite) -> None:
	asleep = priced.start_engine(attempts=1)
	asked = priced.ask(MODELS["thinking"])
	priced.events(asked, until=Reasoning)
	asleep.pause()
	priced.start_engine(attempts=1)
	final = finals(priced.events(asked))[0]
	assert isinstance(final, Error)
	assert (final.attempt, final.code, final.provider) == (2, "worker_lost", "simulator")
	assert outcomes(priced, asked) == [(1, "lost", True)]


@pytest.mark.parametrize("is_answered", [True, False])
def test_what_a_provider_counted_before_it_failed_has_its_own_price(
	site: TestSite, is_answered: bool
) -> None:
	(provider,) = site.settings.providers
	failing = "sim:text=3,input=1000,usage_first=1,error=503,error_after=0"
	cheap = MODELS["plain"] if is_answered else failing + ",tag=cheap"
	dear, cheap_one = Model(failing, input_price=100.0, output_price=0.0), Model(cheap, 9_999, 1.0, 1.0)
	first = replace(provider, name="first", priority=0, models=(dear,))
	site.configure(providers=(first, replace(provider, name="second", models=(cheap_one,))))
	site.start_engine()
	asked = site.assistant.start_run(USER, ChatRequest(message="Hello?", stream=True))
	final = finals(site.events(asked))[0]
	(line,) = lines(site, asked)
	counted, answered = 2 * 1_000, 10 if is_answered else 2 * 1_000
	assert (line["provider"], line["is_estimated"]) == ("second", False)
	assert line["input_tokens"] == final.usage.input_tokens == counted + answered
	written = 25 if is_answered else 2 * 3
	assert line["cost"] == pytest.approx((counted * 100.0 + answered + written) / 1_000_000)


def test_what_was_spent_stays_when_the_conversation_is_deleted(priced: TestSite) -> None:
	priced.start_engine()
	asked = priced.ask(MODELS["plain"], conversation_id="7")
	priced.events(asked)
	before = lines(priced, asked)
	priced.assistant.delete_conversation(USER, ConversationRequest("7"))
	assert priced.store.get_run(USER, asked.task_id) is None
	assert lines(priced, asked) == before != []
