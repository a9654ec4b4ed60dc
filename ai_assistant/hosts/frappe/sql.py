"""Rows of the app's DocTypes, read and written by SQL.

A document's way through the ORM costs ten times what its row does, and nothing hooks in here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import frappe

from ai_assistant.core.errors import ServiceUnavailable, TooLarge
from ai_assistant.hosts.frappe.context import roll_back
from ai_assistant.hosts.frappe.rows import Row

_ALWAYS_TAKEN = 200_000
"""Characters that every server takes: the least that is set for any is 1 MB."""

_STATEMENT = 10_000
"""Bytes of a statement beside its texts, and more."""

_LOCK_PATIENCE = 15
"""Seconds that a request of a user waits for another one's."""


@contextmanager
def one_at_a_time(user: str) -> Iterator[None]:
	"""A transaction that sees all that other requests of this user did before, committed at the end.

	The commits are plain ones: Frappe's begins the next transaction at once, which is a statement for nothing here.
	"""
	key = hashlib.sha1(f"{frappe.conf.db_name} {user}".encode()).hexdigest()
	((locked,),) = frappe.db.sql("select get_lock(%s, %s)", (key, _LOCK_PATIENCE))
	if not locked:
		raise ServiceUnavailable("The site is busy. Please try again.")
	try:
		frappe.db.sql("commit")  # ends the snapshot that the request's own checks have begun
		yield
		frappe.db.sql("commit")  # before the lock goes: the next one must see it
	except BaseException:
		roll_back()
		raise
	finally:
		frappe.db.sql("select release_lock(%s)", key)


def select(query: str, *values: Any) -> list[Row]:
	found: list[Row] = frappe.db.sql(query, values, as_dict=True)
	return found


def find(query: str, name: str, *values: Any) -> Row | None:
	"""The row of exactly that name: the database compares without regard to case and to spaces at the end."""
	return next((row for row in select(query, name, *values) if row["name"] == name), None)


def insert(doctype: str, row: Row, verb: Literal["insert", "replace"] = "insert") -> None:
	"""What is None keeps its column's default. `replace`: instead of a row with the same unique values.

	Raises TooLarge for more than the server takes in one statement.
	"""
	given = {name: value for name, value in row.items() if value is not None}
	_check_size(given)
	names, places = ", ".join(f"`{name}`" for name in given), ", ".join(["%s"] * len(given))
	frappe.db.sql(f"{verb} into `tab{doctype}` ({names}) values ({places})", tuple(given.values()))


def _check_size(row: Row) -> None:
	"""The server would only close the connection, as it does when it goes away."""
	texts = [value for value in row.values() if isinstance(value, str)]
	if sum(map(len, texts)) < _ALWAYS_TAKEN:
		return
	((most,),) = frappe.db.sql("select @@max_allowed_packet")
	if sum(len(frappe.db.escape(text, percent=False).encode()) for text in texts) + _STATEMENT > most:
		raise TooLarge(
			f"This site stores up to {most:,} bytes in one piece; an image has a third more as base64."
		)


def update(doctype: str, name: str, change: Row) -> None:
	"""What is None stays as it is."""
	given = {column: value for column, value in change.items() if value is not None}
	changes = ", ".join(f"`{column}` = %s" for column in given)
	frappe.db.sql(f"update `tab{doctype}` set {changes} where name = %s", (*given.values(), name))
