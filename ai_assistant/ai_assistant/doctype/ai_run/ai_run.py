import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime

_AT_ONCE = 1_000
"""Rows deleted in one statement, so that nobody waits long for their locks."""

_CLEAR = """
delete from `tabAI Run`
where status in ('Completed', 'Failed') and ifnull(message, '') = '' and creation < %s limit %s
"""


class AIRun(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempts: DF.Int
		cache_read_tokens: DF.Int
		conversation: DF.Data | None
		conversation_id: DF.Data | None
		cost: DF.Float
		digest: DF.Data | None
		duration_ms: DF.Int
		ended: DF.Datetime | None
		error: DF.SmallText | None
		error_code: DF.Data | None
		finish_reason: DF.Data | None
		first_event_ms: DF.Int
		first_text_ms: DF.Int
		generation: DF.Code | None
		has_cost: DF.Check
		input_tokens: DF.Int
		message: DF.Data | None
		model: DF.Data | None
		output_tokens: DF.Int
		provider: DF.Data | None
		queued_ms: DF.Int
		reasoning_tokens: DF.Int
		request_id: DF.Data | None
		retry_after: DF.Float
		retryable: DF.Check
		status: DF.Literal["Waiting", "Queued", "Running", "Completed", "Failed"]
		thinking_ms: DF.Int
		tokens_per_second: DF.Float
		total_tokens: DF.Int
		usage_basis: DF.Data | None
		user_message: DF.Data | None

	# end: auto-generated types

	@staticmethod
	def clear_old_logs(days: int = 90, at_once: int = _AT_ONCE) -> None:
		"""For Log Settings: forgets runs that ended long ago without an answer. What an answer took, and how it ended, is kept
		with it."""
		before = add_days(now_datetime(), -days)
		while True:
			frappe.db.sql(_CLEAR, (before, at_once))
			deleted = frappe.db._cursor.rowcount
			frappe.db.commit()  # between the batches, as Frappe's own clearing of logs does
			if deleted < at_once:
				return


def on_doctype_update() -> None:
	# A client's own id is taken byte by byte, where Frappe's tables would take `A`, `á` and `a ` for `a`.
	frappe.db.sql_ddl("alter table `tabAI Run` modify request_id varchar(140) collate utf8mb4_nopad_bin")
	frappe.db.add_unique("AI Run", ["owner", "request_id"], "ai_run_of_request")
	frappe.db.add_index("AI Run", ["owner", "status"], "ai_run_of_owner")
	frappe.db.add_index("AI Run", ["status", "creation"], "ai_run_by_status")
