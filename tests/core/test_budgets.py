"""What users may spend in a day or a month."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from ai_assistant.core.budgets import over_budget
from ai_assistant.core.deltas import Usage
from ai_assistant.core.errors import NotFound, QuotaExceeded
from ai_assistant.core.ledger import Spending
from ai_assistant.core.requests import HistoryRequest
from ai_assistant.core.settings import Budget
from ai_assistant.hosts.standalone.database import database_engine, migrate
from ai_assistant.hosts.standalone.store import SqlStore
from tests.core.conftest import MODELS, USER, TestSite

NOON = datetime(2026, 12, 31, 12, tzinfo=timezone.utc)


@pytest.fixture
def ledger(tmp_path: Path) -> SqlStore:
	database = database_engine(None, tmp_path)
	migrate(database)
	return SqlStore(database)


def spend(
	ledger: SqlStore, days_ago: float = 0, user: str = "ann", tokens: int = 100, cost: float = 1.0
) -> None:
	ended = NOON - timedelta(days=days_ago)
	usage = Usage(tokens // 2, tokens - tokens // 2, 0, 0, tokens, "exact")
	run = f"{user} {days_ago}"
	ledger.record(Spending(run, 1, user, "openai", "gpt-5", usage, cost, "completed", ended.timestamp()))


def check(
	ledger: SqlStore,
	*budgets: Budget,
	user: str = "ann",
	roles: tuple[str, ...] = (),
	now: datetime = NOON,
) -> None:
	if refusal := over_budget(budgets, ledger, user, lambda user: roles, now):
		raise refusal


@pytest.mark.parametrize(("budget", "is_spent"), [
	(Budget(tokens=100), True),
	(Budget(tokens=101), False),
	(Budget(cost=1.0), True),
	(Budget(cost=1.01), False),
	(Budget(cost=0.0), True),
	(Budget(tokens=1000, cost=1.0), True),
	(Budget(), False),
	(Budget(user="ann", tokens=1), True),
	(Budget(user="bob", tokens=1), False),
	(Budget(role="Trainee", tokens=1), True),
	(Budget(role="Boss", tokens=1), False),
	(Budget(user="ann", role="Boss", tokens=1), False),
])  # fmt: skip
def test_a_budget_is_spent_by_whom_it_is_for(ledger: SqlStore, budget: Budget, is_spent: bool) -> None:
	spend(ledger)
	if is_spent:
		with pytest.raises(QuotaExceeded):
			check(ledger, budget, roles=("Trainee",))
	else:
		check(ledger, budget, roles=("Trainee",))


def test_each_user_has_a_budget_of_his_own(ledger: SqlStore) -> None:
	spend(ledger, user="bob")
	check(ledger, Budget(tokens=1), Budget(role="Trainee", tokens=1), user="ann", roles=("Trainee",))


def test_a_day_and_a_month_begin_anew_in_utc(ledger: SqlStore) -> None:
	spend(ledger, days_ago=0.6)
	check(ledger, Budget("day", tokens=1))
	spend(ledger, days_ago=31)
	with pytest.raises(QuotaExceeded) as spent:
		check(ledger, Budget("month", tokens=100))
	assert spent.value.retry_after == 12 * 3600
	assert "2027-01-01 00:00 UTC" in str(spent.value)
	check(ledger, Budget("month", tokens=101))


def test_of_two_spent_budgets_the_one_counts_that_begins_anew_last(ledger: SqlStore) -> None:
	spend(ledger, days_ago=21)
	day, month = Budget("day", tokens=100), Budget("month", tokens=100)
	for budgets in ((day, month), (month, day)):
		with pytest.raises(QuotaExceeded, match=r"this month is used up\. .* on 2027-01-01 00:00 UTC"):
			check(ledger, *budgets, now=NOON - timedelta(days=21))


def test_who_is_over_a_budget_is_told_when_it_begins_anew_and_nothing_is_stored(site: TestSite) -> None:
	site.start_engine()
	site.configure(budgets=(Budget("day", tokens=30),))
	site.events(site.ask(MODELS["plain"], conversation_id="7"))
	with pytest.raises(QuotaExceeded) as refused:
		site.ask(MODELS["plain"], conversation_id="8")
	assert refused.value.status == 429
	assert refused.value.code == "quota"
	assert refused.value.retry_after
	assert 0 < refused.value.retry_after <= 86_400
	with pytest.raises(NotFound):
		site.assistant.conversations.history(USER, HistoryRequest("8"))
	site.events(site.ask(MODELS["plain"], "bob", conversation_id="8"), "bob")
