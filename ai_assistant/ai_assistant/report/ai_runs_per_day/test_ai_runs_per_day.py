from datetime import date

import frappe

from ai_assistant.ai_assistant.report.ai_runs_per_day.ai_runs_per_day import execute
from ai_assistant.ai_assistant.site_test import ANN, BOB, SiteTest, add_run

DAY = "1999-05-02"


class TestAIRunsperDay(SiteTest):
	def test_a_day_has_the_figures_of_all_its_runs_and_one_without_any_stands_in_the_row(self) -> None:
		add_run(
			ANN, creation=f"{DAY} 00:00:00", cost=0.25, has_cost=1, first_event_ms=100, tokens_per_second=30
		)
		add_run(BOB, creation=f"{DAY} 23:59:59", cost=0.5, has_cost=1, first_event_ms=200)
		add_run(BOB, creation=f"{DAY} 12:00:00", status="Failed")
		_, rows = execute({"from_date": "1999-05-01", "to_date": "1999-05-03"})
		self.assertEqual([row["day"] for row in rows], [date(1999, 5, day) for day in (1, 2, 3)])
		self.assertEqual([row["runs"] for row in rows], [0, 3, 0])
		figures = {name: rows[1][name] for name in ("first_event_ms", "tokens_per_second", "errors", "cost")}
		expected = {"first_event_ms": 150, "tokens_per_second": 30.0, "errors": 1, "cost": 0.75}
		self.assertEqual(figures, expected)

	def test_a_span_that_ends_before_it_begins_is_refused(self) -> None:
		with self.assertRaises(frappe.ValidationError):
			execute({"from_date": "1999-05-03", "to_date": "1999-05-01"})
