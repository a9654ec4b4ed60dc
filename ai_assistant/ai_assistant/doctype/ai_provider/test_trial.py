from unittest import TestCase

from ai_assistant.ai_assistant.doctype.ai_provider.trial import tried
from ai_assistant.core.settings import Model, Provider

SCRIPTED = Provider("Demo", "scripted", (Model("quick@2000"), Model("slow@10")))


class TestTrial(TestCase):
	def test_an_answer_is_shown_with_its_model_and_the_time_to_its_first_piece(self) -> None:
		trial = tried(SCRIPTED)
		self.assertEqual((trial["model"], trial["error"]), ("quick@2000", ""))
		self.assertIn("hello", trial["text"])
		self.assertTrue(trial["text"].endswith("…"))
		self.assertLessEqual(len(trial["text"]), 201)
		self.assertIsInstance(trial["first_piece_ms"], int)

	def test_the_model_can_be_chosen(self) -> None:
		self.assertEqual(tried(SCRIPTED, "slow@10", longest=1)["model"], "slow@10")

	def test_an_answer_that_is_not_whole_in_time_is_an_answer(self) -> None:
		trial = tried(SCRIPTED, "slow@10", longest=1)
		self.assertEqual(trial["error"], "")
		self.assertGreaterEqual(trial["first_piece_ms"], 100)

	def test_a_provider_that_is_silent_is_told_apart(self) -> None:
		silent = Provider("Demo", "scripted", (Model("silent@1"),))
		self.assertEqual(tried(silent, longest=0.1)["error"], "Demo did not answer within 0.1 seconds.")

	def test_what_failed_is_said_in_a_sentence(self) -> None:
		self.assertIn("unknown", tried(SCRIPTED, "unknown")["error"])
		away = Provider(
			"Away", "openai_compatible", (Model("m"),), base_url="http://127.0.0.1:9", api_key="sk-1"
		)
		error = tried(away)["error"]
		self.assertIn("Away", error)
		self.assertNotIn("sk-1", error)
