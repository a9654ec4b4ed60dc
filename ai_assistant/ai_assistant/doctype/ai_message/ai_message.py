import frappe
from frappe.model.document import Document


class AIMessage(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attachments: DF.Code | None
		content: DF.LongText | None
		context: DF.Code | None
		conversation: DF.Link
		feedback_comment: DF.SmallText | None
		feedback_rating: DF.Literal["", "good", "bad"]
		follows: DF.Data | None
		model: DF.Data | None
		opaque: DF.Code | None
		position: DF.Int
		provider: DF.Data | None
		reasoning: DF.LongText | None
		role: DF.Literal["system", "user", "assistant", "tool"]
		run: DF.Data | None
		sources: DF.Code | None
		tool_call_id: DF.Data | None
		tool_calls: DF.Code | None
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	frappe.db.add_unique("AI Message", ["conversation", "position"], "ai_message_in_order")
	frappe.db.add_index("AI Message", ["conversation", "follows"], "ai_message_branches")
