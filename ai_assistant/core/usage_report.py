"""What was spent, as administrators read it: a page of lines and the total of all."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.ledger import Ledger, Line, Span
from ai_assistant.core.replies import UsageReport
from ai_assistant.core.requests import UsageRequest

_DAYS = timedelta(days=29)
"""Before the last one."""


def usage_report(ledger: Ledger, request: UsageRequest) -> UsageReport:
	"""Raises InvalidRequest for a day that is none, days in the wrong order, and a cursor from elsewhere."""
	until = _day(request.until, "until") or datetime.now(timezone.utc).date()
	since = _day(request.since, "since") or max(until, date.min + _DAYS) - _DAYS
	if since > until:
		raise InvalidRequest("Is later than `until` - at `$.since`.")
	span = Span(since.isoformat(), until.isoformat(), request.user)
	after = _line(ledger, request.cursor) if request.cursor else None
	days = ledger.daily_usage(span, request.limit, after)
	cursor = ledger.attempt_of(days[-1].line) if len(days) == request.limit else None
	return UsageReport(span.since, span.until, days, ledger.spent(span), cursor)


def _day(text: str | None, name: str) -> date | None:
	try:
		return date.fromisoformat(text) if text else None
	except ValueError:
		raise InvalidRequest(f"There is no such day - at `$.{name}`.") from None


def _line(ledger: Ledger, cursor: str) -> Line:
	line = ledger.line_of(cursor)
	if line is None:
		raise InvalidRequest("The cursor is not one that this method gave - at `$.cursor`.")
	return line
