from uuid import UUID

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
	add_run,
)

DOCTYPE = "AI Conversation"
_REFUSED = (frappe.PermissionError, frappe.CannotChangeConstantError)
OWN = {"read", "write", "create", "delete"}


class TestAIConversation(SiteTest):
	def test_everybody_sees_only_their_own(self) -> None:
		anns, visitors = add_conversation(ANN), add_conversation(VISITOR)
		self.assert_sees(ANN, DOCTYPE, {anns})
		self.assert_sees(VISITOR, DOCTYPE, {visitors})
		for user in (BOB, MANAGER, USING_MANAGER, *STRANGERS):
			self.assert_sees(user, DOCTYPE, set())

	def test_auditors_read_all_and_change_nothing(self) -> None:
		name = add_conversation(ANN)
		every = set(frappe.get_all(DOCTYPE, pluck="name"))
		for user in (AUDITOR, AUDITING_MANAGER, USING_AUDITOR, "Administrator"):
			self.assert_sees(user, DOCTYPE, every)
		for user in (AUDITOR, AUDITING_MANAGER):
			self.assert_may(user, DOCTYPE, name, {"read", "export", "report"})
		self.assert_may(USING_AUDITOR, DOCTYPE, name, {"read", "export", "report", "create"})

	def test_owners_rename_and_delete_nobody_else_does(self) -> None:
		name = add_conversation(ANN)
		self.assert_may(ANN, DOCTYPE, name, OWN)
		for user in (BOB, VISITOR, MANAGER, USING_MANAGER, *STRANGERS):
			self.assert_may(user, DOCTYPE, name, set())

	def test_nobody_takes_over_a_conversation_by_sending_another_owner(self) -> None:
		name = add_conversation(ANN)
		for user in (BOB, USING_MANAGER, USING_AUDITOR):
			with self.acting_as(user), self.assertRaises(_REFUSED, msg=user):
				frappe.get_doc(DOCTYPE, name).update({"owner": user}).save()
		with self.acting_as(ANN), self.assertRaises(_REFUSED):
			frappe.get_doc(DOCTYPE, name).update({"owner": BOB}).save()
		self.assertEqual(frappe.db.get_value(DOCTYPE, name, "owner"), ANN)

	def test_a_conversation_that_is_made_here_is_named_as_clients_name_them(self) -> None:
		with self.acting_as(VISITOR):
			numbered = frappe.get_doc({"doctype": DOCTYPE, "conversation_id": " 007 "}).insert()
			unnamed = frappe.get_doc({"doctype": DOCTYPE, "title": "Hello", "owner": ANN}).insert()
			with self.assertRaises(frappe.ValidationError):
				frappe.get_doc({"doctype": DOCTYPE, "conversation_id": "../1"}).insert()
		self.assertEqual((numbered.conversation_id, numbered.owner), ("7", VISITOR))
		self.assertEqual(
			(str(UUID(unnamed.conversation_id)), unnamed.owner), (unnamed.conversation_id, VISITOR)
		)

	def test_its_id_stays_as_it_is(self) -> None:
		name = add_conversation(ANN)
		with self.acting_as(ANN):
			frappe.get_doc(DOCTYPE, name).update({"title": "Renamed"}).save()
			with self.assertRaises(frappe.CannotChangeConstantError):
				frappe.get_doc(DOCTYPE, name).update({"conversation_id": "8"}).save()

	def test_what_the_store_keeps_of_it_is_not_for_forms(self) -> None:
		name = add_conversation(ANN)
		foreign = {"status": "Archived", "leaf": "a message of somebody else"}
		with self.acting_as(ANN):
			for field, value in foreign.items():
				with self.assertRaises(frappe.CannotChangeConstantError, msg=field):
					frappe.get_doc(DOCTYPE, name).update({field: value}).save()
			made = frappe.get_doc({"doctype": DOCTYPE, **foreign}).insert()
		self.assertEqual((made.status, made.leaf), ("Active", None))

	def test_strangers_make_none(self) -> None:
		for user in (MANAGER, AUDITOR, *STRANGERS):
			with self.acting_as(user), self.assertRaises(frappe.PermissionError, msg=user):
				frappe.get_doc({"doctype": DOCTYPE, "title": "Hello"}).insert()

	def test_one_id_names_one_conversation_of_each_user(self) -> None:
		add_conversation(ANN, "7")
		add_conversation(BOB, "7")
		with self.assertRaises(frappe.UniqueValidationError):
			add_conversation(ANN, "7")

	def test_all_that_was_said_goes_with_it(self) -> None:
		name, other = add_conversation(ANN, "7"), add_conversation(ANN, "8")
		for conversation in (name, other):
			add_message(ANN, conversation)
			add_run(ANN, conversation=conversation)
		with self.acting_as(ANN):
			frappe.delete_doc(DOCTYPE, name)
		for doctype in ("AI Message", "AI Run"):
			self.assertEqual(frappe.get_all(doctype, {"owner": ANN}, pluck="conversation"), [other])
		copy = frappe.get_all("Deleted Document", {"deleted_name": name}, pluck="data")
		self.assertNotIn("secret", str(copy))
