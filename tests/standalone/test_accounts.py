from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select

from ai_assistant.core.errors import Conflict, InvalidRequest, NotAuthenticated, NotFound, TooManyRequests
from ai_assistant.hosts.standalone.accounts import FIRST_ADMIN, Accounts
from ai_assistant.hosts.standalone.database import database_engine, migrate
from ai_assistant.hosts.standalone.tables import sessions, tokens, users

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
	engine = database_engine(None, tmp_path)
	migrate(engine)
	yield engine
	engine.dispose()


@pytest.fixture
def accounts(engine: Engine) -> Accounts:
	return Accounts(engine, CHEAP)


def test_a_user_signs_in_and_out(accounts: Accounts) -> None:
	password = accounts.add_user("ann@example.com")
	sid = accounts.sign_in("ann@example.com", password)
	assert accounts.user_of_session(sid) == "ann@example.com"
	accounts.sign_out(sid)
	assert accounts.user_of_session(sid) is None


def test_a_wrong_password_and_an_unknown_user_sound_the_same(accounts: Accounts) -> None:
	accounts.add_user("ann", "right")
	said = []
	for name in ("ann", "nobody"):
		with pytest.raises(NotAuthenticated) as refused:
			accounts.sign_in(name, "wrong")
		said.append(str(refused.value))
	assert said[0] == said[1]


@pytest.mark.parametrize("who", [("ann", ""), ("nobody", "10.1.2.3")])
def test_after_ten_failures_even_the_right_password_must_wait(
	accounts: Accounts, who: tuple[str, str]
) -> None:
	accounts.add_user("ann", "right")
	name, address = who
	for _ in range(10):
		with pytest.raises(NotAuthenticated):
			accounts.sign_in(name, "wrong", address)
	with pytest.raises(TooManyRequests) as refused:
		accounts.sign_in("ann", "right", address)
	assert refused.value.retry_after
	assert refused.value.retry_after <= 300


def test_a_token_is_its_users_and_wrong_ones_are_nobodys(accounts: Accounts) -> None:
	accounts.add_user("ann")
	key, _, secret = accounts.create_token("ann").partition(":")
	assert accounts.user_of_token(key, secret) == "ann"
	assert accounts.user_of_token(key, "wrong") is None
	assert accounts.user_of_token("wrong", secret) is None
	with pytest.raises(NotFound):
		accounts.create_token("nobody")


def test_the_first_administrator_is_made_once(accounts: Accounts) -> None:
	made = accounts.ensure_first_admin()
	assert made
	name, password = made
	assert name == FIRST_ADMIN
	assert accounts.is_admin(name)
	assert accounts.sign_in(name, password)
	assert accounts.ensure_first_admin() is None


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\tb", "a\x00", "x" * 141])
def test_a_name_that_would_confuse_is_refused(accounts: Accounts, name: str) -> None:
	with pytest.raises(InvalidRequest):
		accounts.add_user(name)


def test_a_name_is_given_once(accounts: Accounts) -> None:
	accounts.add_user("ann")
	with pytest.raises(Conflict):
		accounts.add_user("ann")


def test_no_secret_is_stored(accounts: Accounts, engine: Engine) -> None:
	password = accounts.add_user("ann")
	sid, token = accounts.sign_in("ann", password), accounts.create_token("ann")
	with engine.connect() as connection:
		stored = "".join(str(connection.execute(select(t)).all()) for t in (users, sessions, tokens))
	for secret in (password, sid, token.partition(":")[2]):
		assert secret not in stored
