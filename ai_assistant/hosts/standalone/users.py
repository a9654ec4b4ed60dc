"""The users of a site as its administrators see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, delete, func, select, update

from ai_assistant.core.errors import Conflict, NotFound
from ai_assistant.hosts.standalone.admin_replies import UserEntry
from ai_assistant.hosts.standalone.database import Database
from ai_assistant.hosts.standalone.tables import sessions, users

_USERS = select(users).order_by(func.lower(users.c.name))
_ADMINS = select(users.c.name).where(users.c.is_admin, users.c.is_disabled.is_(False)).with_for_update()


class Users:
	"""Raises ServiceUnavailable without a database."""

	def __init__(self, engine: Engine):
		self._database = Database(engine)

	def list(self) -> list[UserEntry]:
		with self._database.read() as connection:
			found = connection.execute(_USERS)
			return [
				UserEntry(row.name, row.full_name, row.is_admin, row.is_disabled, row.created)
				for row in found
			]

	def change(self, name: str, is_admin: bool | None, is_disabled: bool | None) -> None:
		"""Raises NotFound, and Conflict if nobody would be left to administer the site."""
		asked = {"is_admin": is_admin, "is_disabled": is_disabled}
		changes: dict[str, Any] = {field: value for field, value in asked.items() if value is not None}
		with self._database.write() as connection:
			admins = set(connection.execute(_ADMINS).scalars())
			if admins == {name} and (is_admin is False or is_disabled):
				raise Conflict("This is the only administrator. Make somebody else one first.")
			change = update(users).where(users.c.name == name)
			if not connection.execute(change.values(changes or {"name": name})).rowcount:
				raise NotFound(f"There is no user {name}.")
			if is_disabled:
				connection.execute(delete(sessions).where(sessions.c.user == name))
