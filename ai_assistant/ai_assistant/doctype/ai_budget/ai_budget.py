from frappe.model.document import Document


class AIBudget(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cost: DF.Float
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		per: DF.Literal["day", "month"]
		role: DF.Link | None
		tokens: DF.Int
		user: DF.Link | None
	# end: auto-generated types

	pass
