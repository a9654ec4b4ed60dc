"""The store of the standalone site, as far as it differs from others: its databases."""

import inspect
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, func, select, update
from sqlalchemy.exc import IntegrityError

from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.messages import File
from ai_assistant.core.store import Store
from ai_assistant.hosts.standalone.database import Database, database_engine, migrate
from ai_assistant.hosts.standalone.store import SqlStore
from ai_assistant.hosts.standalone.tables import conversations, messages, metadata, owners, runs
from tests.contract.runs import begin, create, new_run
from tests.contract.sql import empty_database


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
	"""What DATABASE_URL would be."""
	if request.param == "sqlite":
		return f"sqlite:///{tmp_path / 'site.db'}"
	return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def database(address: str, tmp_path: Path) -> Iterator[Engine]:
	with empty_database(address, tmp_path) as engine:
		yield engine


@pytest.fixture
def store(database: Engine) -> Store:
	return SqlStore(database)


def test_migrations_lead_to_the_tables_as_they_are(database: Engine) -> None:
	with database.connect() as connection:
		assert compare_metadata(MigrationContext.configure(connection), metadata) == []


MIGRATIONS = Path(inspect.getfile(SqlStore)).with_name("migrations")

FORMER = (
	'{"images":["data:image/png;base64,iVBORw0KGgo=","data:image/gif;base64,R0lGODlh"],'
	'"attachments":[{"name":"a.md","media_type":"text/markdown","text":"# \u00dc"}],"context":{"file":"b.py"}}'
)
"""What a message with files had in its row before they had a table of their own."""


def test_files_are_moved_out_of_the_rows_of_their_messages_and_back(store: Store, database: Engine) -> None:
	create(store, new_run("r1"), 5)
	with Database(database).write() as connection:
		to_version(connection, "0003")
		connection.execute(update(messages).values(details=FORMER))
		to_version(connection, "head")
	(message,) = store.get_messages("ann", "7", 5, None) or []
	assert [(one.id, one.name, one.size) for one in message.attachments] == [
		("r1-0-0", "image-1.png", 8),
		("r1-0-1", "image-2.gif", 6),
		("r1-0-2", "a.md", 4),
	]
	assert store.get_file("ann", "r1-0-2") == File("text", "a.md", "text/markdown", 4, "# Ü")
	(loaded,) = store.load_runs(["r1"], 5)
	assert loaded is not None
	assert loaded.messages[0].context == {"file": "b.py"}
	with Database(database).write() as connection:
		to_version(connection, "0003")
		details = connection.execute(select(messages.c.details)).scalar_one()
		to_version(connection, "head")
	assert json.loads(details) == json.loads(FORMER)


def to_version(connection: Connection, version: str) -> None:
	config = Config(attributes={"connection": connection})
	config.set_main_option("script_location", str(MIGRATIONS))
	if version == "head":
		command.upgrade(config, version)
	else:
		command.downgrade(config, version)


MIGRATOR = """
import sys
from pathlib import Path
from ai_assistant.hosts.standalone.database import database_engine, migrate
migrate(database_engine(sys.argv[1], Path()))
"""


def test_processes_that_start_together_migrate_once(address: str, tmp_path: Path) -> None:
	engine = database_engine(address, tmp_path)
	with engine.begin() as connection:
		metadata.drop_all(connection)
		connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
	engine.dispose()
	migrators = [subprocess.Popen([sys.executable, "-c", MIGRATOR, address]) for _ in range(3)]
	assert [migrator.wait(60) for migrator in migrators] == [0, 0, 0]


def test_names_that_differ_in_case_only_are_two_users(store: Store) -> None:
	store.create_conversation("ann", "7", "Small", 1.0)
	assert store.get_conversation("Ann", "7") is None


def test_a_run_that_cannot_be_stored_whole_leaves_nothing(store: Store, database: Engine) -> None:
	create(store, new_run("r1"), 5)
	clash = replace(new_run("r2", "one", "two", conversation="8"), message_ids=("r2-0", "r1-0"))
	with pytest.raises(IntegrityError):
		create(store, clash, 5)
	assert store.get_run("ann", "r2") is None
	assert store.get_conversation("ann", "8") is None
	with database.connect() as connection:
		assert connection.scalar(select(func.count()).select_from(messages)) == 1


