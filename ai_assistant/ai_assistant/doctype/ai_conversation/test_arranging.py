from dataclasses import replace

import frappe

from ai_assistant.ai_assistant.site_test import ANN, BOB
from ai_assistant.ai_assistant.store_test import StoreTest
from ai_assistant.core.messages import Feedback, File, Message, references
from ai_assistant.core.run import Run


class TestArranging(StoreTest):
	def test_a_conversation_is_renamed_unless_it_was_meanwhile(self) -> None:
		self.ask("r1", "one?")
		renamed = self.store.change_conversation(ANN, "7", title="Sums")
		self.assertEqual(renamed and renamed.title, "Sums")
		kept = self.store.change_conversation(ANN, "7", title="Counting", only_if_title="one?")
		self.assertEqual(kept and kept.title, "Sums")
		self.assertIsNone(self.store.change_conversation(BOB, "7", title="Mine"))

	def test_archived_ones_are_listed_apart(self) -> None:
		for number in ("7", "8"):
			self.store.create_conversation(ANN, number, f"Number {number}", 1.0)
		self.store.change_conversation(ANN, "7", status="archived")
		self.assertEqual([found.id for found in self.store.list_conversations(ANN, 9, None)], ["8"])
		archived = self.store.list_conversations(ANN, 9, None, "archived")
		self.assertEqual([(found.id, found.status) for found in archived], [("7", "archived")])

	def test_titles_and_messages_are_found_by_all_words_in_whatever_case(self) -> None:
		self.ask("r1", "Grüße 100% of it_all")
		self.answer("r1", "C:\\temp holds ALL.")
		self.ask("r2", "Other of all", conversation="8", user=BOB)

		def found(*words: str) -> list[str]:
			return [one.content for one in self.store.search(ANN, words, 9)]

		self.assertEqual(found("ALL"), ["C:\\temp holds ALL.", "Grüße 100% of it_all"])
		self.assertEqual(found("grüße", "OF"), ["Grüße 100% of it_all"])
		self.assertEqual(found("t_a"), ["Grüße 100% of it_all"])
		self.assertEqual((found("1_0"), found("0%of"), found("nothing")), ([], [], []))
		self.assertEqual(found(":\\t"), ["C:\\temp holds ALL."])
		titles = self.store.list_conversations(ANN, 9, None, words=("grüSSe".replace("SS", "ß"), "100%"))
		self.assertEqual([one.id for one in titles], ["7"])
		self.assertEqual(self.store.list_conversations(ANN, 9, None, words=("it%all",)), [])

	def test_feedback_is_given_on_answers_and_taken_back(self) -> None:
		self.ask("r1", "one?")
		run, _ = self.answer("r1")
		feedback = Feedback("bad", "Too short.")
		self.assertTrue(self.store.set_feedback(ANN, str(run.message_id), feedback))
		self.assertFalse(self.store.set_feedback(ANN, "r1-0", feedback))
		self.assertEqual(self.history()[-1].feedback, feedback)
		self.assertTrue(self.store.set_feedback(ANN, str(run.message_id), None))
		self.assertIsNone(self.history()[-1].feedback)

	def test_what_comes_with_a_message_is_kept(self) -> None:
		said = Message(
			"user",
			"What is this?",
			files=(File("text", "a.md", "text/markdown", 4, "# Ü"),),
			context={"file": "a.py"},
		)
		self.ask("r1", messages=(said,), message_ids=("m",))
		attachments = references("m", said.files)
		self.assertEqual(self.loaded("r1").messages, [replace(said, files=(), attachments=attachments)])
		(stored,) = self.history()
		self.assertEqual(stored.attachments, attachments)

	def test_a_conversation_without_runs_is_deleted_at_once(self) -> None:
		self.ask("r1", "one?")
		self.answer("r1")
		self.assertIsNone(self.store.delete_conversation(BOB, "7"))
		self.assertEqual(self.store.delete_conversation(ANN, "7"), [])
		self.assert_kept(conversations=0, messages=0, runs=0, spendings=1)

	def test_a_conversation_with_runs_goes_with_the_last_of_them(self) -> None:
		first, second = self.ask("r1", "one?"), self.ask("r2", "two?", at=1)
		self.assertEqual(
			self.store.delete_conversation(ANN, "7"), [first, Run(**vars(second) | {"position": 0})]
		)
		self.assertIsNone(self.store.get_conversation(ANN, "7"))
		self.assertIsNone(self.store.find_message(ANN, "r1-0"))
		self.assertEqual(
			(self.store.list_conversations(ANN, 9, None), self.store.search(ANN, ["one"], 9)), ([], [])
		)
		self.assertEqual(self.ask("r3", "new?", conversation="7", at=2).state, "queued")
		_, turnover = self.answer("r1", at=5)
		self.assertEqual([run.id for run in turnover.freed], ["r2"])
		self.assert_kept(conversations=2, messages=4, runs=3, spendings=1)
		self.answer("r2", "", at=6, finish_reason="cancelled", provider=None, model=None)
		self.assert_kept(conversations=1, messages=1, runs=1, spendings=1)
		self.assertEqual(self.shown(), ["new?"])

	def test_a_deleted_one_is_not_shown_on_the_desk_while_its_answer_ends(self) -> None:
		self.ask("r1", "one?")
		self.store.delete_conversation(ANN, "7")
		(name,) = frappe.get_all("AI Conversation", {"owner": ANN}, pluck="name")
		self.assert_sees(ANN, "AI Conversation", set())
		self.assert_may(ANN, "AI Conversation", name, set())

	def assert_kept(self, conversations: int, messages: int, runs: int, spendings: int) -> None:
		doctypes = ("AI Conversation", "AI Message", "AI Run", "AI Spending")
		kept = [frappe.db.count(doctype, {"owner": ANN}) for doctype in doctypes]
		self.assertEqual(kept, [conversations, messages, runs, spendings])
