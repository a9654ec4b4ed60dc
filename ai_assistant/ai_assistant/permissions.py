"""Who may see what of the AI Assistant on the desk and over REST: one's own, and auditors everything."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

AUDITOR = "AI Auditor"

_READERS: dict[str, frozenset[str]] = {
	"AI Conversation": frozenset({AUDITOR}),
	"AI Message": frozenset({AUDITOR}),
	"AI Attachment": frozenset({AUDITOR}),
	"AI Run": frozenset({AUDITOR, "System Manager"}),
	"AI Spending": frozenset({AUDITOR, "System Manager"}),
	"AI Preferences": frozenset(),
}
"""Roles that see other people's: System Managers the figures of runs, not what was said."""


def own_conversations(user: str | None = None) -> str:
	"""For its user, a deleted conversation is gone while the last of its answers still has to end."""
	own = _own("AI Conversation", user)
	return own and f"{own} and `tabAI Conversation`.status <> 'Deleted'"


def own_messages(user: str | None = None) -> str:
	return _own("AI Message", user)


def own_attachments(user: str | None = None) -> str:
	return _own("AI Attachment", user)


def own_runs(user: str | None = None) -> str:
	return _own("AI Run", user)


def own_spendings(user: str | None = None) -> str:
	return _own("AI Spending", user)


def own_preferences(user: str | None = None) -> str:
	return _own("AI Preferences", user)


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool:
	"""Denies what roles alone would allow; Frappe itself lets nobody change an owner."""
	user = user or frappe.session.user
	return _reads_all(doc.doctype, user) or (doc.owner == user and doc.get("status") != "Deleted")


def _own(doctype: str, user: str | None) -> str:
	"""What a list of that DocType is restricted to, as SQL."""
	user = user or frappe.session.user
	return "" if _reads_all(doctype, user) else f"`tab{doctype}`.owner = {frappe.db.escape(user)}"


def _reads_all(doctype: str, user: str) -> bool:
	return user == "Administrator" or not _READERS[doctype].isdisjoint(frappe.get_roles(user))
