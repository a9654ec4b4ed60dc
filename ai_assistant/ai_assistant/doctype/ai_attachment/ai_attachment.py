from frappe.model.document import Document


class AIAttachment(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		content: DF.LongText | None
		conversation: DF.Link
		file_name: DF.Data | None
		kind: DF.Literal["text", "image"]
		media_type: DF.Data | None
		message: DF.Link
		size: DF.Int
	# end: auto-generated types

	pass
