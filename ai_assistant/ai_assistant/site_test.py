"""What the DocTypes' tests begin with: people with roles, and rows as the store writes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe

try:
	from frappe.tests import IntegrationTestCase as FrappeTestCase
except ImportError:  # before Frappe 16
	from frappe.tests.utils import FrappeTestCase

ANN, BOB = "ai-ann@example.com", "ai-bob@example.com"
VISITOR, CUSTOMER = "ai-visitor@example.com", "ai-customer@example.com"
MANAGER, AUDITING_MANAGER = "ai-manager@example.com", "ai-auditing-manager@example.com"
USING_MANAGER, AUDITOR = "ai-using-manager@example.com", "ai-auditor@example.com"
USING_AUDITOR = "ai-using-auditor@example.com"

_DESK = "Report Manager"
"""A role that opens the desk, and nothing of this app."""

ROLES = {
	ANN: ("AI User", _DESK),
	BOB: ("AI User", _DESK),
	VISITOR: ("AI User",),
	CUSTOMER: (),
	MANAGER: ("System Manager",),
	AUDITING_MANAGER: ("System Manager", "AI Auditor"),
	USING_MANAGER: ("System Manager", "AI User"),
	AUDITOR: ("AI Auditor",),
	USING_AUDITOR: ("AI Auditor", "AI User"),
}
STRANGERS = ("Guest", CUSTOMER)
"""Who has no role of this app."""


class SiteTest(FrappeTestCase):
	@classmethod
	def setUpClass(cls) -> None:
		super().setUpClass()
		for user, roles in ROLES.items():
			if not frappe.db.exists("User", user):
				_add_user(user, roles)
			elif not set(roles).issubset(frappe.get_roles(user)):
				# the app was gone meanwhile, and its roles with it
				frappe.get_doc("User", user).add_roles(*roles)

	def setUp(self) -> None:
		frappe.db.savepoint("before_test")

	def tearDown(self) -> None:
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="before_test")

	@contextmanager
	def acting_as(self, user: str) -> Iterator[None]:
		frappe.set_user(user)
		try:
			yield
		finally:
			frappe.set_user("Administrator")

	def assert_sees(self, user: str, doctype: str, names: set[str]) -> None:
		"""Exactly these, in a list and, of the tests' own rows, one by one; a list may be refused as a whole."""
		rows = set(frappe.get_all(doctype, {"owner": ("in", list(ROLES))}, pluck="name"))
		with self.acting_as(user):
			try:
				listed = set(frappe.get_list(doctype, pluck="name", limit_page_length=0))
			except frappe.PermissionError:
				listed = set()
			readable = {name for name in rows if frappe.has_permission(doctype, "read", name)}
		self.assertEqual(listed, names)
		self.assertEqual(readable, names & rows)

	def assert_may(self, user: str, doctype: str, name: str, allowed: set[str]) -> None:
		"""Of all that can be done with a document."""
		with self.acting_as(user):
			for ptype in ("read", "write", "create", "delete", "share", "export", "report", "import"):
				is_allowed = bool(frappe.has_permission(doctype, ptype, name))
				self.assertEqual(is_allowed, ptype in allowed, f"{user}: {ptype} {doctype}")


def _add_user(email: str, roles: tuple[str, ...]) -> None:
	given = [{"role": role} for role in roles]
	user = {"doctype": "User", "email": email, "first_name": email, "send_welcome_email": 0, "roles": given}
	frappe.get_doc(user).insert(ignore_permissions=True)


def add_row(doctype: str, owner: str, **columns: Any) -> str:
	"""As code inserts: no permission asked, no hook run."""
	row = frappe.get_doc({"doctype": doctype, "name": frappe.generate_hash(length=32), **columns})
	row.owner = row.modified_by = owner
	row.creation = row.modified = columns.get("creation") or frappe.utils.now_datetime()
	row.db_insert()
	return str(row.name)


def add_conversation(owner: str, conversation_id: str = "7", title: str = "A secret") -> str:
	return add_row("AI Conversation", owner, conversation_id=conversation_id, title=title, status="Active")


def add_message(owner: str, conversation: str, position: int = 1) -> str:
	return add_row(
		"AI Message", owner, conversation=conversation, position=position, role="user", content="A secret"
	)


def add_attachment(owner: str, conversation: str, message: str) -> str:
	return add_row(
		"AI Attachment",
		owner,
		conversation=conversation,
		message=message,
		kind="text",
		file_name="secret.txt",
		media_type="text/plain",
		size=8,
		content="A secret",
	)


def add_run(owner: str, **columns: Any) -> str:
	return add_row("AI Run", owner, **({"status": "Completed", "generation": "{}"} | columns))
