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
	value, label = flt(document.get(fieldname)), _(document.meta.get_label(fieldname))
	for bound in bounds(settings, setting):
		if isinstance(bound, Ge) and value < _number(bound.ge):
			frappe.throw(_("{0} must be at least {1}.").format(frappe.bold(label), bound.ge))
		if isinstance(bound, Le) and value > _number(bound.le):
			frappe.throw(_("{0} must be at most {1}.").format(frappe.bold(label), bound.le))


def bounds(settings: type, setting: str) -> tuple[Any, ...]:
	return get_args(get_type_hints(settings, include_extras=True)[setting])[1:]


def _number(bound: Any) -> float:
	return float(bound)
