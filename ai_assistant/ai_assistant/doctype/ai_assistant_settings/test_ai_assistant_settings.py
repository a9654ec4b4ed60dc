import frappe

from ai_assistant.ai_assistant.bounds import bounds
from ai_assistant.ai_assistant.site_test import ANN, AUDITOR, MANAGER, STRANGERS, VISITOR, SiteTest
from ai_assistant.core.settings import Budget, Limits, Modes
from ai_assistant.hosts.frappe.install import after_migrate
from ai_assistant.hosts.frappe.settings import form_fields, load_settings


class TestAIAssistantSettings(SiteTest):
	def test_defaults_are_those_of_the_core(self) -> None:
		settings = frappe.new_doc("AI Assistant Settings")
		for fieldname, part, setting in form_fields():
			self.assertEqual(settings.get(fieldname), getattr(part(), setting), fieldname)

	def test_what_the_core_does_not_allow_is_refused(self) -> None:
		for fieldname, part, setting in form_fields():
			least, most = bounds(part, setting)
			self._assert_refused(fieldname, least - 1)
			if most is not None:
				self._assert_refused(fieldname, most + 1)

	def _assert_refused(self, fieldname: str, value: float) -> None:
		settings = frappe.get_doc("AI Assistant Settings")
		settings.set(fieldname, value)
		label = settings.meta.get_label(fieldname)
		with self.assertRaises(frappe.ValidationError, msg=fieldname) as refusal:
			settings.save()
		self.assertIn(label, str(refusal.exception))

	def test_the_bounds_themselves_are_allowed(self) -> None:
		settings = frappe.get_doc("AI Assistant Settings")
		for end in (0, 1):
			for fieldname, part, setting in form_fields():
				bound = bounds(part, setting)[end]
				settings.set(fieldname, 1_000_000 if bound is None else bound)
			settings.save()

	def test_what_is_saved_is_what_the_engine_reads(self) -> None:
		settings = frappe.get_doc("AI Assistant Settings")
		for number, (fieldname, _part, _setting) in enumerate(form_fields()):
			is_small = fieldname in ("provider_attempts", "engine_attempts", "engine_interval")
			settings.set(fieldname, 1 if is_small else 2 + number)
		texts = {"system_prompt": "Be brief.", "mode_code": "Only code.", "title_model": "openai/small"}
		settings.update({"longest_run_seconds": 90, **texts})
		settings.save()
		read = load_settings()
		for fieldname, part, setting in form_fields():
			value = getattr(getattr(read, part.__name__.lower()), setting)
			self.assertAlmostEqual(value, settings.get(fieldname), msg=fieldname)
		self.assertEqual((read.system_prompt, read.title_model), ("Be brief.", "openai/small"))
		self.assertEqual(read.modes, Modes(code="Only code."))

	def test_streams_may_be_none_but_not_fewer(self) -> None:
		settings = frappe.get_doc("AI Assistant Settings")
		settings.update({"streams": 0}).save()
		with self.assertRaises(frappe.ValidationError):
			settings.update({"streams": -1}).save()

	def test_a_queue_that_the_bench_does_not_have_is_refused(self) -> None:
		settings = frappe.get_doc("AI Assistant Settings")
		settings.update({"queue": "short"}).save()
		with self.assertRaises(frappe.ValidationError) as refusal:
			settings.update({"queue": "nobodys"}).save()
		self.assertIn("nobodys", str(refusal.exception))

	def test_budgets_are_read_as_they_were_entered(self) -> None:
		settings = frappe.get_doc("AI Assistant Settings")
		settings.append("budgets", {"per": "day", "role": "AI User", "tokens": 1000})
		settings.append("budgets", {"user": ANN, "cost": 2.5})
		settings.save()
		read = load_settings(with_keys=False).budgets
		self.assertEqual(
			read, (Budget(per="day", role="AI User", tokens=1000), Budget(per="month", user=ANN, cost=2.5))
		)

	def test_a_budget_without_a_bound_is_refused(self) -> None:
		for bound in ({}, {"tokens": -1}, {"cost": -0.1}):
			settings = frappe.get_doc("AI Assistant Settings")
			settings.append("budgets", bound)
			with self.assertRaises(frappe.ValidationError, msg=bound):
				settings.save()

	def test_a_setting_from_after_the_form_was_saved_gets_its_default(self) -> None:
		form = "AI Assistant Settings"
		frappe.get_doc(form).update({"wait": 5}).save()
		frappe.db.delete("Singles", {"doctype": form, "field": "running_per_user"})
		after_migrate()
		settings = frappe.get_doc(form)
		self.assertEqual((settings.running_per_user, settings.wait), (Limits().running_per_user, 5))
		settings.save()

	def test_only_system_managers_configure(self) -> None:
		doctype = "AI Assistant Settings"
		self.assert_may(MANAGER, doctype, doctype, {"read", "write"})
		for user in (ANN, VISITOR, AUDITOR, *STRANGERS):
			self.assert_may(user, doctype, doctype, set())
