"""What was spent, as administrators read it, and what it means for those who spent too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from ai_assistant.core.deltas import Usage
from ai_assistant.core.ledger import Spending
from ai_assistant.core.settings import Budget
from ai_assistant.hosts.standalone.administration import accounts_of
from ai_assistant.hosts.standalone.database import database_engine
from ai_assistant.hosts.standalone.settings import Settings
from ai_assistant.hosts.standalone.store import SqlStore
from tests.standalone.conftest import RunningSite

NOW = datetime.now(timezone.utc).timestamp()
TODAY = datetime.now(timezone.utc).date().isoformat()
DAY = 86_400.0

Spend = Callable[..., None]


@pytest.fixture
def settings(settings: Settings) -> Settings:
	budget = Budget("month", user="ann", tokens=1_000)
	return replace(settings, core=replace(settings.core, budgets=(budget,)))


@pytest.fixture
def spend(site: RunningSite, tmp_path: Path) -> Spend:
	"""Records an attempt; `chief` is an administrator."""
	with accounts_of(tmp_path) as accounts:
		accounts.add_user("chief", is_admin=True)
		site.tokens["chief"] = accounts.create_token("chief")
	store = SqlStore(database_engine(None, tmp_path))

	def record(run: str, user: str, model: str = "gpt-5", ended: float = NOW, tokens: int = 100) -> None:
		usage = Usage(tokens - 40, 40, 0, 0, tokens, "exact")
		store.record(Spending(run, 1, user, "openai", model, usage, 0.5, "completed", ended))

	return record


async def test_an_administrator_reads_usage_by_day_user_and_model(site: RunningSite, spend: Spend) -> None:
	spend("r1", "ann")
	spend("r2", "ann")
	spend("r3", "bob", "gpt-5-mini")
	spend("r4", "ann", ended=NOW - 5 * DAY)
	spend("r5", "ann", ended=NOW - 60 * DAY)
	report = (await site.ask("admin.usage", "GET", "chief")).body["message"]
	lines = [(line["day"], line["user"], line["model"], line["total"]["attempts"]) for line in report["days"]]
	assert lines[:2] == [(TODAY, "ann", "gpt-5", 2), (TODAY, "bob", "gpt-5-mini", 1)]
	assert [line[1:] for line in lines[2:]] == [("ann", "gpt-5", 1)]
	assert report["total"] == {
		"attempts": 4, "input_tokens": 240, "output_tokens": 160, "estimated": 0, "cost": 2.0
	}  # fmt: skip
	of_bob = {"user": "bob", "since": TODAY}
	only = (await site.call("ai_assistant.api.admin.usage", "GET", "chief", params=of_bob)).body["message"]
	assert [line["user"] for line in only["days"]] == ["bob"]
	assert only["total"]["attempts"] == 1


async def test_a_cursor_is_short_however_long_the_names_are(site: RunningSite, spend: Spend) -> None:
	for number in range(3):
		spend(f"r{number}", "ann", number * "m" + "🙂" * 137)
	pages = [(await site.ask("admin.usage", "GET", "chief", limit=2)).body["message"]]
	cursor = pages[0]["cursor"]
	assert len(cursor) < 50
	pages.append((await site.ask("admin.usage", "GET", "chief", limit=2, cursor=cursor)).body["message"])
	assert [len(line["model"]) for page in pages for line in page["days"]] == [139, 138, 137]


async def test_only_administrators_read_usage(site: RunningSite, spend: Spend) -> None:
	spend("r1", "ann")
	refused = await site.ask("admin.usage", "GET", "ann")
	assert (refused.status, refused.body["error"]["code"]) == (403, "permission")
	assert "days" not in str(refused.body)


@pytest.mark.parametrize("day", ["today", "2026-1-1", "20260101", "2026-99-99"])
async def test_a_day_is_year_month_and_day(site: RunningSite, spend: Spend, day: str) -> None:
	assert (await site.ask("admin.usage", "GET", "chief", since=day)).status == 422


async def test_who_is_over_a_budget_gets_429_and_the_seconds_until_it_begins_anew(
	site: RunningSite, spend: Spend
) -> None:
	question = {"message": "Hello?", "conversation_id": 7, "stream": True}
	spend("r1", "ann", tokens=999)
	assert (await site.ask("chat_completion", **question)).status == 200
	spend("r2", "ann", tokens=100)
	refused = await site.ask("chat_completion", **question | {"conversation_id": 8})
	error = refused.body["error"]
	assert (refused.status, error["code"], error["retryable"]) == (429, "quota", False)
	assert 0 < error["retry_after"] <= 31 * DAY
	assert 0 < int(refused.headers["Retry-After"]) <= 31 * DAY
	assert (await site.ask("chat.get_conversation_history", "GET", conversation_id=8)).status == 404
	assert (await site.ask("chat_completion", user="bob", **question)).status == 200
