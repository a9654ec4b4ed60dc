import frappe
from frappe.model.document import Document


class AISpending(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempt: DF.Int
		cost: DF.Float
		day: DF.Date | None
		ended: DF.Datetime | None
		estimated: DF.Check
		input_tokens: DF.Int
		model: DF.Data | None
		outcome: DF.Literal["Completed", "Cancelled", "Failed", "Retried", "Lost"]
		output_tokens: DF.Int
		provider: DF.Data | None
		run: DF.Data | None
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	frappe.db.add_unique("AI Spending", ["run", "attempt"], "ai_spending_of_attempt")
	frappe.db.add_index("AI Spending", ["owner", "day"], "ai_spending_of_owner")
