"""The ledger of what answers cost, in every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ai_assistant.core.deltas import Usage
from ai_assistant.core.ledger import DailyUsage, Span, Spending, Total
from ai_assistant.core.store import Store
from tests.contract.runs import FULL, completed, create, finish, new_run

DAY = 86_400.0
EXACT = Usage(100, 50, 20, 0, 150, "exact")
FIRST = Spending("r1", 1, "ann", "openai", "gpt-5", EXACT, 0.25, "completed", 10 * DAY)
"""On 11 January 1970."""

JANUARY = Span("1970-01-01", "1970-01-31")


def totals(found: list[DailyUsage]) -> list[tuple[str, str, str, int]]:
	return [(one.day, one.user, one.model, one.total.attempts) for one in found]


def usage(store: Store, user: str | None = None, limit: int = 100) -> list[DailyUsage]:
	"""Of the two users of these tests; a bench may have others."""
	return [
		one for one in store.daily_usage(replace(JANUARY, user=user), limit) if one.user in ("ann", "bob")
	]


def test_an_attempt_is_summed_from_its_day_on_for_its_user(store: Store) -> None:
	store.record(FIRST)
	store.record(replace(FIRST, attempt=2, usage=Usage(7, 3, 0, 0, 10, "estimated"), cost=None))
	assert store.spent(Span("1970-01-11", user="ann")) == Total(2, 107, 53, 1, 0.25)
	assert store.spent(Span("1970-01-12", user="ann")) == Total()
	assert store.spent(Span("1970-01-01", user="bob")) == Total()


def test_what_is_recorded_again_for_an_attempt_replaces_what_was(store: Store) -> None:
	store.record(FIRST)
	store.record(replace(FIRST, usage=Usage(1, 2, 0, 0, 3, "exact"), cost=0.5, outcome="lost"))
	assert store.spent(Span("1970-01-01", user="ann")) == Total(1, 1, 2, 0, 0.5)


def test_usage_is_told_by_day_user_and_model_the_newest_day_first(store: Store) -> None:
	store.record(FIRST)
	store.record(replace(FIRST, run_id="r2"))
	store.record(replace(FIRST, run_id="r3", user="bob"))
	store.record(replace(FIRST, run_id="r4", model="gpt-5-mini"))
	store.record(replace(FIRST, run_id="r5", ended=11 * DAY - 0.5))
	store.record(replace(FIRST, run_id="r6", ended=11 * DAY))
	assert totals(usage(store)) == [
		("1970-01-12", "ann", "gpt-5", 1),
		("1970-01-11", "ann", "gpt-5", 3),
		("1970-01-11", "ann", "gpt-5-mini", 1),
		("1970-01-11", "bob", "gpt-5", 1),
	]
	assert totals(usage(store, "bob")) == [("1970-01-11", "bob", "gpt-5", 1)]
	assert totals(store.daily_usage(Span("1970-01-12", "1970-01-12", "ann"), 100)) == totals(usage(store))[:1]
	assert store.spent(replace(JANUARY, user="ann")).attempts == 5
	assert store.spent(Span("1970-01-01", "1970-01-11", "ann")).attempts == 4


def test_pages_of_usage_hold_every_line_once(store: Store) -> None:
	lines = [("ann", "openai", "b"), ("ann", "openai", "a"), ("ann", "other", "a"), ("bob", "openai", "a")]
	for number, (user, provider, model) in enumerate(lines * 2):
		ended = FIRST.ended + DAY * (number // len(lines))
		one = replace(FIRST, run_id=f"r{number}", user=user, provider=provider, model=model, ended=ended)
		store.record(one)
	for user, most in (("ann", 6), (None, 8)):
		span = Span("1970-01-11", "1970-01-12", user)
		every, paged = store.daily_usage(span, 100), list[DailyUsage]()
		while page := store.daily_usage(span, 3, paged[-1].line if paged else None):
			paged += page
		assert paged == every
		assert [one.line for one in every] == sorted(
			{one.line for one in every}, key=lambda line: (-int(line[0][-2:]), line[1:])
		)
		assert len(every) == most
		attempts = [store.attempt_of(one.line) for one in every]
		assert [store.line_of(attempt or "") for attempt in attempts] == [one.line for one in every]
	assert store.attempt_of(("1970-01-11", "ann", "openai", "none")) is None
	assert [store.line_of(attempt) for attempt in ("r0-2", "none-1", "r0", "-", f"r0-{'9' * 130}")] == [
		None
	] * 5


@pytest.mark.parametrize("is_deleted_first", [False, True])
def test_the_end_of_a_run_is_recorded_and_kept_when_its_conversation_is_deleted(
	store: Store, is_deleted_first: bool
) -> None:
	create(store, new_run("r1"), 5)
	if is_deleted_first:
		store.delete_conversation("ann", "7")
	finish(store, "r1", FULL)
	store.delete_conversation("ann", "7")
	assert store.get_run("ann", "r1") is None
	assert store.spent(Span("1970-01-01", user="ann")) == Total(1, 12, 9, 0, 0.0001)


def test_a_run_that_asked_no_provider_leaves_no_line(store: Store) -> None:
	create(store, new_run("r1"), 5)
	finish(store, "r1", replace(completed(""), finish_reason="cancelled"))
	assert store.spent(Span("1970-01-01", user="ann")) == Total()
