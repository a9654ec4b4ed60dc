from typing import Any

import frappe

from ai_assistant.ai_assistant.site_test import ANN, AUDITOR, MANAGER, STRANGERS, VISITOR, SiteTest
from ai_assistant.hosts.frappe.settings import load_settings

DOCTYPE = "AI Provider"
KEY = "sk-not-for-anybody"


def provider(**given: Any) -> Any:
	fields = {"provider_name": "Test provider", "kind": "openai", "models": [{"model": "m"}]}
	return frappe.get_doc({"doctype": DOCTYPE, **fields, **given})


class TestAIProvider(SiteTest):
	def test_an_address_that_no_client_could_use_is_refused(self) -> None:
		for address in ("llm.example", "ftp://llm.example", "https://", "http://a:b", "http://[::1", "/v1"):
			with self.assertRaises(frappe.ValidationError, msg=address):
				provider(base_url=address).insert()

	def test_an_address_of_http_is_allowed(self) -> None:
		for number, address in enumerate(("https://llm.example/v1", "http://localhost:11434", "", None)):
			provider(provider_name=f"Test provider {number}", base_url=address).insert()

	def test_a_compatible_provider_needs_its_address(self) -> None:
		with self.assertRaises(frappe.ValidationError):
			provider(kind="openai_compatible").insert()

	def test_a_provider_without_models_is_refused(self) -> None:
		with self.assertRaises(frappe.MandatoryError):
			provider(models=[]).insert()

	def test_a_model_is_listed_once(self) -> None:
		with self.assertRaises(frappe.ValidationError) as refusal:
			provider(models=[{"model": "twin"}, {"model": "other"}, {"model": "twin"}]).insert()
		self.assertIn("twin", str(refusal.exception))

	def test_a_kind_that_there_is_not_is_refused(self) -> None:
		with self.assertRaises(frappe.ValidationError):
			provider(kind="carrier_pigeon").insert()

	def test_a_timeout_that_the_core_does_not_allow_is_refused(self) -> None:
		for seconds in (0, 0.05, 3601, -1):
			with self.assertRaises(frappe.ValidationError, msg=str(seconds)):
				provider(timeout=seconds).insert()

	def test_a_name_is_given_once(self) -> None:
		provider().insert()
		with self.assertRaises(frappe.DuplicateEntryError):
			provider().insert()

	def test_the_key_is_read_by_the_engine_and_is_in_no_document(self) -> None:
		provider(api_key=KEY).insert()
		self.assertNotIn(KEY, str(frappe.db.sql("select * from `tabAI Provider`")))
		self.assertNotIn(KEY, str(frappe.db.sql("select * from `__Auth` where doctype = 'AI Provider'")))
		with self.acting_as(MANAGER):
			self.assertNotIn(KEY, frappe.get_doc(DOCTYPE, "Test provider").as_json())
			self.assertNotIn(KEY, str(frappe.get_list(DOCTYPE, fields=["*"])))
		keys = {found.name: found.api_key for found in load_settings().providers}
		self.assertEqual(keys["Test provider"], KEY)
		without = {found.name: found.api_key for found in load_settings(with_keys=False).providers}
		self.assertIsNone(without["Test provider"])

	def test_a_provider_that_is_disabled_is_not_asked(self) -> None:
		provider(enabled=0).insert()
		self.assertNotIn("Test provider", [found.name for found in load_settings().providers])

	def test_only_system_managers_see_providers(self) -> None:
		name = provider().insert().name
		everything = {"read", "write", "create", "delete", "share", "export", "report"}
		self.assert_may(MANAGER, DOCTYPE, name, everything)
		for user in (ANN, VISITOR, AUDITOR, *STRANGERS):
			self.assert_may(user, DOCTYPE, name, set())
			self.assert_sees(user, DOCTYPE, set())

	def test_the_models_of_a_provider_are_not_listed_to_users(self) -> None:
		provider().insert()
		for user in (ANN, VISITOR, AUDITOR, *STRANGERS):
			with self.acting_as(user), self.assertRaises(frappe.PermissionError):
				frappe.get_list("AI Provider Model", parent_doctype=DOCTYPE)
