from collections import Counter
from urllib.parse import urlsplit

import frappe
from frappe import _
from frappe.model.document import Document


class AIProvider(Document):
	def validate(self) -> None:
		self._check_address()
		twice = [name for name, count in Counter(row.model for row in self.models).items() if count > 1]
		if twice:
			frappe.throw(_("The model {0} is listed twice.").format(frappe.bold(twice[0])))

	def _check_address(self) -> None:
		"""Whoever forgets the address must not send everything to the vendor of the SDK."""
		if not self.base_url:
			if self.kind == "openai_compatible":
				frappe.throw(_("This kind needs a Base URL, such as https://llm.example/v1."))
			return
		address = urlsplit(self.base_url)
		if address.scheme not in ("http", "https") or not address.hostname:
			frappe.throw(_("The Base URL must look like https://llm.example/v1."))
