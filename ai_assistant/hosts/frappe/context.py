"""A unit of Frappe work in a thread of the engine: a context, a connection and a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

from ai_assistant.core.errors import ServiceUnavailable

_AWAY = frozenset({"OperationalError", "InterfaceError", "InternalError"})
"""What every database driver calls an error of the server or of the way to it: gone, locked or deadlocked."""


@contextmanager
def connected(site: str) -> Iterator[None]:
	"""Commits at the end, or nothing was done. Raises ServiceUnavailable while the database is away or locked.

	Not for an event loop: tasks would share `frappe.local`.
	"""
	with translated():
		try:
			frappe.init(site=site, force=True)
			frappe.connect()
			yield
			frappe.db.commit()  # the unit of work ends here; there is no request that would do it
		except BaseException:
			_roll_back()
			raise
		finally:
			frappe.destroy()


@contextmanager
def translated() -> Iterator[None]:
	try:
		yield
	except Exception as error:
		if type(error).__name__ in _AWAY:
			raise ServiceUnavailable(
				"The database cannot be reached at the moment. Please try again."
			) from None
		raise


def _roll_back() -> None:
	"""A connection that broke has rolled back by itself."""
	if database := getattr(frappe.local, "db", None):
		try:
			database.rollback()
		except Exception as error:
			if type(error).__name__ not in _AWAY:
				raise
