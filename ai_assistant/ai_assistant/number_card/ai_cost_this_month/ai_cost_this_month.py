from datetime import datetime
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Sum
from frappe.utils import get_first_day, now_datetime


@frappe.whitelist(methods=["GET", "POST"])
def cost_this_month(filters: str | list[Any] | dict[str, Any] | None = None) -> dict[str, Any]:
	"""What all runs of this calendar month cost, for the number card.

	Frappe's own sum would be shown without its decimals, and so as 0 for a while.
	"""
	frappe.only_for(("System Manager", "AI Auditor"))
	cost = _cost_since(get_first_day(now_datetime()))
	shown = round(cost, 2 if cost >= 10 else 3)
	return {
		"value": shown,
		# a Float loses its decimals where they come after a comma; of Data, Frappe 16 shows no zero
		"fieldtype": "Data" if shown else "Int",
		"route": ["query-report", "AI Runs per Day"],
		"route_options": {"from_date": str(get_first_day(now_datetime()))},
	}


def _cost_since(moment: datetime) -> float:
	run = DocType("AI Run")
	found = frappe.qb.from_(run).select(Sum(run.cost)).where(run.creation >= moment).run()
	return float(found[0][0] or 0)
