from dataclasses import replace

import frappe

from ai_assistant.ai_assistant.site_test import (
	ANN,
	AUDITING_MANAGER,
	AUDITOR,
	BOB,
	MANAGER,
	STRANGERS,
	USING_AUDITOR,
	USING_MANAGER,
)
from ai_assistant.ai_assistant.store_test import NOON, StoreTest
from ai_assistant.core.deltas import Usage
from ai_assistant.core.ledger import DailyUsage, Span, Spending, Total

DOCTYPE = "AI Spending"
_DAY = 86_400.0

SPENT = Spending("r1", 1, ANN, "openai", "gpt-5", Usage(10, 5, 0, 0, 15, "estimated"), 0.25, "retried", NOON)


class TestAISpending(StoreTest):
	def test_every_attempt_has_one_line(self) -> None:
		self.store.record(SPENT)
		self.ask("r1", "one?")
		self.answer("r1", attempt=2)
		self.store.record(replace(SPENT, outcome="lost"))
		lines = frappe.get_all(
			DOCTYPE,
			{"run": "r1"},
			["attempt", "outcome", "estimated", "cost"],
			order_by="attempt",
			as_list=True,
		)
		self.assertEqual(lines, ((1, "Lost", 1, 0.25), (2, "Completed", 0, 0.5)))
		self.assertEqual(self.store.spent(Span(SPENT.day, user=ANN)), Total(2, 22, 14, 1, 0.75))
		self.assertEqual(self.store.spent(Span(SPENT.day, user=BOB)), Total())

	def test_a_run_that_asked_no_provider_took_nothing(self) -> None:
		self.ask("r1", "one?")
		self.answer("r1", "", provider=None, model=None, finish_reason="cancelled")
		self.assertEqual(self.store.spent(Span(SPENT.day, user=ANN)), Total())

	def test_days_are_told_newest_first(self) -> None:
		later = replace(SPENT, run_id="r2", ended=NOON + _DAY, cost=None)
		for spending in (SPENT, later, replace(later, attempt=2), replace(later, run_id="r3", user=BOB)):
			self.store.record(spending)
		today, once = later.day, Total(1, 10, 5, 1, 0.0)
		anns = DailyUsage(today, ANN, "openai", "gpt-5", Total(2, 20, 10, 2, 0.0))
		bobs, before = (
			replace(anns, user=BOB, total=once),
			replace(anns, day=SPENT.day, total=replace(once, cost=0.25)),
		)
		self.assertEqual(self.store.daily_usage(Span(SPENT.day, today), 9), [anns, bobs, before])
		self.assertEqual(self.store.daily_usage(Span(SPENT.day, today, BOB), 9), [bobs])
		self.assertEqual(self.store.daily_usage(Span(SPENT.day, SPENT.day), 9), [before])
		self.assertEqual(self.store.spent(Span(today, user=ANN)), Total(2, 20, 10, 2, 0.0))

	def test_it_stays_when_its_conversation_is_deleted_on_the_desk(self) -> None:
		self.ask("r1", "one?")
		self.answer("r1")
		frappe.delete_doc("AI Conversation", frappe.db.get_value("AI Conversation", {"owner": ANN}))
		self.assertEqual(self.store.spent(Span(SPENT.day, user=ANN)).attempts, 1)

	def test_users_read_their_own_administrators_and_auditors_all_and_nobody_changes_it(self) -> None:
		self.store.record(SPENT)
		(name,) = frappe.get_all(DOCTYPE, {"owner": ANN}, pluck="name")
		self.assert_sees(ANN, DOCTYPE, {name})
		for user in (BOB, *STRANGERS):
			self.assert_sees(user, DOCTYPE, set())
		every = set(frappe.get_all(DOCTYPE, pluck="name"))
		for user in (MANAGER, USING_MANAGER, AUDITOR, USING_AUDITOR):
			self.assert_sees(user, DOCTYPE, every)
		self.assert_may(ANN, DOCTYPE, name, {"read"})
		for user in (MANAGER, USING_MANAGER, AUDITING_MANAGER, AUDITOR):
			self.assert_may(user, DOCTYPE, name, {"read", "export", "report"})
