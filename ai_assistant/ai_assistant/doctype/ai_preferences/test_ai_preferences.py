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
from ai_assistant.ai_assistant.store_test import StoreTest
from ai_assistant.core.messages import Preferences

DOCTYPE = "AI Preferences"

BRIEF = Preferences("Ann", "Be brief. 🙂", True)


class TestAIPreferences(StoreTest):
	def test_they_are_kept_for_each_user(self) -> None:
		self.assertEqual(self.store.get_preferences(ANN), Preferences())
		self.store.set_preferences(ANN, BRIEF)
		self.assertEqual(self.store.get_preferences(ANN), BRIEF)
		self.assertEqual(self.store.get_preferences(BOB), Preferences())
		self.store.set_preferences(ANN, Preferences())
		self.assertEqual(self.store.get_preferences(ANN), Preferences())

	def test_the_model_is_told_only_what_is_enabled(self) -> None:
		self.ask("r1", "one?")
		self.assertIsNone(self.loaded("r1").preferences)
		self.store.set_preferences(ANN, BRIEF)
		self.assertEqual(self.loaded("r1").preferences, BRIEF)
		self.store.set_preferences(ANN, Preferences("Ann", "Be brief."))
		self.assertIsNone(self.loaded("r1").preferences)

	def test_nobody_else_reads_them(self) -> None:
		self.store.set_preferences(ANN, BRIEF)
		(name,) = frappe.get_all(DOCTYPE, {"owner": ANN}, pluck="name")
		self.assert_sees(ANN, DOCTYPE, {name})
		self.assert_may(ANN, DOCTYPE, name, {"read", "write", "create", "delete"})
		for user in (BOB, MANAGER, AUDITOR, USING_MANAGER, USING_AUDITOR, AUDITING_MANAGER, *STRANGERS):
			self.assert_sees(user, DOCTYPE, set())

	def test_on_the_desk_a_user_has_one_of_them_within_the_bounds(self) -> None:
		self.store.set_preferences(ANN, BRIEF)
		with self.acting_as(ANN):
			with self.assertRaises(frappe.UniqueValidationError):
				frappe.get_doc({"doctype": DOCTYPE, "full_name": "Twice"}).insert()
			own = frappe.get_doc(DOCTYPE, {"owner": ANN})
			with self.assertRaises(frappe.ValidationError):
				own.update({"instructions": "a" * 4001}).save()
			own.reload()
			own.update({"instructions": "Be long."}).save()
		self.assertEqual(self.store.get_preferences(ANN).instructions, "Be long.")

	def test_what_is_deleted_leaves_no_copy(self) -> None:
		self.store.set_preferences(ANN, BRIEF)
		(name,) = frappe.get_all(DOCTYPE, {"owner": ANN}, pluck="name")
		with self.acting_as(ANN):
			frappe.delete_doc(DOCTYPE, name)
		copy = frappe.get_all("Deleted Document", {"deleted_name": name}, pluck="data")
		self.assertNotIn("brief", str(copy))
