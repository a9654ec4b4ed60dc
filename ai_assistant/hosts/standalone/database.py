"""The site's database: SQLite in the data directory, or whatever DATABASE_URL names."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ai_assistant.core.errors import ServiceUnavailable

_BUSY = 15_000
"""Milliseconds for which SQLite waits for another process's transaction."""

_IMMEDIATE = "begin_immediate"


def database_engine(url: str | None, data: Path) -> Engine:
	"""The engine for DATABASE_URL, else for `ai-assistant.db` in the data directory."""
	if url:
		return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
	engine = create_engine(f"sqlite:///{data / 'ai-assistant.db'}", pool_size=10, max_overflow=20)
	event.listen(engine, "connect", _prepare_sqlite)
	event.listen(engine, "begin", _begin_sqlite)
	return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
	connection.isolation_level = None
	for pragma in (f"busy_timeout={_BUSY}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
		connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
	"""A transaction that will write takes the lock at once: one that asks for it later fails instead of waiting."""
	is_immediate = connection.get_execution_options().get(_IMMEDIATE)
	connection.exec_driver_sql("BEGIN IMMEDIATE" if is_immediate else "BEGIN")


def migrate(engine: Engine) -> None:
	"""Brings the tables to the newest version."""
	from alembic import command
	from alembic.config import Config

	config = Config()
	config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
	with engine.connect() as connection:
		config.attributes["connection"] = connection
		command.upgrade(config, "head")
		connection.commit()


class Database:
	"""Transactions. Raises ServiceUnavailable when the database is away or stays locked."""

	def __init__(self, engine: Engine):
		self._engine = engine
		is_sqlite = engine.dialect.name == "sqlite"
		self._writing: AbstractContextManager[Any] = threading.Lock() if is_sqlite else nullcontext()

	@contextmanager
	def read(self) -> Iterator[Connection]:
		with _translated(), self._engine.connect() as connection:
			yield connection

	@contextmanager
	def write(self) -> Iterator[Connection]:
		"""Commits at the end. Writers of one process take turns, so that SQLite need not make them poll."""
		with _translated(), self._writing, self._engine.connect() as connection:
			connection = connection.execution_options(**{_IMMEDIATE: True})
			with connection.begin():
				yield connection


@contextmanager
def _translated() -> Iterator[None]:
	try:
		yield
	except (OperationalError, InterfaceError, PoolTimeout):
		raise ServiceUnavailable("The database cannot be reached at the moment. Please try again.") from None
