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
	VISITOR,
	SiteTest,
	add_conversation,
	add_message,
)
from ai_assistant.patches.v0_1 import branches_of_conversations

DOCTYPE = "AI Message"


class TestAIMessage(SiteTest):
	def setUp(self) -> None:
		super().setUp()
		self.name = add_message(ANN, add_conversation(ANN))

	def test_everybody_reads_only_their_own(self) -> None:
		visitors = add_message(VISITOR, add_conversation(VISITOR))
		self.assert_sees(ANN, DOCTYPE, {self.name})
		self.assert_sees(VISITOR, DOCTYPE, {visitors})
		for user in (BOB, MANAGER, USING_MANAGER, *STRANGERS):
			self.assert_sees(user, DOCTYPE, set())

	def test_auditors_read_all(self) -> None:
		every = set(frappe.get_all(DOCTYPE, pluck="name"))
		for user in (AUDITOR, AUDITING_MANAGER, USING_AUDITOR, "Administrator"):
			self.assert_sees(user, DOCTYPE, every)

	def test_nobody_writes_what_was_said(self) -> None:
		self.assert_may(ANN, DOCTYPE, self.name, {"read"})
		self.assert_may(AUDITOR, DOCTYPE, self.name, {"read", "export", "report"})
		self.assert_may(AUDITING_MANAGER, DOCTYPE, self.name, {"read", "export", "report"})
		for user in (BOB, MANAGER, USING_MANAGER, *STRANGERS):
			self.assert_may(user, DOCTYPE, self.name, set())
		for user in (ANN, USING_AUDITOR, MANAGER):
			with self.acting_as(user), self.assertRaises(frappe.PermissionError, msg=user):
				frappe.get_doc(DOCTYPE, self.name).update({"content": "Other", "owner": user}).save()

	def test_a_place_in_a_conversation_is_taken_once(self) -> None:
		conversation = frappe.db.get_value(DOCTYPE, self.name, "conversation")
		add_message(ANN, conversation, 2)
		with self.assertRaises(frappe.UniqueValidationError):
			add_message(ANN, conversation, 2)

	def test_messages_from_before_there_were_branches_follow_each_other(self) -> None:
		conversation = frappe.db.get_value(DOCTYPE, self.name, "conversation")
		later = add_message(ANN, conversation, 5)
		last = add_message(ANN, conversation, 6)
		for _ in range(2):
			branches_of_conversations.execute()
			self.assertEqual(frappe.db.get_value("AI Conversation", conversation, "leaf"), last)
			rows = frappe.get_all(
				DOCTYPE, {"conversation": conversation}, ["name", "follows"], order_by="position"
			)
			self.assertEqual([row.follows for row in rows], [None, self.name, later])

	def test_a_conversation_that_has_branches_is_left_as_it_is(self) -> None:
		conversation = frappe.db.get_value(DOCTYPE, self.name, "conversation")
		other = add_message(ANN, conversation, 2)
		frappe.db.set_value("AI Conversation", conversation, "leaf", self.name)
		branches_of_conversations.execute()
		self.assertIsNone(frappe.db.get_value(DOCTYPE, other, "follows"))
		self.assertEqual(frappe.db.get_value("AI Conversation", conversation, "leaf"), self.name)

	def test_a_search_of_texts_finds_only_ones_own(self) -> None:
		for user, found in ((BOB, []), (ANN, [self.name])):
			with self.acting_as(user):
				names = frappe.get_list(DOCTYPE, {"content": ("like", "%secret%")}, pluck="name")
			self.assertEqual(names, found)
