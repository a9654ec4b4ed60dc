"""The ledger in SQL: what every attempt took."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, func, insert, select

from ai_assistant.core.ledger import DailyUsage, Spending, Total
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
_SPENT = select(*_TOTALS).where(spendings.c.user == bindparam("user"), spendings.c.day >= bindparam("since"))
_LINE = (spendings.c.day, spendings.c.user, spendings.c.provider, spendings.c.model)
_DAILY = (
	select(*_LINE, *_TOTALS)
	.where(spendings.c.day.between(bindparam("since"), bindparam("until")))
	.group_by(*_LINE)
	.order_by(spendings.c.day.desc(), *_LINE[1:])
	.limit(bindparam("most"))
)
_DAILY_OF_USER = _DAILY.where(spendings.c.user == bindparam("user"))


class SqlLedger:
	"""Implements core.ledger.Ledger."""

	_database: Database

	def record(self, spending: Spending) -> None:
		with self._database.write() as connection:
			record(connection, spending)

	def spent(self, user: str, since: str) -> Total:
		with self._database.read() as connection:
			return _total(connection.execute(_SPENT, {"user": user, "since": since}).one())

	def daily_usage(self, since: str, until: str, user: str | None, limit: int) -> list[DailyUsage]:
		asked = {"since": since, "until": until, "most": limit} | ({"user": user} if user else {})
		with self._database.read() as connection:
			found = connection.execute(_DAILY_OF_USER if user else _DAILY, asked)
			return [DailyUsage(row.day, row.user, row.provider, row.model, _total(row)) for row in found]


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
