"""What must be there before the DocTypes are installed."""

from __future__ import annotations

import frappe

_ROLES = {"AI User": 0, "AI Auditor": 1}
"""Whether a role opens the desk. Frappe would make both with it, and turn every Website User into a System User."""


def before_install() -> None:
	"""Makes the roles; those that are there stay as they are."""
	for name, desk_access in _ROLES.items():
		if not frappe.db.exists("Role", name):
			role = frappe.get_doc({"doctype": "Role", "role_name": name, "desk_access": desk_access})
			role.insert(ignore_permissions=True)
