from uuid import uuid4

import frappe
from frappe.model.document import Document

from ai_assistant.core import requests
from ai_assistant.core.errors import AssistantError, InvalidRequest
from ai_assistant.hosts.frappe.assistant import end_answers


class AIConversation(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		conversation_id: DF.Data
		leaf: DF.Data | None
		status: DF.Literal["Active", "Archived", "Deleted"]
		title: DF.Data | None

	# end: auto-generated types

	def before_insert(self) -> None:
		"""Named as every client names conversations, and empty, whatever made this one."""
		self.status, self.leaf = "Active", None
		try:
			self.conversation_id = requests.conversation_id(self.conversation_id) or str(uuid4())
		except InvalidRequest as error:
			frappe.throw(str(error))

	def on_trash(self) -> None:
		"""With all that was said in it, in the order in which the end of a run locks them; what it took stays known.

		Answers under way end first.
		"""
		try:
			end_answers(self.owner, self.conversation_id)
		except AssistantError as error:
			frappe.throw(str(error))
		for doctype in ("AI Run", "AI Attachment", "AI Message"):
			frappe.db.delete(doctype, {"conversation": self.name})

	def after_delete(self) -> None:
		"""Frappe keeps a copy for administrators, who must not read what others said."""
		self.title = None


def on_doctype_update() -> None:
	frappe.db.add_unique("AI Conversation", ["owner", "conversation_id"], "ai_conversation_of_owner")
	frappe.db.add_index("AI Conversation", ["owner", "modified"], "ai_conversation_by_time")
