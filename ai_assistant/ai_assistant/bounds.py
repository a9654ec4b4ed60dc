"""Bounds that the core's settings declare, kept by the documents they are entered in."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import frappe
from annotated_types import Ge, Le
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt


def check_bounds(document: Document, fieldname: str, settings: type, setting: str) -> None:
	"""Refuses a number that `setting` of that dataclass of the core does not allow, and names the field."""
	value, label = flt(document.get(fieldname)), frappe.bold(_(document.meta.get_label(fieldname)))
	least, most = bounds(settings, setting)
	if least is not None and value < least:
		frappe.throw(_("{0} must be at least {1}.").format(label, least))
	if most is not None and value > most:
		frappe.throw(_("{0} must be at most {1}.").format(label, most))


def bounds(settings: type, setting: str) -> tuple[Any, Any]:
	"""The least and the most that is allowed; None where there is no bound."""
	declared = get_args(get_type_hints(settings, include_extras=True)[setting])
	least = [bound.ge for bound in declared if isinstance(bound, Ge)]
	most = [bound.le for bound in declared if isinstance(bound, Le)]
	return least[0] if least else None, most[0] if most else None
