"""A site opened without its server, by the commands that administer it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.database import database_engine, migrate
from ai_assistant.hosts.standalone.settings import Settings, load_settings


@contextmanager
def accounts_of(data: Path) -> Iterator[Accounts]:
	"""The accounts of the site in that directory; both are made if they are new.

	Raises SettingsError and ServiceUnavailable.
	"""
	data.mkdir(parents=True, exist_ok=True, mode=0o700)
	with database_of(load_settings(data), data) as database:
		migrate(database)
		yield Accounts(database)


@contextmanager
def database_of(settings: Settings, data: Path) -> Iterator[Engine]:
	"""As it is, of whatever version. Raises ServiceUnavailable."""
	database = database_engine(settings.database_url, data)
	try:
		yield database
	finally:
		database.dispose()
