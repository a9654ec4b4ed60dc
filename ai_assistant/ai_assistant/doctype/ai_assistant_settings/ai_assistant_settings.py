from dataclasses import fields
from typing import Any, get_args, get_type_hints

import frappe
from annotated_types import Ge, Le
from frappe import _
from frappe.model.document import Document

from ai_assistant.core.settings import Engine, Limits, Retention, Retries

_OTHER_NAMES = {
	"attempts": "provider_attempts",
	"journal": "journal_seconds",
	"longest_run": "longest_run_seconds",
}


class AIAssistantSettings(Document):
	def validate(self) -> None:
		"""The bounds are those of the core, named only there."""
		for part, prefix in ((Retries, ""), (Limits, ""), (Engine, "engine_"), (Retention, "")):
			hints = get_type_hints(part, include_extras=True)
			for field in fields(part):
				name = f"{prefix}{field.name}" if prefix else _OTHER_NAMES.get(field.name, field.name)
				self._check(name, get_args(hints[field.name])[1:])

	def _check(self, name: str, bounds: tuple[Any, ...]) -> None:
		value, label = self.get(name), _(self.meta.get_label(name))
		for bound in bounds:
			if isinstance(bound, Ge) and value < bound.ge:
				frappe.throw(_("{0} must be at least {1}.").format(label, bound.ge))
			if isinstance(bound, Le) and value > bound.le:
				frappe.throw(_("{0} must be at most {1}.").format(label, bound.le))
