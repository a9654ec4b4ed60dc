from datetime import timedelta
from typing import Any

import frappe
from frappe.core.doctype.log_settings.log_settings import LogType
from frappe.utils import now_datetime

from ai_assistant.ai_assistant.doctype.ai_run import ai_run
from ai_assistant.ai_assistant.site_test import (
	ANN,
	AUDITING_MANAGER,
	AUDITOR,
	BOB,
	MANAGER,
	STRANGERS,
	USING_AUDITOR,
	USING_MANAGER,
	VISITOR,
	SiteTest,
	add_conversation,
	add_run,
)
from ai_assistant.ai_assistant.store_test import StoreTest

DOCTYPE = "AI Run"


class TestAIRun(SiteTest):
	def test_everybody_sees_only_their_own(self) -> None:
		anns, visitors = add_run(ANN), add_run(VISITOR)
		self.assert_sees(ANN, DOCTYPE, {anns})
		self.assert_sees(VISITOR, DOCTYPE, {visitors})
		for user in (BOB, *STRANGERS):
			self.assert_sees(user, DOCTYPE, set())

	def test_administrators_and_auditors_see_all(self) -> None:
		add_run(ANN)
		every = set(frappe.get_all(DOCTYPE, pluck="name"))
		for user in (MANAGER, USING_MANAGER, AUDITING_MANAGER, AUDITOR, USING_AUDITOR, "Administrator"):
			self.assert_sees(user, DOCTYPE, every)

	def test_nobody_changes_a_run(self) -> None:
		name = add_run(ANN)
		self.assert_may(ANN, DOCTYPE, name, {"read"})
		for user in (MANAGER, USING_MANAGER, AUDITING_MANAGER, AUDITOR):
			self.assert_may(user, DOCTYPE, name, {"read", "export", "report"})
		for user in (ANN, MANAGER, USING_MANAGER):
			with self.acting_as(user), self.assertRaises(frappe.PermissionError, msg=user):
				frappe.get_doc(DOCTYPE, name).update({"status": "Failed", "owner": user}).save()

	def test_a_run_does_not_lead_an_administrator_to_what_was_said(self) -> None:
		add_run(ANN, conversation=add_conversation(ANN))
		for user in (MANAGER, USING_MANAGER):
			with self.acting_as(user), self.assertRaises((frappe.PermissionError, frappe.ValidationError)):
				frappe.get_list(DOCTYPE, fields=["name", "conversation.title"])

	def test_a_request_id_is_one_run_of_its_user(self) -> None:
		add_run(ANN, request_id="r1")
		add_run(BOB, request_id="r1")
		add_run(ANN)
		add_run(ANN)
		with self.assertRaises(frappe.UniqueValidationError):
			add_run(ANN, request_id="r1")

	def test_the_cost_of_a_single_token_is_kept(self) -> None:
		name = add_run(ANN, cost=0.000000135)
		self.assertEqual(frappe.db.get_value(DOCTYPE, name, "cost"), 0.000000135)

	def test_log_settings_can_clear_runs(self) -> None:
		self.assertTrue(issubclass(ai_run.AIRun, LogType))
		settings = frappe.get_doc("Log Settings")
		settings.logs_to_clear = []
		settings.add_default_logtypes()
		self.assertIn((DOCTYPE, 90), [(row.ref_doctype, row.days) for row in settings.logs_to_clear])


class TestClearingOfRuns(StoreTest):
	def test_only_runs_that_ended_long_ago_without_an_answer_are_cleared(self) -> None:
		long_ago, lately = now_datetime() - timedelta(days=91), now_datetime() - timedelta(days=89)
		kept = {
			add_run(ANN, status="Completed", creation=lately),
			add_run(ANN, status="Failed", creation=lately),
		}
		kept |= {
			add_run(ANN, status="Queued", creation=long_ago, attempts=0),
			add_run(ANN, status="Running", creation=long_ago, attempts=1),
		}
		for status in ("Completed", "Failed"):
			add_run(ANN, status=status, creation=long_ago)
		ai_run.AIRun.clear_old_logs(90)
		self.assertEqual(set(frappe.get_all(DOCTYPE, {"owner": ANN}, pluck="name")), kept)

	def test_an_answer_keeps_how_it_ended_and_what_it_took(self) -> None:
		broken: dict[str, Any] = {
			"state": "failed",
			"finish_reason": None,
			"error": "It broke.",
			"code": "network",
		}
		self.ask("r1", "one?")
		self.answer("r1", "On", **broken)
		self.ask("r2", "two?", at=20)
		self.answer("r2", "", at=30, **broken)
		_, shown, _ = self.history()
		long_ago = now_datetime() - timedelta(days=91)
		frappe.db.sql("update `tabAI Run` set creation = %s where owner = %s", (long_ago, ANN))
		ai_run.AIRun.clear_old_logs(90)
		_, kept, _ = self.history()
		self.assertEqual(kept, shown)
		self.assertEqual((kept.error, kept.cost), ("It broke.", 0.5))
		cut = self.store.get_run(ANN, "r1")
		self.assertEqual(cut and cut.result and (cut.result.text, cut.result.code), ("On", "network"))
		self.assertIsNone(self.store.get_run(ANN, "r2"))

	def test_more_than_one_batch_is_cleared(self) -> None:
		long_ago = now_datetime() - timedelta(days=3651)
		for _ in range(5):
			add_run(ANN, creation=long_ago)
		ai_run.AIRun.clear_old_logs(3650, at_once=2)
		self.assertEqual(frappe.get_all(DOCTYPE, {"owner": ANN}), [])
