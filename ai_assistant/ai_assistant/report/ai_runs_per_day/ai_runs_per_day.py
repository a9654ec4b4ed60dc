"""Figures of all runs by day: what the workspace's charts show, as a table."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import Case, DocType
from frappe.query_builder.functions import Avg, Count, Date, NullIf, Sum
from frappe.utils import add_days, date_diff, getdate

_MOST_DAYS = 400

Row = dict[str, Any]


def execute(filters: Row | None = None) -> tuple[list[Row], list[Row]]:
	given = filters or {}
	until = getdate(given.get("to_date"))
	since = getdate(given.get("from_date") or add_days(until, -28))
	if not 0 <= date_diff(until, since) < _MOST_DAYS:
		frappe.throw(_("Choose a span of 1 to {0} days.").format(_MOST_DAYS))
	found = {row["day"]: row for row in _days(since, until)}
	days = [getdate(add_days(since, number)) for number in range(date_diff(until, since) + 1)]
	return _columns(), [found.get(day) or _empty(day) for day in days]


def _days(since: date, until: date) -> list[Row]:
	"""Those with a run. What was not measured is 0 in the database, and counts in no average."""
	run = DocType("AI Run")
	day = Date(run.creation)
	rows: list[Row] = (
		frappe.qb.from_(run)
		.select(
			day.as_("day"),
			Count("*").as_("runs"),
			Avg(NullIf(run.first_event_ms, 0)).as_("first_event_ms"),
			Avg(NullIf(run.tokens_per_second, 0)).as_("tokens_per_second"),
			Sum(Case().when(run.status == "Failed", 1).else_(0)).as_("errors"),
			Sum(run.cost).as_("cost"),
		)
		.where((run.creation >= since) & (run.creation < add_days(until, 1)))
		.groupby(day)
		.run(as_dict=True)
	)
	return [_rounded(row) for row in rows]


def _rounded(row: Row) -> Row:
	return {
		"day": getdate(row["day"]),
		"runs": row["runs"],
		"first_event_ms": round(row["first_event_ms"] or 0),
		"tokens_per_second": round(float(row["tokens_per_second"] or 0), 1),
		"errors": int(row["errors"]),
		"cost": round(row["cost"] or 0, 6),
	}


def _empty(day: date) -> Row:
	return {"day": day, "runs": 0, "first_event_ms": None, "tokens_per_second": None, "errors": 0, "cost": 0}


def _columns() -> list[Row]:
	return [
		{"fieldname": "day", "label": _("Day"), "fieldtype": "Date", "width": 120},
		{"fieldname": "runs", "label": _("Runs"), "fieldtype": "Int", "width": 100},
		{"fieldname": "first_event_ms", "label": _("First event (ms)"), "fieldtype": "Int", "width": 140},
		{
			"fieldname": "tokens_per_second",
			"label": _("Tokens/s"),
			"fieldtype": "Float",
			"precision": 1,
			"width": 110,
		},
		{"fieldname": "errors", "label": _("Errors"), "fieldtype": "Int", "width": 100},
		{"fieldname": "cost", "label": _("Cost"), "fieldtype": "Float", "precision": 6, "width": 130},
	]
