"""Titles by a model: what they cost, and when there is none."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from ai_assistant.core.gateway import Gateway
from ai_assistant.core.replies import StartedRun
from ai_assistant.core.requests import ListConversationsRequest
from ai_assistant.core.run import Run
from ai_assistant.core.settings import Budget, Model
from ai_assistant.core.site import Site
from ai_assistant.core.titles import Titles
from ai_assistant.hosts.standalone.tables import spendings
from tests.contract.host import wait_for
from tests.core.conftest import MODELS, SITE, USER, TestSite


def offer(site: TestSite, title_model: str, *budgets: Budget) -> None:
	"""From now on the site has this model too, and titles are its."""
	(provider,) = site.settings.providers
	models = (*provider.models, Model(title_model, input_price=1.0, output_price=1.0))
	site.configure(providers=(replace(provider, models=models),), title_model=title_model, budgets=budgets)


def spent(site: TestSite, asked: StartedRun) -> tuple[str, bool, bool] | None:
	"""On the title: its outcome, whether it is estimated, and whether it cost anything."""
	query = select(spendings).where(spendings.c.run == asked.task_id, spendings.c.attempt == 0)
	with site.database.connect() as connection:
		line = connection.execute(query).one_or_none()
	return (line.outcome, line.is_estimated, line.cost > 0) if line else None


def titles(site: TestSite) -> set[str]:
	page = site.assistant.conversations.list(USER, ListConversationsRequest(limit=100))
	return {one.title for one in page.conversations}


def answered(site: TestSite) -> tuple[StartedRun, Run]:
	asked = site.ask(MODELS["plain"])
	site.events(asked)
	run = site.store.get_run(USER, asked.task_id)
	assert run
	return asked, run


@pytest.mark.parametrize(("model", "is_estimated"), [
	("sim:text=4", False),
	("sim:text=4,error=500,error_after=2", True),
	("sim:error=500", True),
])  # fmt: skip
def test_a_title_leaves_what_it_took_also_if_it_failed(
	site: TestSite, model: str, is_estimated: bool
) -> None:
	offer(site, model + ",tag=title")
	site.start_engine()
	asked, _ = answered(site)
	wait_for(lambda: spent(site, asked), 10, lambda: "no line")
	outcome = "failed" if is_estimated else "completed"
	assert spent(site, asked) == (outcome, is_estimated, True)
	if is_estimated:
		assert titles(site) == {"Hello?"}


def test_a_title_that_an_engine_gives_up_leaves_what_it_took(site: TestSite) -> None:
	model = "sim:delay=60,tag=title"
	offer(site, model)
	engine = site.start_engine()
	asked, _ = answered(site)
	site.simulator.wait_started(model)
	engine.stop()
	assert spent(site, asked) == ("cancelled", True, True)


def test_a_title_that_takes_too_long_is_given_up_and_only_so_many_are_under_way(
	site: TestSite, caplog: pytest.LogCaptureFixture
) -> None:
	model = "sim:delay=60,tag=title"
	site.start_engine()
	runs = [answered(site) for _ in range(3)]
	offer(site, model)

	async def give() -> None:
		gateway = Gateway(site.settings.providers, site.settings.retries)
		with ThreadPoolExecutor(2) as threads:
			made = Titles(threads, most=2, patience=0.3)
			for _, run in runs:
				made.give(Site(SITE, site.store, gateway, site.settings, lambda user: ()), run, ["Hello?"])
			for asked, _ in runs[:2]:
				await asyncio.to_thread(
					wait_for, lambda asked=asked: spent(site, asked), 10, lambda: "no line"
				)
			await made.close()
		await gateway.close()

	asyncio.run(give())
	assert [spent(site, asked) for asked, _ in runs] == [("failed", True, True)] * 2 + [None]
	told = [record.getMessage() for record in caplog.records if "too many" in record.getMessage()]
	assert told == [f"run {runs[2][1].id}: no title for its conversation: too many are under way"]
	assert len(site.simulator.requests_of(model)) == 2
	assert titles(site) == {"Hello?"}


@pytest.mark.parametrize(("budget", "is_made"), [
	(Budget(tokens=35), False),
	(Budget("day", user=USER, tokens=35), False),
	(Budget(tokens=36), True),
	(Budget(user="bob", tokens=1), True),
	(Budget(role="Trainee", tokens=1), True),
])  # fmt: skip
def test_who_is_over_a_budget_gets_no_title_by_a_model(site: TestSite, budget: Budget, is_made: bool) -> None:
	"""An answer takes 35 tokens."""
	model = "sim:text=4,tag=title"
	offer(site, model, budget)
	engine = site.start_engine()
	asked, _ = answered(site)
	if is_made:
		wait_for(lambda: spent(site, asked), 10, lambda: "no line")
	engine.stop()
	assert len(site.simulator.requests_of(model)) == is_made
	assert (spent(site, asked) is not None) == is_made
