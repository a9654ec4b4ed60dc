"""The site's database: SQLite in the data directory, or whatever DATABASE_URL names."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ai_assistant.core.errors import ServiceUnavailable

if TYPE_CHECKING:
	from alembic.config import Config

_PATIENCE = 15
"""Seconds to wait for a lock, or for a connection when all are in use."""

_CONNECTIONS = 16

_DRIVERS = {
	"postgres": "postgresql+psycopg",
	"postgresql": "postgresql+psycopg",
	"mysql": "mysql+pymysql",
	"mariadb": "mariadb+pymysql",
}
"""For a DATABASE_URL that names none."""

_WRITE_LOCK = "ai_assistant_write_lock"

_MIGRATION_LOCK = 7_305_804
"""Any number that nothing else in the database locks."""


def database_engine(url: str | None, data: Path) -> Engine:
	"""The engine for DATABASE_URL, else for `ai-assistant.db` in the data directory. Connects later.

	Raises ServiceUnavailable if the address is none, its driver is missing or it is SQLite's in memory.
	"""
	try:
		address = make_url(url or f"sqlite:///{data.absolute() / 'ai-assistant.db'}")
		address = address.set(drivername=_DRIVERS.get(address.drivername, address.drivername))
		return _sqlite(address) if address.get_backend_name() == "sqlite" else _server(address)
	except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
		raise ServiceUnavailable(
			"DATABASE_URL must look like postgresql://user:password@host/name, and its driver be installed."
		) from None


def _server(address: URL) -> Engine:
	engine = create_engine(
		address,
		pool_size=_CONNECTIONS,
		max_overflow=0,
		pool_timeout=_PATIENCE,
		pool_pre_ping=True,
		hide_parameters=True,
		isolation_level="READ COMMITTED",
		connect_args={"connect_timeout": _PATIENCE},
	)
	if address.get_backend_name() == "postgresql":
		event.listen(engine, "connect", _prepare_postgresql)
	return engine


def _prepare_postgresql(connection: Any, _record: Any) -> None:
	connection.cursor().execute(f"SET lock_timeout = '{_PATIENCE}s'")
	connection.commit()


def _sqlite(address: URL) -> Engine:
	"""Threads of one process write in turn, so that SQLite need not make them poll."""
	if address.database in (None, "", ":memory:"):
		raise ServiceUnavailable("DATABASE_URL must name a file: processes do not share SQLite in memory.")
	engine = create_engine(
		address,
		pool_size=_CONNECTIONS,
		max_overflow=0,
		pool_timeout=_PATIENCE,
		hide_parameters=True,
		connect_args={"timeout": _PATIENCE, "isolation_level": None},
		execution_options={_WRITE_LOCK: threading.Lock()},
	)
	event.listen(engine, "connect", _prepare_sqlite)
	return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
	_use_wal(connection)
	connection.create_function("lower", 1, _lower, deterministic=True)
	for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
		connection.execute(f"PRAGMA {pragma}")


def _lower(text: str | None) -> str | None:
	"""SQLite's own knows ASCII only."""
	return text and text.lower()


def _use_wal(connection: Any) -> None:
	"""SQLite itself does not wait while another process does the same to a new file."""
	until = time.monotonic() + _PATIENCE
	while True:
		try:
			connection.execute("PRAGMA journal_mode=WAL")
			return
		except sqlite3.OperationalError as error:
			if "locked" not in str(error) or time.monotonic() > until:
				raise
		time.sleep(0.01)


def migrate(engine: Engine) -> None:
	"""Brings the tables to the newest version. Processes that do it at the same time wait for each other."""
	from alembic import command

	config = _migrations()
	with Database(engine).write() as connection:
		if engine.dialect.name == "postgresql":
			connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
		config.attributes["connection"] = connection
		command.upgrade(config, "head")


def is_up_to_date(engine: Engine) -> bool:
	"""Whether the tables are of the newest version. Raises ServiceUnavailable."""
	from alembic.migration import MigrationContext
	from alembic.script import ScriptDirectory

	newest = ScriptDirectory.from_config(_migrations()).get_heads()
	with Database(engine).read() as connection:
		return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)


def _migrations() -> Config:
	from alembic.config import Config

	config = Config()
	config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
	return config


class Database:
	"""Transactions. Raises ServiceUnavailable when the database is away or stays locked."""

	def __init__(self, engine: Engine):
		self._engine = engine
		self._lock: threading.Lock | None = engine.get_execution_options().get(_WRITE_LOCK)

	@property
	def has_one_writer(self) -> bool:
		"""Whether a transaction that writes already excludes every other."""
		return self._lock is not None

	@contextmanager
	def read(self) -> Iterator[Connection]:
		with _translated(), self._engine.connect() as connection:
			yield connection

	@contextmanager
	def write(self) -> Iterator[Connection]:
		"""Commits at the end, or nothing was done."""
		with _translated(), self._turn(), self._engine.begin() as connection:
			if self._lock:
				connection.exec_driver_sql("BEGIN IMMEDIATE")
			yield connection

	@contextmanager
	def _turn(self) -> Iterator[None]:
		if self._lock and not self._lock.acquire(timeout=_PATIENCE):
			raise ServiceUnavailable("The database is busy. Please try again.")
		try:
			yield
		finally:
			if self._lock:
				self._lock.release()


@contextmanager
def _translated() -> Iterator[None]:
	try:
		yield
	except (OperationalError, InterfaceError, PoolTimeout):
		raise ServiceUnavailable("The database cannot be reached at the moment. Please try again.") from None
