import frappe

from ai_assistant.ai_assistant.site_test import MANAGER, USING_MANAGER, VISITOR, SiteTest
from ai_assistant.core.assistant import ADMIN
from ai_assistant.core.methods import RUNS, USE_CASES, WRITTEN
from ai_assistant.hosts.frappe.roles import roles_of


class TestMethods(SiteTest):
	def test_every_name_of_the_table_is_a_method_with_the_same_verbs(self) -> None:
		for name, use_case in (USE_CASES | WRITTEN | RUNS).items():
			method = frappe.get_attr(f"ai_assistant.api.{name}")
			verbs = frappe.allowed_http_methods_for_whitelisted_func.get(method)
			self.assertEqual(verbs, list(use_case.verbs), name)
			self.assertNotIn(method, frappe.guest_methods, name)

	def test_administrators_are_those_who_manage_the_system(self) -> None:
		self.assertNotIn(ADMIN, roles_of(VISITOR))
		for user in (MANAGER, USING_MANAGER, "Administrator"):
			self.assertIn(ADMIN, roles_of(user), user)
