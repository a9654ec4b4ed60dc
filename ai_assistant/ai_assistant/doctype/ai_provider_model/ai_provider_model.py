from frappe.model.document import Document


class AIProviderModel(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cache_read_price: DF.Float
		context_window: DF.Int
		images: DF.Check
		input_price: DF.Float
		max_tokens: DF.Int
		model: DF.Data
		output_price: DF.Float
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reasoning: DF.Check
	# end: auto-generated types

	pass
