from ai_assistant.ai_assistant.site_test import ANN, BOB
from ai_assistant.ai_assistant.store_test import StoreTest
from ai_assistant.core.messages import Message, Place
from ai_assistant.core.run import Branch


class TestBranches(StoreTest):
	def ask_twice(self) -> tuple[str, str]:
		"""Two questions, both answered; the ids of the answers."""
		self.ask("r1", "one?")
		first, _ = self.answer("r1", "One.")
		self.ask("r2", "two?", at=20)
		second, _ = self.answer("r2", "Two.", at=30)
		return str(first.message_id), str(second.message_id)

	def test_each_message_follows_the_one_before(self) -> None:
		first, second = self.ask_twice()
		parents = [(message.id, message.parent) for message in self.history()]
		self.assertEqual(parents, [("r1-0", None), (first, "r1-0"), ("r2-0", first), (second, "r2-0")])
		self.assertEqual({message.siblings for message in self.history()}, {()})

	def test_another_answer_is_a_sibling_and_is_shown(self) -> None:
		first, second = self.ask_twice()
		self.ask("r3", at=40, branch=Branch("r1-0"))
		self.assertEqual(self.shown(), ["one?"])
		self.assertEqual(self.read_by_model("r3"), ["one?"])
		third, _ = self.answer("r3", "Eins.", at=50)
		self.assertEqual(self.shown(), ["one?", "Eins."])
		self.assertEqual(self.history()[1].siblings, (first, third.message_id))
		self.assertEqual(self.store.choose_branch(ANN, first), "7")
		self.assertEqual(self.history()[-1].id, second)

	def test_another_question_begins_a_branch_also_in_place_of_the_first(self) -> None:
		first, _ = self.ask_twice()
		self.ask("r3", "zwei?", at=40, branch=Branch(first))
		self.answer("r3", "Zwei.", at=50)
		self.assertEqual(self.shown(), ["one?", "One.", "zwei?", "Zwei."])
		self.ask("r4", "eins?", at=60, branch=Branch(None))
		self.assertEqual(self.shown(), ["eins?"])
		self.assertEqual(self.history()[0].siblings, ("r1-0", "r4-0"))
		self.assertEqual(self.read_by_model("r4"), ["eins?"])

	def test_an_answer_that_failed_without_text_gives_way_to_the_earlier_one(self) -> None:
		self.ask_twice()
		self.ask("r3", at=40, branch=Branch("r2-0"))
		self.answer("r3", "", at=50, state="failed", finish_reason=None)
		self.assertEqual(self.shown(), ["one?", "One.", "two?", "Two."])

	def test_an_answer_does_not_take_back_the_branch_that_was_chosen_meanwhile(self) -> None:
		first, second = self.ask_twice()
		self.ask("r3", at=40, branch=Branch("r1-0"))
		self.store.choose_branch(ANN, first)
		self.answer("r3", "Eins.", at=50)
		self.assertEqual(self.history()[-1].id, second)

	def test_pages_and_the_export_go_by_branches(self) -> None:
		first, second = self.ask_twice()
		self.ask("r3", at=40, branch=Branch("r1-0"))
		page = self.store.get_messages(ANN, "7", 2, second) or []
		self.assertEqual([message.id for message in page], [first, "r2-0"])
		self.assertEqual(self.store.get_messages(ANN, "7", 2, "r1-0"), [])
		outline = self.store.outline(ANN, "7")
		assert outline is not None
		every = self.store.export_messages(ANN, "7", list(outline.parents)) or []
		self.assertEqual([message.content for message in every], ["one?", "One.", "two?", "Two."])

	def test_a_branch_of_thousands_is_read_whole(self) -> None:
		said = tuple(str(number) for number in range(1100))
		self.ask("r1", *said)
		self.assertEqual(tuple(self.shown()), said[-100:])
		every = self.store.get_messages(ANN, "7", 100_000, None) or []
		self.assertEqual(tuple(message.content for message in every), said)
		self.assertEqual(len(self.read_by_model("r1", 5)), 1100)

	def test_instructions_and_what_the_request_brought_are_never_left_out(self) -> None:
		turns = (Message("system", "Be brief."), Message("user", "a"), Message("user", "b"))
		self.ask("r1", messages=turns, message_ids=("s", "a", "b"))
		self.assertEqual(self.read_by_model("r1", 1), ["Be brief.", "a", "b"])
		self.answer("r1", "C.", at=10)
		self.ask("r2", "d", at=20)
		self.assertEqual(self.read_by_model("r2", 1), ["Be brief.", "C.", "d"])

	def test_a_question_that_is_taken_back_leaves_the_history_as_it_was(self) -> None:
		self.ask_twice()
		self.ask("r3", "three?", at=40)
		self.store.discard_run("r3")
		self.assertEqual(self.shown(), ["one?", "One.", "two?", "Two."])
		self.ask("r4", "first?", conversation="8")
		self.store.discard_run("r4")
		self.assertIsNone(self.store.get_conversation(ANN, "8"))

	def test_messages_of_another_user_are_not_there(self) -> None:
		first, second = self.ask_twice()
		self.assertEqual(self.store.find_message(ANN, first), Place("7", "assistant", "r1-0", second))
		self.assertIsNone(self.store.find_message(BOB, first))
		self.assertIsNone(self.store.find_message(ANN, "R1-0"))
		self.assertIsNone(self.store.choose_branch(BOB, first))
		self.assertFalse(self.store.set_feedback(BOB, first, None))
