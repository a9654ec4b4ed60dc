import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Timer
from typing import Any, TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import IntegrityError

from ai_assistant.core.deltas import Source, Usage
from ai_assistant.core.errors import ServiceUnavailable, TooManyRequests
from ai_assistant.core.events import FinishedToolCall, Timing
from ai_assistant.core.store import Generation, Message, NewRun, RunResult, Store
from ai_assistant.hosts.standalone.database import Database, database_engine, migrate
from ai_assistant.hosts.standalone.store import SqlStore
from ai_assistant.hosts.standalone.tables import conversations, messages, metadata, owners, runs
from tests.postgres import find_binaries, postgres

_T = TypeVar("_T")

CALL = FinishedToolCall("call_1", "get_weather", '{"city": "Kiel"}')
GENERATION = Generation("openai", "gpt-5", 0.5, 1000, ({"type": "function", "function": {"name": "f"}},))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
	binaries = find_binaries()
	if binaries is None:
		pytest.skip("This machine has no PostgreSQL.")
	with postgres(binaries) as url:
		yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
	"""What DATABASE_URL would be."""
	if request.param == "sqlite":
		return f"sqlite:///{tmp_path / 'site.db'}"
	return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def database(address: str, tmp_path: Path) -> Iterator[Engine]:
	engine = database_engine(address, tmp_path)
	migrate(engine)
	with engine.begin() as connection:
		for table in reversed(metadata.sorted_tables):
			connection.execute(table.delete())
	yield engine
	engine.dispose()


@pytest.fixture
def store(database: Engine) -> Store:
	return SqlStore(database)


def new_run(
	id: str, *said: str, user: str = "ann", conversation: str = "7", created: float = 100.0, **fields: Any
) -> NewRun:
	texts = said or (f"question of {id}",)
	return NewRun(
		id=id,
		user=user,
		conversation_id=conversation,
		message_ids=tuple(f"{id}-{number}" for number in range(len(texts))),
		messages=tuple(Message("user", text) for text in texts),
		generation=GENERATION,
		created=created,
		title=f"Title of {id}",
		**fields,
	)


def begin(store: Store, run_id: str, attempt: int) -> bool:
	(has_begun,) = store.begin_attempts([(run_id, attempt)])
	return has_begun


def read_by_model(store: Store, run_id: str, limit: int) -> list[Message]:
	(loaded,) = store.load_runs([run_id], limit)
	return loaded.messages if loaded else []


def completed(text: str = "Four.", attempt: int = 1, ended: float = 110.0, **fields: Any) -> RunResult:
	return RunResult(
		attempt=attempt,
		state="completed",
		text=text,
		reasoning="",
		ended=ended,
		finish_reason="stop",
		**fields,
	)


FULL = RunResult(
	attempt=2,
	state="completed",
	text="Vier 🙂.",
	reasoning="Zwei und zwei.",
	ended=110.5,
	finish_reason="tool_calls",
	tool_calls=(CALL,),
	sources=(Source("s1", "Handbook", "https://example.com", "Leave.", 0.9),),
	opaque=({"signature": "abc"}, ["x", 1]),
	provider="openai",
	model="gpt-5",
	usage=Usage(12, 9, 4, 0, 21, "exact"),
	cost=0.0001,
	timing=Timing(3, 100, 1350, 1250, 1396, 6.4),
)
FAILED = RunResult(
	attempt=1,
	state="failed",
	text="Fo",
	reasoning="Two",
	ended=111.0,
	error="The connection broke.",
	code="network",
	retryable=True,
	retry_after=2.5,
)


def at_once(*works: Callable[[], _T]) -> list[_T | Exception]:
	"""Does them in threads that begin together; what each gave or raised."""
	barrier = Barrier(len(works))

	def do(work: Callable[[], _T]) -> _T | Exception:
		barrier.wait(10)
		try:
			return work()
		except Exception as error:
			return error

	with ThreadPoolExecutor(len(works)) as threads:
		return list(threads.map(do, works, timeout=60))


