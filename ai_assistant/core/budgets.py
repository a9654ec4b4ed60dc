"""What users may spend. Over it, nothing is asked of a provider until the period is over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta, timezone

from ai_assistant.core.errors import QuotaExceeded
from ai_assistant.core.ledger import Ledger, Span, Total
from ai_assistant.core.settings import Budget


def over_budget(
	budgets: Iterable[Budget],
	ledger: Ledger,
	user: str,
	roles_of: Callable[[str], Collection[str]],
	now: datetime | None = None,
) -> QuotaExceeded | None:
	"""`now` is in UTC, and the present if it is not given. The refusal tells when the last of what is spent begins anew; None while there is something left."""
	now = now or datetime.now(timezone.utc)
	for budget in sorted(budgets, key=lambda one: _period(one, now)[1], reverse=True):
		if budget.user not in (None, user) or not (budget.role is None or budget.role in roles_of(user)):
			continue
		since, until = _period(budget, now)
		if _is_spent(budget, ledger.spent(Span(since.date().isoformat(), user=user))):
			return QuotaExceeded(
				f"Your budget for this {budget.per} is used up. It begins anew on {until:%Y-%m-%d %H:%M} UTC.",
				(until - now).total_seconds(),
			)
	return None


def _period(budget: Budget, now: datetime) -> tuple[datetime, datetime]:
	today = datetime(now.year, now.month, now.day, tzinfo=timezone.utc)
	if budget.per == "day":
		return today, today + timedelta(days=1)
	first = today.replace(day=1)
	return first, (first + timedelta(days=32)).replace(day=1)


def _is_spent(budget: Budget, total: Total) -> bool:
	tokens = total.input_tokens + total.output_tokens
	return (budget.tokens is not None and tokens >= budget.tokens) or (
		budget.cost is not None and total.cost >= budget.cost
	)
