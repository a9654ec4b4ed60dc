import frappe
from frappe.model.document import Document


class AIMessage(Document):
	pass


def on_doctype_update() -> None:
	frappe.db.add_unique("AI Message", ["conversation", "position"], "ai_message_in_order")
