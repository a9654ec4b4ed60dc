from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from sqlalchemy import Engine, select, update

from ai_assistant.core.errors import Conflict, InvalidRequest, NotAuthenticated, NotFound, TooManyRequests
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.database import database_engine, migrate
from ai_assistant.hosts.standalone.tables import sessions, tokens, users

PASSWORD = "correct horse"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
	engine = database_engine(None, tmp_path)
	migrate(engine)
	yield engine
	engine.dispose()


@pytest.fixture
def accounts(database: Engine) -> Accounts:
	accounts = Accounts(database, CHEAP)
	accounts.add_user("ann", PASSWORD)
	return accounts


@pytest.mark.parametrize("name", ["a", "ann@example.com", "Zoë", "李雷", "x" * 140])
def test_names_of_many_kinds_are_taken(accounts: Accounts, name: str) -> None:
	password = accounts.add_user(name)
	assert len(password) >= 16
	assert accounts.user_of_session(accounts.sign_in(name, password)) == name


@pytest.mark.parametrize(
	"name", ["", "x" * 141, "a b", "a:b", "a\nb", "a\tb", "a\0b", "a\u00a0b", "a\u200bb"]
)
def test_names_that_would_confuse_are_refused(accounts: Accounts, name: str) -> None:
	with pytest.raises(InvalidRequest, match="1 to 140 printable characters"):
		accounts.add_user(name, PASSWORD)


def test_a_name_is_given_once(accounts: Accounts) -> None:
	with pytest.raises(Conflict):
		accounts.add_user("ann", "another password")
	assert accounts.sign_in("ann", PASSWORD)


def test_passwords_are_kept_as_argon2id(database: Engine) -> None:
	Accounts(database).add_user("bob", PASSWORD)
	with database.connect() as connection:
		stored = connection.scalar(select(users.c.password_hash))
	assert extract_parameters(stored).type is Type.ID
	assert extract_parameters(stored).memory_cost >= 19_456


def test_only_hashes_of_sessions_and_tokens_are_kept(accounts: Accounts, database: Engine) -> None:
	sid, token = accounts.sign_in("ann", PASSWORD), accounts.create_token("ann")
	with database.connect() as connection:
		kept = repr([*connection.execute(select(sessions)), *connection.execute(select(tokens))])
	assert sid not in kept
	assert token.partition(":")[2] not in kept


@pytest.mark.parametrize("name", ["ann", "nobody", "", "ann\0"])
def test_a_wrong_password_and_an_unknown_user_are_answered_alike(accounts: Accounts, name: str) -> None:
	with pytest.raises(NotAuthenticated, match="The user name or the password is wrong"):
		accounts.sign_in(name, "wrong")


def test_a_session_ends_by_signing_out(accounts: Accounts) -> None:
	first, second = accounts.sign_in("ann", PASSWORD), accounts.sign_in("ann", PASSWORD)
	assert first != second
	accounts.sign_out(first)
	accounts.sign_out("never was")
	assert accounts.user_of_session(first) is None
	assert accounts.user_of_session(second) == "ann"
	assert accounts.user_of_session("") is None


def test_a_session_ends_by_itself(accounts: Accounts, database: Engine) -> None:
	sid = accounts.sign_in("ann", PASSWORD)
	with database.begin() as connection:
		connection.execute(update(sessions).values(expires=1.0))
	assert accounts.user_of_session(sid) is None


def test_guessing_for_one_user_is_stopped_and_others_are_not(accounts: Accounts) -> None:
	accounts.add_user("bob", PASSWORD)
	for number in range(10):
		with pytest.raises(NotAuthenticated):
			accounts.sign_in("ann", "wrong", f"10.0.0.{number}")
	with pytest.raises(TooManyRequests) as refused:
		accounts.sign_in("ann", PASSWORD, "10.0.1.1")
	assert 0 < (refused.value.retry_after or 0) <= 300
	assert accounts.sign_in("bob", PASSWORD, "10.0.0.1")


def test_guessing_from_one_address_is_stopped_whoever_is_tried(accounts: Accounts) -> None:
	for number in range(10):
		with pytest.raises(NotAuthenticated):
			accounts.sign_in(f"user{number}", "wrong", "10.0.0.1")
	with pytest.raises(TooManyRequests):
		accounts.sign_in("ann", PASSWORD, "10.0.0.1")
	assert accounts.sign_in("ann", PASSWORD, "10.0.0.2")


def test_guesses_at_the_same_time_are_counted_too(accounts: Accounts) -> None:
	def guess(_: int) -> type[Exception]:
		with pytest.raises((NotAuthenticated, TooManyRequests)) as refused:
			accounts.sign_in("ann", "wrong")
		return refused.type

	with ThreadPoolExecutor(16) as threads:
		refusals = list(threads.map(guess, range(40)))
	assert refusals.count(NotAuthenticated) <= 10


def test_a_token_is_known_by_its_key_and_its_secret(accounts: Accounts) -> None:
	key, _, secret = accounts.create_token("ann").partition(":")
	assert accounts.user_of_token(key, secret) == "ann"
	assert accounts.user_of_token(key, secret[:-1]) is None
	assert accounts.user_of_token(key, "ü") is None
	assert accounts.user_of_token("unknown", secret) is None
	assert accounts.create_token("ann") != f"{key}:{secret}"


def test_a_token_needs_a_user(accounts: Accounts) -> None:
	with pytest.raises(NotFound):
		accounts.create_token("nobody")


def test_a_site_gets_an_administrator_at_its_first_start_only(database: Engine) -> None:
	accounts = Accounts(database, CHEAP)
	made = accounts.ensure_first_admin()
	assert made is not None
	name, password = made
	assert accounts.is_admin(name)
	assert accounts.sign_in(name, password)
	assert accounts.ensure_first_admin() is None


def test_a_site_that_has_only_users_gets_its_administrator(accounts: Accounts) -> None:
	assert not accounts.is_admin("ann")
	assert accounts.ensure_first_admin() is not None
