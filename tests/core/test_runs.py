import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from ai_assistant.core.gateway import Gateway
from ai_assistant.core.message_params import MessageParam
from ai_assistant.core.messages import Message
from ai_assistant.core.requests import ChatRequest
from ai_assistant.core.runs import Runs
from ai_assistant.core.settings import Budget
from ai_assistant.core.site import Site
from tests.core.conftest import MODELS, SITE, USER, TestSite


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
	with ThreadPoolExecutor(4) as threads:
		yield threads


def runs_of(site: TestSite, threads: ThreadPoolExecutor, **settings: Any) -> Runs:
	changed = replace(site.settings, **settings)
	gateway = Gateway(changed.providers, changed.retries)
	return Runs(Site(SITE, site.store, gateway, changed, lambda user: ()), site.queue, site.journal, threads)


async def test_runs_that_begin_together_share_transactions(
	site: TestSite, threads: ThreadPoolExecutor
) -> None:
	ids = [site.ask(MODELS["plain"]).task_id for _ in range(20)]
	transactions = []
	event.listen(site.database, "commit", transactions.append)
	runs = runs_of(site, threads)
	begun = await asyncio.gather(*(runs.begin(id, 1) for id in ids), runs.begin("nobody", 1))
	assert begun == [True] * 20 + [False]
	assert len(transactions) <= 3


async def test_of_runs_that_begin_together_the_budget_of_each_user_is_looked_at_once(
	site: TestSite, threads: ThreadPoolExecutor
) -> None:
	asked = [site.ask(MODELS["plain"], user) for user in ("ann", "bob") for _ in range(10)]
	looks = []

	def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
		looks.extend([statement] if "FROM spendings" in statement else [])

	event.listen(site.database, "before_cursor_execute", look)
	runs = runs_of(site, threads, budgets=(Budget(tokens=1),))
	await asyncio.gather(*(runs.load(run.task_id) for run in asked))
	assert 2 <= len(looks) <= 4


async def test_one_that_cannot_be_asked_for_spoils_nothing_for_the_others(
	site: TestSite, threads: ThreadPoolExecutor
) -> None:
	ids = [site.ask(MODELS["plain"]).task_id for _ in range(3)]
	runs = runs_of(site, threads)
	no_number_of_a_database = 1 << 70
	wishes = [
		runs.begin(ids[0], 1),
		runs.begin(ids[0], no_number_of_a_database),
		*(runs.begin(id, 1) for id in ids[1:]),
	]
	first, refused, *others = await asyncio.gather(*wishes, return_exceptions=True)
	assert isinstance(refused, OverflowError)
	assert [first, *others] == [True] * 3
	loaded = await asyncio.gather(*(runs.load(id) for id in ids))
	assert [job and (job.run.id, job.attempt) for job in loaded] == [(id, 2) for id in ids]


async def test_a_run_is_loaded_as_soon_as_redis_is_back(site: TestSite, threads: ThreadPoolExecutor) -> None:
	run = site.ask(MODELS["plain"])
	runs = runs_of(site, threads)
	site.redis.execute_command("CLIENT", "PAUSE", 300, "ALL")
	site.redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	job = await asyncio.wait_for(runs.load(run.task_id), 10)
	assert job is not None


async def test_the_model_reads_the_prompt_of_the_site_first_unless_the_conversation_has_one(
	site: TestSite, threads: ThreadPoolExecutor
) -> None:
	run = site.ask(MODELS["plain"], message="Hello?")
	own = (MessageParam("system", "Be long."), MessageParam("user", "Why?"))
	instructed = site.assistant.start_run(USER, ChatRequest(messages=list(own), model=MODELS["plain"]))
	runs = runs_of(site, threads, system_prompt="Be brief.")
	first, second = await runs.load(run.task_id), await runs.load(instructed.task_id)
	assert first is not None
	assert first.messages == [Message("system", "Be brief."), Message("user", "Hello?")]
	assert second is not None
	assert second.messages == [Message("system", "Be long."), Message("user", "Why?")]
