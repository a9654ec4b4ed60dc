"""The ledger on a Frappe site: what every attempt took, in AI Spending."""

from __future__ import annotations

from typing import Any

import frappe

from ai_assistant.core.ledger import DailyUsage, Line, Span, Spending, Total
from ai_assistant.hosts.frappe.clock import site_time
from ai_assistant.hosts.frappe.rows import Row, document
from ai_assistant.hosts.frappe.sql import insert, select

_TOTALS = """
count(*) attempts, coalesce(sum(input_tokens), 0) input_tokens, coalesce(sum(output_tokens), 0) output_tokens,
	coalesce(sum(estimated), 0) estimated, coalesce(sum(cost), 0) cost
from `tabAI Spending`
"""


class FrappeLedger:
	"""Implements core.ledger.Ledger."""

	def record(self, spending: Spending) -> None:
		record(spending)
		frappe.db.commit()  # it was spent, whatever comes of the rest

	def spent(self, span: Span) -> Total:
		condition, values = _within(span)
		(found,) = select(f"select {_TOTALS} {condition}", *values)
		return _total(found)

	def daily_usage(self, span: Span, limit: int, after: Line | None = None) -> list[DailyUsage]:
		condition, values = _within(span)
		if after:
			condition += " and (day < %s or day = %s and (owner, provider, model) > (%s, %s, %s))"
			values += [after[0], *after]
		query = (
			f"select day, owner, provider, model, {_TOTALS} {condition} group by day, owner, provider, model"
		)
		found = select(f"{query} order by day desc, owner, provider, model limit %s", *values, limit)
		return [
			DailyUsage(row["day"].isoformat(), row["owner"], row["provider"], row["model"], _total(row))
			for row in found
		]

	def attempt_of(self, line: Line) -> str | None:
		query = (
			"select name from `tabAI Spending` where day = %s and owner = %s and provider = %s and model = %s"
		)
		found = select(f"{query} limit 1", *line)
		return found[0]["name"] if found else None

	def line_of(self, attempt: str) -> Line | None:
		found = select("select day, owner, provider, model from `tabAI Spending` where name = %s", attempt)
		if not found:
			return None
		(row,) = found
		return row["day"].isoformat(), row["owner"], row["provider"], row["model"]


def _within(span: Span) -> tuple[str, list[Any]]:
	"""A condition, and its values."""
	condition, values = "where day between %s and %s", [span.since, span.until]
	return (condition, values) if span.user is None else (f"{condition} and owner = %s", [*values, span.user])


def record(spending: Spending) -> None:
	"""Instead of what was recorded for this attempt."""
	insert("AI Spending", _row(spending), "replace")


def _row(spending: Spending) -> Row:
	return {
		**document(f"{spending.run_id}-{spending.attempt}", spending.user, spending.ended),
		"run": spending.run_id,
		"attempt": spending.attempt,
		"provider": spending.provider,
		"model": spending.model,
		"day": spending.day,
		"input_tokens": spending.usage.input_tokens,
		"output_tokens": spending.usage.output_tokens,
		"estimated": int(spending.usage.basis == "estimated"),
		"cost": spending.cost,
		"outcome": spending.outcome.capitalize(),
		"ended": site_time(spending.ended),
	}


def _total(row: Row) -> Total:
	return Total(
		row["attempts"],
		int(row["input_tokens"]),
		int(row["output_tokens"]),
		int(row["estimated"]),
		float(row["cost"]),
	)
