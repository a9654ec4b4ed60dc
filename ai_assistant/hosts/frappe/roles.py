"""The roles of a site's users."""

from __future__ import annotations

import frappe

from ai_assistant.core.assistant import ADMIN
from ai_assistant.hosts.frappe.context import connected


def roles_of(user: str) -> set[str]:
	"""Administrator has all that there are."""
	roles = set(frappe.get_roles(user))
	return roles | {ADMIN} if "System Manager" in roles else roles


def visited_roles_of(site: str, user: str) -> set[str]:
	"""The same, in a unit of work of its own."""
	with connected(site):
		return roles_of(user)
