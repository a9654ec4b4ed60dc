"""What was spent, as administrators read it: a page of lines and the total of all."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from hashlib import blake2b

from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.ledger import Ledger, Line, Span
from ai_assistant.core.replies import UsageReport
from ai_assistant.core.requests import UsageRequest
from ai_assistant.core.text import as_json

_DAYS = timedelta(days=29)
"""Before the last one."""

_LINES = 1_000_000
"""More than a day has."""


def usage_report(ledger: Ledger, request: UsageRequest) -> UsageReport:
	"""Raises InvalidRequest for a day that is none, days in the wrong order, and a cursor from elsewhere."""
	until = _day(request.until, "until") or datetime.now(timezone.utc).date()
	since = _day(request.since, "since") or max(until, date.min + _DAYS) - _DAYS
	if since > until:
		raise InvalidRequest("Is later than `until` - at `$.since`.")
	span = Span(since.isoformat(), until.isoformat(), request.user)
	after = _line(ledger, request.user, request.cursor) if request.cursor else None
	days = ledger.daily_usage(span, request.limit, after)
	cursor = _cursor(days[-1].line) if len(days) == request.limit else None
	return UsageReport(span.since, span.until, days, ledger.spent(span), cursor)


def _day(text: str | None, name: str) -> date | None:
	try:
		return date.fromisoformat(text) if text else None
	except ValueError:
		raise InvalidRequest(f"There is no such day - at `$.{name}`.") from None


def _cursor(line: Line) -> str:
	"""The day, and a digest of the line: as short as an address must be, whatever the names."""
	return f"{line[0]}_{blake2b(as_json(line).encode(), digest_size=16).hexdigest()}"


def _line(ledger: Ledger, user: str | None, cursor: str) -> Line:
	try:
		day = date.fromisoformat(cursor[:10]).isoformat()
		lines = (one.line for one in ledger.daily_usage(Span(day, day, user), _LINES))
		return next(line for line in lines if _cursor(line) == cursor)
	except (ValueError, StopIteration):
		raise InvalidRequest("The cursor is not one that this method gave - at `$.cursor`.") from None
