"""A unit of Frappe work in a thread of the engine: a context, a connection and a transaction of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe

from ai_assistant.core.errors import ServiceUnavailable

_BROKEN = frozenset({"InterfaceError", "InternalError"})
"""What every database driver calls a connection that is of no more use."""

_LOCKED = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)

_AWAY = frozenset({
	1020,  # changed by another transaction
	*(1205, 1213),  # locked
	*(1040, 1203),  # too many connections
	*(1047, 1053, 1317, 1927),  # starting or stopping, and what was under way then
	*(2002, 2003, 2005, 2006, 2013, 2055),  # no way to it
})  # fmt: skip
"""MariaDB's numbers of an OperationalError that is gone when it is asked again, unlike those of a wrong statement."""

_KEPT = 10.0
"""Seconds for which a thread keeps its connection for the next unit of work: opening one takes longer than most units."""

_spare = threading.local()


@contextmanager
def connected(site: str) -> Iterator[None]:
	"""Commits at the end, or nothing was done. Raises ServiceUnavailable while the database is away or locked, or the site's
	configuration half-written.

	The thread keeps the connection for the next unit on the same site.

	Not for an event loop: tasks would share `frappe.local`.
	"""
	with translated():
		try:
			_begin(site)
			_take_spare(site)
			yield
			frappe.db.commit()  # the unit of work ends here; there is no request that would do it
			_keep_spare(site)
		except BaseException:
			roll_back()
			raise
		finally:
			frappe.destroy()


def _begin(site: str) -> None:
	"""Frappe empties a site's configuration before it writes it: version 15 then lacks the password, 16 cannot parse it."""
	try:
		frappe.init(site=site, force=True)
		frappe.connect()
	except (AssertionError, ValueError):
		raise ServiceUnavailable("The configuration of this site cannot be read at the moment.") from None


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
		if _is_away(error):
			raise ServiceUnavailable(
				"The database cannot be reached at the moment. Please try again."
			) from None
		raise


def _is_away(error: Exception) -> bool:
	kind = type(error).__name__
	is_passing = kind == "OperationalError" and bool(error.args) and error.args[0] in _AWAY
	return is_passing or kind in _BROKEN or isinstance(error, _LOCKED)


def roll_back() -> None:
	"""A connection that broke has rolled back by itself; one that was never made would be made for it."""
	database = getattr(frappe.local, "db", None)
	if database and database._conn:
		try:
			database.rollback()
		except Exception as error:
			if not _is_away(error):
				raise
			database._conn = database._cursor = (
				None  # or Frappe would use it again; without it, another is opened
			)