def test_migrations_lead_to_the_tables_as_they_are(database: Engine) -> None:
	with database.connect() as connection:
		assert compare_metadata(MigrationContext.configure(connection), metadata) == []


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


def test_a_conversation_is_made_once_and_belongs_to_its_user(store: Store) -> None:
	made = store.create_conversation("ann", "7", "Leave", 5.25)
	assert (made.id, made.title, made.created, made.modified) == ("7", "Leave", 5.25, 5.25)
	assert store.create_conversation("ann", "7", "Again", 6.0).title == "Leave"
	assert store.get_conversation("bob", "7") is None
	assert store.create_conversation("bob", "7", "Mine", 7.0).title == "Mine"
	found = store.get_conversation("ann", "7")
	assert found is not None
	assert (found.title, found.created) == ("Leave", 5.25)


def test_names_that_differ_in_case_only_are_two_users(store: Store) -> None:
	store.create_conversation("ann", "7", "Small", 1.0)
	assert store.get_conversation("Ann", "7") is None


def test_conversations_are_paged_newest_first_without_repeating_any(store: Store) -> None:
	times = {"a": 1.5, "b": 3.25, "c": 3.25, "d": 3.25, "e": 0.125}
	for id, now in times.items():
		store.create_conversation("ann", id, "", now)
	store.create_conversation("bob", "f", "", 2.0)
	pages: list[list[str]] = []
	before = None
	while page := store.list_conversations("ann", 2, before):
		pages.append([conversation.id for conversation in page])
		before = (page[-1].modified, page[-1].id)
	assert pages == [["d", "c"], ["b", "a"], ["e"]]


def test_a_run_is_read_as_it_was_stored(store: Store) -> None:
	made = store.create_run(new_run("r1", "two?", request_id="q", digest="d"), 5)
	assert made == store.get_run("ann", "r1")
	assert (made.state, made.attempts, made.created) == ("queued", 0, 100.0)
	assert (made.request_id, made.digest, made.generation) == ("q", "d", GENERATION)
	assert made.user_message_id == "r1-0"
	conversation = store.get_conversation("ann", "7")
	assert conversation is not None
	assert (conversation.title, conversation.modified) == ("Title of r1", 100.0)


def test_a_further_run_keeps_the_title_and_moves_the_conversation_up(store: Store) -> None:
	store.create_run(new_run("r1"), 5)
	store.create_run(new_run("r2", created=200.0), 5)
	conversation = store.get_conversation("ann", "7")
	assert conversation is not None
	assert (conversation.title, conversation.created, conversation.modified) == ("Title of r1", 100.0, 200.0)


def test_nothing_of_a_user_is_seen_by_another(store: Store) -> None:
	store.create_run(new_run("r1"), 5)
	assert store.get_run("bob", "r1") is None
	assert store.active_runs("bob", "7") == []
	assert store.get_messages("bob", "7", 10, None) is None
	assert store.list_conversations("bob", 10, None) == []
	store.create_run(new_run("r2", user="bob"), 5)
	assert [message.id for message in store.get_messages("bob", "7", 10, None) or []] == ["r2-0"]
	assert store.get_messages("bob", "7", 10, "r1-0") == []


def test_a_run_that_cannot_be_stored_whole_leaves_nothing(store: Store, database: Engine) -> None:
	store.create_run(new_run("r1"), 5)
	clash = replace(new_run("r2", "one", "two", conversation="8"), message_ids=("r2-0", "r1-0"))
	with pytest.raises(IntegrityError):
		store.create_run(clash, 5)
	assert store.get_run("ann", "r2") is None
	assert store.get_conversation("ann", "8") is None
	with database.connect() as connection:
		assert connection.scalar(select(func.count()).select_from(messages)) == 1


def test_a_repeated_request_gives_the_earlier_run_and_stores_nothing(store: Store) -> None:
	first = store.create_run(new_run("r1", request_id="q", digest="one"), 1)
	again = store.create_run(new_run("r2", conversation="9", request_id="q", digest="two"), 1)
	assert again == first
	assert store.get_conversation("ann", "9") is None
	assert store.create_run(new_run("r3", user="bob", request_id="q"), 1).id == "r3"


