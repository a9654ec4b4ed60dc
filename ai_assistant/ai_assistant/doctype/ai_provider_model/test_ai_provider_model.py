import frappe

from ai_assistant.ai_assistant.doctype.ai_provider.test_ai_provider import provider
from ai_assistant.ai_assistant.site_test import SiteTest
from ai_assistant.core.deltas import Usage
from ai_assistant.core.usage import cost
from ai_assistant.hosts.frappe.settings import load_settings


class TestAIProviderModel(SiteTest):
	def test_a_number_below_zero_is_refused(self) -> None:
		for name in ("context_window", "max_tokens", "input_price", "output_price", "cache_read_price"):
			with self.assertRaises(frappe.ValidationError, msg=name):
				provider(models=[{"model": "m", name: -1}]).insert()

	def test_a_model_without_a_name_is_refused(self) -> None:
		with self.assertRaises(frappe.MandatoryError):
			provider(models=[{"context_window": 1000}]).insert()

	def test_what_is_left_empty_is_unknown_to_the_engine(self) -> None:
		provider(
			models=[
				{"model": "plain"},
				{"model": "dear", "input_price": 0.000001, "reasoning": 1, "images": 0},
			]
		).insert()
		found = {known.name: known.models for known in load_settings(with_keys=False).providers}
		plain, dear = found["Test provider"]
		self.assertEqual((plain.name, plain.context_window, plain.input_price), ("plain", None, None))
		self.assertEqual((plain.output_price, plain.cache_read_price), (None, None))
		self.assertEqual((dear.name, dear.input_price, dear.reasoning), ("dear", 0.000001, True))
		self.assertEqual((plain.images, dear.images), (True, False))

	def test_one_side_may_be_free_and_the_other_is_counted(self) -> None:
		provider(
			models=[{"model": "asked", "input_price": 2}, {"model": "told", "output_price": 10}]
		).insert()
		found = {known.name: known.models for known in load_settings(with_keys=False).providers}
		million = Usage(1_000_000, 1_000_000, 0, 500_000, 2_000_000, "exact")
		self.assertEqual([cost(million, model) for model in found["Test provider"]], [2.0, 10.0])
