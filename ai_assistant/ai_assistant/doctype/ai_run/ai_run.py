import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime

_AT_ONCE = 1_000
"""Rows deleted in one statement, so that nobody waits long for their locks."""


class AIRun(Document):
	@staticmethod
	def clear_old_logs(days: int = 90) -> None:
		"""For Log Settings: forgets runs that ended long ago; the conversations stay."""
		before = add_days(now_datetime(), -days)
		while True:
			frappe.db.sql(
				"delete from `tabAI Run` where status in ('Completed', 'Failed') and creation < %s limit %s",
				(before, _AT_ONCE),
			)
			deleted = frappe.db._cursor.rowcount
			frappe.db.commit()  # between the batches, as Frappe's own clearing of logs does
			if deleted < _AT_ONCE:
				return


def on_doctype_update() -> None:
	frappe.db.add_unique("AI Run", ["owner", "request_id"], "ai_run_of_request")
	frappe.db.add_index("AI Run", ["owner", "status"], "ai_run_of_owner")
	frappe.db.add_index("AI Run", ["status", "creation"], "ai_run_by_status")
