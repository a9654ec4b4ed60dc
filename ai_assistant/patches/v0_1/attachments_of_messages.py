"""Images and attachments were a part of their messages' rows."""

import frappe
import msgspec

from ai_assistant.core.former_files import former_files
from ai_assistant.core.messages import references
from ai_assistant.core.text import as_json
from ai_assistant.hosts.frappe import rows
from ai_assistant.hosts.frappe.sql import insert

_WITH_FILES = """
select m.name from `tabAI Message` m where (m.images is not null or m.attachments is not null)
	and not exists (select 1 from `tabAI Attachment` a where a.message = m.name)
"""
_MOVED = "update `tabAI Message` set images = null, attachments = %s where name = %s"


def execute() -> None:
	"""Gives each a row of its own. Frappe leaves the column of the images where it is."""
	if not frappe.db.has_column("AI Message", "images"):
		return
	for name in frappe.db.sql_list(_WITH_FILES):
		_move(name)


def _move(name: str) -> None:
	"""One message at a time: they may be large."""
	columns = "name, owner, creation, modified, modified_by, conversation, images, attachments"
	(row,) = frappe.db.sql(f"select {columns} from `tabAI Message` where name = %s", name, as_dict=True)
	images, texts = (msgspec.json.decode(row[column] or "[]") for column in ("images", "attachments"))
	files = tuple(former_files(images, texts))
	for file in rows.files(row, files):
		insert("AI Attachment", file)
	frappe.db.sql(_MOVED, (as_json(references(name, files)), name))
