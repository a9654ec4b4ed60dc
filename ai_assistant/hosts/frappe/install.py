"""What Frappe does not do by itself when the app comes to a site, and when it goes."""

from __future__ import annotations

import time

import click
import frappe

from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.settings import FORM, form_fields

_ROLES = {"AI User": 0, "AI Auditor": 1}
"""Whether a role opens the desk. Frappe would make both with it, and turn every Website User into a System User."""

_LEFT_BEHIND = {
	"__Auth": "doctype",
	"__UserSettings": "doctype",
	"Singles": "doctype",
	"Logs To Clear": "ref_doctype",
}
"""Rows about a DocType that outlive it, by the column that names it: keys of providers, views, settings, clearing."""

_SHOWING_WORKSPACES = ("Workspace Sidebar", "Desktop Icon")
"""By name; Frappe 16 goes on to show a workspace that is gone, Frappe 15 has no sidebars."""

_ENDING = 10.0
"""Seconds that engines are given to end their runs."""


def before_install() -> None:
	"""Makes the roles; those that are there stay as they are."""
	for name, desk_access in _ROLES.items():
		if not frappe.db.exists("Role", name):
			role = frappe.get_doc({"doctype": "Role", "role_name": name, "desk_access": desk_access})
			role.insert(ignore_permissions=True)


def after_migrate() -> None:
	"""Gives the settings that are new their defaults: a form that was saved without them could not be saved again."""
	entered = dict(frappe.db.sql("select field, value from tabSingles where doctype = %s", FORM))
	for fieldname, part, setting in form_fields():
		if entered and entered.get(fieldname) is None:
			frappe.db.set_single_value(FORM, fieldname, getattr(part(), setting))


def before_uninstall() -> None:
	"""Ends all runs and takes away what Frappe leaves behind. Frappe commits it with the rest.

	Nothing in a dry run, of which only the command knows.
	"""
	command = click.get_current_context(silent=True)
	if command and command.params.get("dry_run"):
		return
	_end_runs()
	doctypes = frappe.get_all("DocType", {"module": "AI Assistant"}, pluck="name")
	for table, column in _LEFT_BEHIND.items():
		frappe.db.delete(table, {column: ("in", doctypes)})
	frappe.db.delete("Scheduled Job Type", {"method": ("like", "ai_assistant.%")})
	for doctype in _SHOWING_WORKSPACES:
		if frappe.db.exists("DocType", doctype):
			frappe.delete_doc(
				doctype, "AI Assistant Overview", force=True, ignore_missing=True, ignore_on_trash=True
			)
	for role in _ROLES:
		if not _is_used_elsewhere(role, doctypes):
			frappe.db.delete("Has Role", {"role": role})
			frappe.delete_doc("Role", role, force=True, ignore_missing=True)


def _end_runs() -> None:
	"""Whatever is queued or under way: an engine could not save it any more, and try for ever."""
	queue, until = Queue(queue_redis()), time.monotonic() + _ENDING
	while time.monotonic() < until:
		runs = [run for run in queue.known() if run.site == frappe.local.site]
		if not runs:
			return
		for run in runs:
			if not queue.withdraw(run):
				queue.stop(run)
		time.sleep(0.1)


def _is_used_elsewhere(role: str, doctypes: list[str]) -> bool:
	"""Whether the site gives that role rights of its own to something that stays."""
	others = {"role": role, "parent": ("not in", doctypes)}
	return any(frappe.db.exists(doctype, others) for doctype in ("DocPerm", "Custom DocPerm"))
