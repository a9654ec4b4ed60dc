"""The first version let Frappe make the role AI User, with the desk: it turned Website Users into System Users."""

import frappe


def execute() -> None:
	"""Those who have no other role with the desk become Website Users again."""
	role = frappe.get_doc("Role", "AI User")
	role.desk_access = 0
	role.save()
