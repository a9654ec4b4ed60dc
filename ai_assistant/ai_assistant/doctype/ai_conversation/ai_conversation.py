import frappe
from frappe.model.document import Document


class AIConversation(Document):
	def on_trash(self) -> None:
		"""With all that was said in it."""
		for doctype in ("AI Message", "AI Run"):
			frappe.db.delete(doctype, {"conversation": self.name})


def on_doctype_update() -> None:
	frappe.db.add_unique("AI Conversation", ["owner", "conversation_id"], "ai_conversation_of_owner")
	frappe.db.add_index("AI Conversation", ["owner", "modified"], "ai_conversation_by_time")