def test_the_same_request_from_many_threads_is_stored_once(store: Store) -> None:
	results = at_once(
		*[
			lambda number=number: store.create_run(new_run(f"r{number}", request_id="q"), 20)
			for number in range(8)
		]
	)
	assert len({getattr(result, "id", result) for result in results}) == 1
	assert len(store.get_messages("ann", "7", 50, None) or []) == 1


def test_a_user_has_only_so_many_runs_at_once(store: Store) -> None:
	store.create_run(new_run("r1"), 2)
	store.create_run(new_run("r2"), 2)
	with pytest.raises(TooManyRequests) as refused:
		store.create_run(new_run("r3", conversation="8"), 2)
	assert refused.value.retry_after
	assert store.get_conversation("ann", "8") is None
	store.create_run(new_run("r4", user="bob"), 2)
	store.finish_run("r1", completed())
	store.create_run(new_run("r3"), 2)


def test_threads_cannot_get_past_the_limit_together(store: Store) -> None:
	results = at_once(
		*[
			lambda number=number: store.create_run(new_run(f"r{number}", conversation=str(number)), 3)
			for number in range(10)
		]
	)
	refused = [result for result in results if isinstance(result, TooManyRequests)]
	assert len(refused) == 7, results
	assert len(store.unfinished_runs(1000.0, 50)) == 3


def test_a_conversation_made_by_many_threads_at_once_is_one(store: Store) -> None:
	results = at_once(
		*[lambda number=number: store.create_run(new_run(f"r{number}"), 20) for number in range(8)]
	)
	assert not [result for result in results if isinstance(result, Exception)]
	assert len(store.list_conversations("ann", 10, None)) == 1
	assert len(store.get_messages("ann", "7", 50, None) or []) == 8


