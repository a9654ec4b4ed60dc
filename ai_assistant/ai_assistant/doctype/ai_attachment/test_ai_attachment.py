import json

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
	add_attachment,
	add_conversation,
	add_message,
)
from ai_assistant.ai_assistant.store_test import StoreTest
from ai_assistant.core.messages import File
from ai_assistant.patches.v0_1 import attachments_of_messages

DOCTYPE = "AI Attachment"
IMAGE = "data:image/png;base64,iVBORw0KGgo="


class TestAIAttachment(SiteTest):
	def setUp(self) -> None:
		super().setUp()
		self.conversation = add_conversation(ANN)
		self.name = add_attachment(ANN, self.conversation, add_message(ANN, self.conversation))

	def test_everybody_sees_only_their_own(self) -> None:
		visited = add_conversation(VISITOR)
		visitors = add_attachment(VISITOR, visited, add_message(VISITOR, visited))
		self.assert_sees(ANN, DOCTYPE, {self.name})
		self.assert_sees(VISITOR, DOCTYPE, {visitors})
		for user in (BOB, MANAGER, USING_MANAGER, *STRANGERS):
			self.assert_sees(user, DOCTYPE, set())

	def test_auditors_see_all(self) -> None:
		every = set(frappe.get_all(DOCTYPE, pluck="name"))
		for user in (AUDITOR, AUDITING_MANAGER, USING_AUDITOR, "Administrator"):
			self.assert_sees(user, DOCTYPE, every)

	def test_nobody_changes_what_was_attached(self) -> None:
		self.assert_may(ANN, DOCTYPE, self.name, {"read"})
		for user in (AUDITOR, AUDITING_MANAGER):
			self.assert_may(user, DOCTYPE, self.name, {"read", "export", "report"})
		for user in (BOB, MANAGER, USING_MANAGER, *STRANGERS):
			self.assert_may(user, DOCTYPE, self.name, set())

	def test_it_goes_with_a_conversation_that_is_deleted_on_the_desk(self) -> None:
		with self.acting_as(ANN):
			frappe.delete_doc("AI Conversation", self.conversation)
		self.assertFalse(frappe.db.exists(DOCTYPE, self.name))


class TestFormerFiles(StoreTest):
	"""What the messages of the first version had in their own rows."""

	def setUp(self) -> None:
		super().setUp()
		if not frappe.db.has_column("AI Message", "images"):
			self.alter("add column images longtext")
			self.addCleanup(self.alter, "drop column images")

	def alter(self, change: str) -> None:
		frappe.db.sql_ddl(f"alter table `tabAI Message` {change}")
		frappe.clear_cache()  # which has the columns

	def test_they_are_given_rows_of_their_own_once(self) -> None:
		self.ask("r1", "one?")
		former = json.dumps([{"name": "a.md", "media_type": "text/markdown", "text": "# \u00dc"}])
		frappe.db.set_value(
			"AI Message",
			"r1-0",
			{"images": json.dumps([IMAGE]), "attachments": former},
			update_modified=False,
		)
		for _ in range(2):
			attachments_of_messages.execute()
			image, text = self.history()[0].attachments
			self.assertEqual(
				self.store.get_file(ANN, image.id), File("image", "image-1.png", "image/png", 8, IMAGE)
			)
			self.assertEqual(
				self.store.get_file(ANN, text.id), File("text", "a.md", "text/markdown", 4, "# \u00dc")
			)
			self.assertIsNone(frappe.db.sql("select images from `tabAI Message` where name = 'r1-0'")[0][0])
		self.assertEqual(frappe.db.count(DOCTYPE, {"message": "r1-0"}), 2)
		self.assertEqual(self.loaded("r1").messages[0].attachments, (image, text))
