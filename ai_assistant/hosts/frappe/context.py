"""A unit of Frappe work in a thread of the engine: a context, a connection and a transaction of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe

from ai_assistant.core.errors import ServiceUnavailable

_AWAY = frozenset(
	{"OperationalError", "InterfaceError", "InternalError", "QueryDeadlockError", "QueryTimeoutError"}
)
"""What every database driver calls an error of the server or of the way to it, and Frappe one that is locked."""

_KEPT = 10.0
"""Seconds for which a thread keeps its connection for the next unit of work: opening one takes longer than most units."""

_spare = threading.local()


@contextmanager
def connected(site: str) -> Iterator[None]:
	"""Commits at the end, or nothing was done. Raises ServiceUnavailable while the database is away or locked.

	The thread keeps the connection for the next unit on the same site.

	Not for an event loop: tasks would share `frappe.local`.
	"""
	with translated():
		try:
			frappe.init(site=site, force=True)
			frappe.connect()
			_take_spare(site)
			yield
			frappe.db.commit()  # the unit of work ends here; there is no request that would do it
			_keep_spare(site)
		except BaseException:
			roll_back()
			raise
		finally:
			frappe.destroy()


def _take_spare(site: str) -> None:
	kept_site, database, until = _spare.__dict__.pop("kept", ("", None, 0.0))
	if kept_site == site and time.monotonic() < until:
		frappe.local.db = database
	elif database:
		database.close()


def _keep_spare(site: str) -> None:
	kept: tuple[str, Any, float] = (site, frappe.local.db, time.monotonic() + _KEPT)
	_spare.kept = kept
	frappe.local.db = None


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


def roll_back() -> None:
	"""A connection that broke has rolled back by itself."""
	if database := getattr(frappe.local, "db", None):
		try:
			database.rollback()
		except Exception as error:
			if type(error).__name__ not in _AWAY:
				raise
			database._conn = database._cursor = (
				None  # or Frappe would use it again; without it, another is opened
			)
