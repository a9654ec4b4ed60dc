import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils.background_jobs import get_queues_timeout

from ai_assistant.ai_assistant.bounds import check_bounds
from ai_assistant.hosts.frappe.settings import form_fields


class AIAssistantSettings(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from ai_assistant.ai_assistant.doctype.ai_budget.ai_budget import AIBudget

		answer_characters: DF.Int
		answer_seconds: DF.Int
		attachments: DF.Int
		backoff: DF.Float
		budgets: DF.Table[AIBudget]
		cool_down: DF.Float
		engine_attempts: DF.Int
		engine_drain: DF.Float
		engine_heartbeat: DF.Float
		engine_interval: DF.Float
		engine_lease: DF.Float
		engine_runs: DF.Int
		engine_threads: DF.Int
		history_messages: DF.Int
		history_tokens: DF.Int
		image_bytes: DF.Int
		images: DF.Int
		journal_seconds: DF.Int
		longest_run_seconds: DF.Int
		longest_wait: DF.Float
		message_characters: DF.Int
		messages: DF.Int
		mode_agent: DF.LongText | None
		mode_ask: DF.LongText | None
		mode_chat: DF.LongText | None
		mode_code: DF.LongText | None
		prompt_bytes: DF.Int
		provider_attempts: DF.Int
		queue: DF.Data | None
		request_bytes: DF.Int
		request_characters: DF.Int
		running_per_user: DF.Int
		runs_per_user: DF.Int
		streams: DF.Int
		streams_per_user: DF.Int
		system_prompt: DF.LongText | None
		title_model: DF.Data | None
		wait: DF.Int

	# end: auto-generated types

	def validate(self) -> None:
		for fieldname, part, setting in form_fields():
			check_bounds(self, fieldname, part, setting)
		self._check_budgets()
		self._check_queue()

	def _check_budgets(self) -> None:
		for row in self.budgets:
			if not (row.tokens or row.cost):
				frappe.throw(_("Row {0}: a budget needs tokens or a cost.").format(row.idx))

	def _check_queue(self) -> None:
		"""A job for a queue that no worker serves would wait for ever."""
		queues = get_queues_timeout()
		if self.queue and self.queue not in queues:
			frappe.throw(
				_("This bench has no queue {0}. Choose one of {1}.").format(
					frappe.bold(self.queue), ", ".join(queues)
				)
			)
