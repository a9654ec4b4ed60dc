import frappe

from ai_assistant.ai_assistant.number_card.ai_cost_this_month.ai_cost_this_month import cost_this_month
from ai_assistant.ai_assistant.site_test import (
	ANN,
	AUDITOR,
	BOB,
	CUSTOMER,
	MANAGER,
	SiteTest,
	add_run,
)


class TestAICostThisMonth(SiteTest):
	def test_whoever_reads_all_runs_sees_what_all_of_this_month_cost_and_others_their_own(self) -> None:
		before = {user: self.shown_to(user) for user in (ANN, AUDITOR, MANAGER)}
		add_run(ANN, cost=20.25, has_cost=1)
		add_run(BOB, cost=40.5, has_cost=1)
		add_run(ANN, cost=1_000, has_cost=1, creation="1999-05-02 12:00:00")
		after = {user: self.shown_to(user) - before[user] for user in before}
		for user, expected in ((ANN, 20.25), (AUDITOR, 60.75), (MANAGER, 60.75)):
			self.assertAlmostEqual(after[user], expected, 2, user)

	def test_the_card_is_shown_to_whoever_gets_an_answer_from_it(self) -> None:
		for user in (ANN, AUDITOR, MANAGER):
			with self.acting_as(user):
				self.assertTrue(frappe.has_permission("Number Card", doc="AI Cost This Month"), user)

	def test_who_has_no_role_is_refused(self) -> None:
		with self.acting_as(CUSTOMER), self.assertRaises(frappe.PermissionError):
			cost_this_month()

	def shown_to(self, user: str) -> float:
		with self.acting_as(user):
			return float(cost_this_month()["value"])
