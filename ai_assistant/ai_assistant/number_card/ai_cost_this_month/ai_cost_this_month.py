from datetime import date
from typing import Any

import frappe
from frappe.utils import get_first_day, now_datetime

from ai_assistant.ai_assistant.permissions import own_runs


@frappe.whitelist(methods=["GET", "POST"])
def cost_this_month(filters: str | list[Any] | dict[str, Any] | None = None) -> dict[str, Any]:
	"""What the runs of this calendar month cost that the user may see, for the number card.

	Frappe's own sum would be shown without its decimals, and so as 0 for a while.
	"""
	frappe.has_permission("AI Run", throw=True)
	since, whose = get_first_day(now_datetime()), own_runs()
	cost = _cost_since(since, whose)
	shown = round(cost, 2 if cost >= 10 else 3)
	# a Float loses its decimals where they come after a comma; of Data, Frappe 16 shows no zero
	card = {"value": shown, "fieldtype": "Data" if shown else "Int"}
	if whose:
		return card
	return card | {"route": ["query-report", "AI Runs per Day"], "route_options": {"from_date": str(since)}}


def _cost_since(moment: date, whose: str) -> float:
	query = f"select sum(cost) from `tabAI Run` where creation >= %s and {whose or 'true'}"
	found = frappe.db.sql(query, moment)
	return float(found[0][0] or 0)
