import frappe
from frappe.model.document import Document

from ai_assistant.core import requests
from ai_assistant.core.errors import InvalidRequest


class AIPreferences(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		enabled: DF.Check
		full_name: DF.Data | None
		instructions: DF.LongText | None
	# end: auto-generated types

	def validate(self) -> None:
		"""Within the bounds that every client has."""
		given = {"name": self.full_name or "", "instructions": self.instructions or ""}
		try:
			requests.parse(requests.PreferencesRequest, given)
		except InvalidRequest as error:
			frappe.throw(str(error))

	def after_delete(self) -> None:
		"""Frappe keeps a copy for administrators, who must not read it."""
		self.full_name = self.instructions = None


def on_doctype_update() -> None:
	frappe.db.add_unique("AI Preferences", ["owner"], "ai_preferences_of_owner")