WRITER = """
import sys
from pathlib import Path
from ai_assistant.hosts.standalone.database import database_engine
from ai_assistant.hosts.standalone.store import SqlStore
from tests.standalone.test_store import completed, new_run
name, address = sys.argv[1:]
store = SqlStore(database_engine(address, Path()))
for number in range(40):
	store.create_run(new_run(f"{name}{number}", request_id=f"q{number}"), 100)
	store.finish_run(f"{name}{number}", completed())
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


def test_of_engines_that_begin_the_same_attempt_one_has_it(store: Store) -> None:
	store.create_run(new_run("r1"), 5)
	assert sorted(at_once(*[lambda: begin(store, "r1", 1)] * 4)) == [False, False, False, True]
	run = store.get_run("ann", "r1")
	assert run is not None
	assert (run.state, run.attempts) == ("running", 1)


def test_many_runs_are_loaded_and_begun_at_once_each_in_its_place(store: Store) -> None:
	for id, user in (("r1", "ann"), ("r2", "bob"), ("r3", "ann")):
		store.create_run(new_run(id, user=user), 5)
	loaded = store.load_runs(["r3", "nobody", "r2"], 10)
	assert [one and (one.run.id, one.run.user) for one in loaded] == [("r3", "ann"), None, ("r2", "bob")]
	begin(store, "r2", 1)
	assert store.begin_attempts([("r1", 1), ("r2", 1), ("nobody", 1), ("r3", 2)]) == [
		True,
		False,
		False,
		True,
	]
	assert store.load_runs([], 10) == []
	assert store.begin_attempts([]) == []


def test_an_attempt_begins_only_if_none_later_has_and_the_run_goes_on(store: Store) -> None:
	store.create_run(new_run("r1"), 5)
	assert begin(store, "r1", 2)
	assert not begin(store, "r1", 1)
	assert begin(store, "r1", 3)
	store.finish_run("r1", completed(attempt=3))
	assert not begin(store, "r1", 4)
	assert not begin(store, "nobody", 1)


def test_an_older_attempt_cannot_finish_a_run(store: Store) -> None:
	store.create_run(new_run("r1"), 5)
	begin(store, "r1", 2)
	assert store.finish_run("r1", completed(attempt=1)) is None
	assert len(store.get_messages("ann", "7", 10, None) or []) == 1
	ended = store.finish_run("r1", completed("new", attempt=2))
	assert ended is not None
	assert store.finish_run("r1", completed("late", attempt=3)) == ended
	assert store.get_run("ann", "r1") == ended
	assert store.finish_run("nobody", completed()) is None


@pytest.mark.parametrize("result", [FULL, FAILED], ids=["completed", "failed"])
def test_a_result_is_read_as_it_was_stored(store: Store, result: RunResult) -> None:
	store.create_run(new_run("r1"), 5)
	begin(store, "r1", result.attempt)
	run = store.finish_run("r1", result)
	assert run is not None
	assert run == store.get_run("ann", "r1")
	assert run.result == replace(result, opaque=())
	assert run.state == result.state
	conversation = store.get_conversation("ann", "7")
	assert conversation is not None
	assert conversation.modified == result.ended


def test_the_history_shows_answers_with_all_that_belongs_to_them(store: Store) -> None:
	store.create_run(new_run("r1", "two?"), 5)
	run = store.finish_run("r1", FULL)
	assert run is not None
	question, answer = store.get_messages("ann", "7", 10, None) or []
	assert (question.id, question.role, question.content, question.task_id) == ("r1-0", "user", "two?", None)
	assert (answer.id, answer.role, answer.task_id) == (run.message_id, "assistant", "r1")
	assert (answer.content, answer.reasoning, answer.created) == (FULL.text, FULL.reasoning, FULL.ended)
	assert (answer.tool_calls, answer.sources, answer.usage) == (FULL.tool_calls, FULL.sources, FULL.usage)
	assert (answer.model, answer.provider, answer.timing) == (FULL.model, FULL.provider, FULL.timing)
	assert (answer.finish_reason, answer.error) == ("tool_calls", None)


def test_a_run_that_ended_without_any_text_has_no_message(store: Store) -> None:
	store.create_run(new_run("r1"), 5)
	result = replace(FAILED, text="", reasoning="")
	run = store.finish_run("r1", result)
	assert run is not None
	assert (run.message_id, run.result) == (None, result)
	assert len(store.get_messages("ann", "7", 10, None) or []) == 1


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d of a pair", "🙂\0"], ids=["nul", "surrogate", "both"])
def test_a_text_that_no_database_takes_is_stored_readably(store: Store, text: str) -> None:
	store.create_run(new_run("r1"), 5)
	assert store.finish_run("r1", replace(FAILED, text=text, reasoning=text)) is not None
	_, answer = store.get_messages("ann", "7", 10, None) or []
	assert answer.content == text.replace("\0", "\ufffd").replace("\ud83d", "\ufffd")


def test_ids_that_no_database_takes_are_those_of_nothing(store: Store) -> None:
	store.create_run(new_run("r1"), 5)
	assert store.get_run("ann", "r1\0") is None
	assert store.get_messages("ann", "7", 5, "r1-0\0") == []
	assert store.get_conversation("ann\0", "7\0") is None
	assert not begin(store, "r1\0", 1)


def test_messages_are_paged_newest_last(store: Store) -> None:
	store.create_run(new_run("r1", "1", "2", "3", "4", "5"), 5)

	def page(before: str | None) -> list[str]:
		return [message.content for message in store.get_messages("ann", "7", 2, before) or []]

	assert page(None) == ["4", "5"]
	assert page("r1-3") == ["2", "3"]
	assert page("r1-1") == ["1"]
	assert page("r1-0") == []
	assert store.get_messages("ann", "8", 2, None) is None


def test_the_model_reads_the_newest_messages_up_to_the_question(store: Store) -> None:
	store.create_run(new_run("r1", "one"), 5)
	store.finish_run("r1", FULL)
	store.create_run(new_run("r2", "two", created=120.0), 5)
	store.create_run(new_run("r3", "three", created=130.0), 5)
	answer = Message("assistant", FULL.text, FULL.reasoning, (CALL,), None, "openai", FULL.opaque)
	assert read_by_model(store, "r2", 10) == [Message("user", "one"), answer, Message("user", "two")]
	assert read_by_model(store, "r2", 1) == [answer, Message("user", "two")]
	assert [message.content for message in read_by_model(store, "r3", 1)] == ["two", "three"]
	assert read_by_model(store, "nobody", 10) == []


def test_instructions_and_what_the_request_itself_brought_are_never_left_out(store: Store) -> None:
	turns = (Message("system", "Be brief."), *(Message("user", str(number)) for number in range(5)))
	names = tuple(f"m{number}" for number in range(6))
	store.create_run(replace(new_run("r1"), messages=turns, message_ids=names), 5)
	store.create_run(new_run("r2", "a", "b", "c", created=120.0), 5)
	assert read_by_model(store, "r1", 1) == list(turns)
	said = [message.content for message in read_by_model(store, "r2", 1)]
	assert said == ["Be brief.", "4", "a", "b", "c"]


def test_a_run_that_is_discarded_leaves_nothing_of_its_own(store: Store) -> None:
	store.create_run(new_run("r1", "one"), 5)
	store.create_run(new_run("r2", "two", "three", created=120.0, request_id="q"), 5)
	store.create_run(new_run("r3", "four", created=130.0, conversation="8"), 5)
	store.discard_run("r2")
	store.discard_run("r3")
	store.discard_run("nobody")
	assert [message.content for message in store.get_messages("ann", "7", 10, None) or []] == ["one"]
	assert store.get_conversation("ann", "8") is None
	assert store.get_run("ann", "r2") is None
	assert store.create_run(new_run("r4", "two", created=140.0, request_id="q"), 5).id == "r4"


def test_answers_without_text_neither_reach_the_model_nor_count(store: Store) -> None:
	store.create_run(new_run("r1", "one"), 5)
	store.finish_run("r1", replace(FAILED, text=""))
	store.create_run(new_run("r2", "two", created=120.0), 5)
	assert read_by_model(store, "r2", 1) == [Message("user", "one"), Message("user", "two")]


def test_calls_and_results_of_tools_reach_the_model(store: Store) -> None:
	turns = (
		Message("user", "weather?"),
		Message("assistant", "", tool_calls=(CALL,)),
		Message("tool", "rain", tool_call_id="call_1"),
		Message("tool", "", tool_call_id="call_2"),
	)
	new = replace(new_run("r1"), messages=turns, message_ids=("a", "b", "c", "d"))
	store.create_run(new, 5)
	assert read_by_model(store, "r1", 10) == list(turns)


def test_active_and_unfinished_runs_are_told_oldest_first(store: Store) -> None:
	store.create_run(new_run("r1", created=3.0), 5)
	store.create_run(new_run("r2", created=2.0), 5)
	store.create_run(new_run("r3", created=1.0, conversation="8"), 5)
	store.create_run(new_run("r4", created=0.5), 5)
	begin(store, "r2", 1)
	store.finish_run("r4", completed())
	assert [run.id for run in store.active_runs("ann", "7")] == ["r2", "r1"]
	assert [run.id for run in store.unfinished_runs(10.0, 10)] == ["r3", "r2", "r1"]
	assert [run.id for run in store.unfinished_runs(3.0, 1)] == ["r3"]


def test_storing_a_run_takes_few_statements(store: Store, database: Engine) -> None:
	store.create_run(new_run("r1"), 5)
	statements: list[str] = []
	event.listen(database, "before_cursor_execute", lambda *details: statements.append(details[2]))
	store.create_run(new_run("r2"), 5)
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
	store.create_run(new_run("r1"), 5)
	impatient = database_engine(address, tmp_path)
	event.listen(impatient, "connect", _wait_little)
	with Database(database).write() as connection:
		connection.execute(select(owners).with_for_update())
		with pytest.raises(ServiceUnavailable):
			SqlStore(impatient).create_run(new_run("r2"), 5)
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
