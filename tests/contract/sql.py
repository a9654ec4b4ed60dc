"""A database of the standalone site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from ai_assistant.hosts.standalone.database import database_engine, migrate
from ai_assistant.hosts.standalone.tables import metadata


@contextmanager
def empty_database(address: str, folder: Path) -> Iterator[Engine]:
	"""`address`: what DATABASE_URL would be."""
	engine = database_engine(address, folder)
	migrate(engine)
	with engine.begin() as connection:
		for table in reversed(metadata.sorted_tables):
			connection.execute(table.delete())
	yield engine
	engine.dispose()