WRITER = """
import sys
from pathlib import Path
from ai_assistant.hosts.standalone.database import database_engine
from ai_assistant.hosts.standalone.store import SqlStore
from tests.contract.runs import completed, create, finish, new_run
name, address = sys.argv[1:]
store = SqlStore(database_engine(address, Path()))
for number in range(40):
	create(store, new_run(f"{name}{number}", request_id=f"q{number}"), 100)
	finish(store, f"{name}{number}", completed())
"""


def test_two_processes_write_at_once_and_nothing_is_lost_or_doubled(
	store: Store, database: Engine, address: str
) -> None:
	command = [sys.executable, "-c", WRITER]
	writers = [subprocess.Popen([*command, name, address]) for name in "xy"]
	assert [writer.wait(60) for writer in writers] == [0, 0]
	with database.connect() as connection:
		assert connection.scalar(select(func.count()).select_from(runs)) == 40
		assert connection.scalar(select(func.count()).select_from(messages)) == 80
		assert connection.scalar(select(func.count()).select_from(conversations)) == 1


def test_ids_that_no_database_takes_are_those_of_nothing(store: Store) -> None:
	create(store, new_run("r1"), 5)
	assert store.get_messages("ann", "7", 5, "r1-0\0") == []
	assert store.get_conversation("ann\0", "7\0") is None
	assert not begin(store, "r1\0", 1)


def test_storing_a_run_takes_few_statements(store: Store, database: Engine) -> None:
	create(store, new_run("r1"), 5)
	statements: list[str] = []
	event.listen(database, "before_cursor_execute", lambda *details: statements.append(details[2]))
	create(store, new_run("r2"), 5)
	assert len(statements) <= 7, statements


def test_a_database_that_is_away_is_said_so_without_its_address(tmp_path: Path) -> None:
	url = "postgresql+psycopg://user:secret@127.0.0.1:1/none"
	engine = database_engine(url, tmp_path)
	with pytest.raises(ServiceUnavailable) as away:
		SqlStore(engine).get_run("ann", "r1")
	assert "secret" not in str(away.value)


def _wait_little(connection: Any, _record: Any) -> None:
	is_sqlite = isinstance(connection, sqlite3.Connection)
	connection.execute("PRAGMA busy_timeout = 50" if is_sqlite else "SET lock_timeout = 50")
	connection.commit()


def test_a_database_that_stays_locked_is_said_so_and_nothing_is_stored(
	store: Store, database: Engine, address: str, tmp_path: Path
) -> None:
	create(store, new_run("r1"), 5)
	impatient = database_engine(address, tmp_path)
	event.listen(impatient, "connect", _wait_little)
	with Database(database).write() as connection:
		connection.execute(select(owners).with_for_update())
		with pytest.raises(ServiceUnavailable):
			create(SqlStore(impatient), new_run("r2"), 5)
	assert SqlStore(impatient).get_run("ann", "r2") is None
	impatient.dispose()


def test_locks_of_a_postgresql_server_are_waited_for_as_long_as_those_of_sqlite(
	postgres_url: str, tmp_path: Path
) -> None:
	engine = database_engine(postgres_url, tmp_path)
	with engine.connect() as connection:
		assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "15s"
	engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "nonsense", "oracle://x"])
def test_an_address_that_cannot_be_used_is_refused_with_a_sentence(url: str, tmp_path: Path) -> None:
	with pytest.raises(ServiceUnavailable, match="DATABASE_URL"):
		database_engine(url, tmp_path)


def test_a_new_sqlite_file_that_another_process_prepares_is_waited_for(tmp_path: Path) -> None:
	file = tmp_path / "ai-assistant.db"
	other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
	other.execute("BEGIN IMMEDIATE")
	release = Timer(0.2, other.rollback)
	release.start()
	engine = database_engine(None, tmp_path)
	with engine.connect() as connection:
		assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
	release.join(10)
	engine.dispose()
	other.close()


def test_without_an_address_the_database_is_a_file_of_the_site(tmp_path: Path) -> None:
	engine = database_engine(None, tmp_path)
	migrate(engine)
	with engine.connect() as connection:
		assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
		assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
		assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
		assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 15_000
	engine.dispose()
	assert (tmp_path / "ai-assistant.db").exists()
