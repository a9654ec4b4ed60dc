from frappe.model.document import Document


class AIProviderModel(Document):
	pass
