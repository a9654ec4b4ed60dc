"""Who may see what of the AI Assistant on the desk and over REST: one's own, and auditors everything."""

from __future__ import annotations

from typing import Any

import frappe

AUDITOR = "AI Auditor"

_ANYBODYS: dict[str, frozenset[str]] = {
	"AI Conversation": frozenset({AUDITOR}),
	"AI Message": frozenset({AUDITOR}),
	"AI Run": frozenset({AUDITOR, "System Manager"}),
}
"""Roles that see other people's: System Managers the figures of runs, not what was said."""


def own_conversations(user: str | None = None) -> str:
	return _own("AI Conversation", user)


def own_messages(user: str | None = None) -> str:
	return _own("AI Message", user)


def own_runs(user: str | None = None) -> str:
	return _own("AI Run", user)


def has_permission(doc: Any, ptype: str | None = None, user: str | None = None) -> bool:
	user = user or frappe.session.user
	return _sees_all(doc.doctype, user) or doc.owner == user


def _own(doctype: str, user: str | None) -> str:
	"""What a list of that DocType is restricted to, as SQL."""
	user = user or frappe.session.user
	return "" if _sees_all(doctype, user) else f"`tab{doctype}`.owner = {frappe.db.escape(user)}"


def _sees_all(doctype: str, user: str) -> bool:
	return user == "Administrator" or not _ANYBODYS[doctype].isdisjoint(frappe.get_roles(user))
