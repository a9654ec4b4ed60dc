"""The ledger in SQL: what every attempt took."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
	ColumnElement,
	Connection,
	Row,
	and_,
	bindparam,
	case,
	delete,
	func,
	insert,
	or_,
	select,
	tuple_,
)

from ai_assistant.core.ledger import DailyUsage, Line, Span, Spending, Total
from ai_assistant.hosts.standalone.database import Database
from ai_assistant.hosts.standalone.tables import spendings

_TOTALS = (
	func.count().label("attempts"),
	func.coalesce(func.sum(spendings.c.input_tokens), 0).label("input_tokens"),
	func.coalesce(func.sum(spendings.c.output_tokens), 0).label("output_tokens"),
	func.coalesce(func.sum(case((spendings.c.is_estimated, 1), else_=0)), 0).label("estimated"),
	func.coalesce(func.sum(spendings.c.cost), 0.0).label("cost"),
)
_FORGET = delete(spendings).where(
	spendings.c.run == bindparam("of_run"), spendings.c.attempt == bindparam("of_attempt")
)
_RECORD = insert(spendings)
_LINE = (spendings.c.day, spendings.c.user, spendings.c.provider, spendings.c.model)
_KEY = (spendings.c.run, spendings.c.attempt)
_ATTEMPT = re.compile("(.+)-([0-9]{1,9})")
_WITHIN = spendings.c.day.between(bindparam("since"), bindparam("until"))
_OF_USER = spendings.c.user == bindparam("user")
_SPENT = select(*_TOTALS).where(_WITHIN)
_SPENT_BY_USER = _SPENT.where(_OF_USER)
_DAILY = select(*_LINE, *_TOTALS).where(_WITHIN).group_by(*_LINE).order_by(_LINE[0].desc(), *_LINE[1:])
_DAILY_BY_USER = _DAILY.where(_OF_USER)


class SqlLedger:
	"""Implements core.ledger.Ledger."""

	_database: Database

	def record(self, spending: Spending) -> None:
		with self._database.write() as connection:
			record(connection, spending)

	def spent(self, span: Span) -> Total:
		with self._database.read() as connection:
			query = _SPENT if span.user is None else _SPENT_BY_USER
			return _total(connection.execute(query, asdict(span)).one())

	def daily_usage(self, span: Span, limit: int, after: Line | None = None) -> list[DailyUsage]:
		query = (_DAILY if span.user is None else _DAILY_BY_USER).limit(limit)
		if after:
			query = query.where(_comes_after(*after))
		with self._database.read() as connection:
			found = connection.execute(query, asdict(span))
			return [DailyUsage(row.day, row.user, row.provider, row.model, _total(row)) for row in found]

	def attempt_of(self, line: Line) -> str | None:
		same = (column == value for column, value in zip(_LINE, line, strict=True))
		with self._database.read() as connection:
			row = connection.execute(select(*_KEY).where(*same).limit(1)).one_or_none()
		return f"{row.run}-{row.attempt}" if row else None

	def line_of(self, attempt: str) -> Line | None:
		named = _ATTEMPT.fullmatch(attempt)
		if named is None:
			return None
		query = select(*_LINE).where(_KEY[0] == named[1], _KEY[1] == int(named[2]))
		with self._database.read() as connection:
			row = connection.execute(query).one_or_none()
		return (row.day, row.user, row.provider, row.model) if row else None


def _comes_after(day: str, *names: str) -> ColumnElement[bool]:
	return or_(_LINE[0] < day, and_(_LINE[0] == day, tuple_(*_LINE[1:]) > tuple_(*names)))


def record(connection: Connection, spending: Spending) -> None:
	"""Instead of what was recorded for this attempt."""
	connection.execute(_FORGET, {"of_run": spending.run_id, "of_attempt": spending.attempt})
	row = {
		"run": spending.run_id,
		"attempt": spending.attempt,
		"user": spending.user,
		"provider": spending.provider,
		"model": spending.model,
		"day": spending.day,
		"input_tokens": spending.usage.input_tokens,
		"output_tokens": spending.usage.output_tokens,
		"is_estimated": spending.usage.basis == "estimated",
		"cost": spending.cost,
		"outcome": spending.outcome,
		"ended": spending.ended,
	}
	connection.execute(_RECORD, row)


def _total(row: Row[Any]) -> Total:
	return Total(
		row.attempts, int(row.input_tokens), int(row.output_tokens), int(row.estimated), float(row.cost)
	)
