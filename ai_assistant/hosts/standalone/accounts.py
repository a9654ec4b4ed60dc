"""Users of a standalone site, their sessions and their API tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from ai_assistant.core.assistant import ADMIN
from ai_assistant.core.errors import Conflict, InvalidRequest, NotAuthenticated, NotFound, TooManyRequests
from ai_assistant.hosts.standalone.database import Database
from ai_assistant.hosts.standalone.tables import sessions, tokens, users

FIRST_ADMIN = "Administrator"

_SESSION = 30 * 86_400.0
"""Seconds for which a session lasts."""

_MOST_FAILURES = 10
_FAILURES_WITHIN = 300.0
"""Failed sign-ins of a user or from an address, and the seconds in which they are counted."""

_HASHINGS = 4
"""Passwords checked at once by one process; each takes 19 MiB."""

_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$ho0kuBOJvQNN2lXgCbt5vw$lGrvvSSuDabSR3fYipGmvNCSQFqFTELiuZWhr0zYkDU"
"""The hash that an unknown user's password is checked against, so that the answer takes as long."""

_LONGEST_NAME = 140

_TOKEN_TRUSTED = 2.0
"""Seconds for which a process takes a token without another look; one that is taken away still works for so long."""

_MOST_TOKENS = 10_000
"""Remembered at a time."""

_IS_ENABLED = users.c.is_disabled.is_(False)
_SESSION_USER = (
	select(sessions.c.user)
	.join(users, users.c.name == sessions.c.user)
	.where(sessions.c.sid_hash == bindparam("sid_hash"), sessions.c.expires > bindparam("now"), _IS_ENABLED)
)
_TOKEN = (
	select(tokens)
	.join(users, users.c.name == tokens.c.user)
	.where(tokens.c.key == bindparam("key"), _IS_ENABLED)
)
_PASSWORD = select(users.c.password_hash).where(users.c.name == bindparam("name"), _IS_ENABLED)


class Accounts:
	"""Only hashes of passwords, sessions and tokens are stored. Raises ServiceUnavailable without a database."""

	def __init__(self, engine: Engine, hasher: PasswordHasher | None = None):
		self._database = Database(engine)
		self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
		self._hashings = threading.Semaphore(_HASHINGS)
		self._attempts = _Attempts()
		self._tokens = _Tokens()

	def add_user(self, name: str, password: str | None = None, is_admin: bool = False) -> str:
		"""Returns the password, which is made up if none is given. Raises InvalidRequest and Conflict."""
		if not _is_name(name):
			raise InvalidRequest(
				f"A user name has 1 to {_LONGEST_NAME} printable characters, without spaces and colons."
			)
		password = password or secrets.token_urlsafe(12)
		row = {
			"name": name,
			"full_name": name,
			"password_hash": self._hash_password(password),
			"is_admin": is_admin,
			"created": time.time(),
		}
		try:
			with self._database.write() as connection:
				connection.execute(insert(users), row)
		except IntegrityError:
			raise Conflict(f"There is a user {name} already.") from None
		return password

	def delete_user(self, name: str) -> None:
		"""Ends their sessions and tokens too."""
		with self._database.write() as connection:
			connection.execute(delete(sessions).where(sessions.c.user == name))
			connection.execute(delete(tokens).where(tokens.c.user == name))
			connection.execute(delete(users).where(users.c.name == name))

	def _hash_password(self, password: str) -> str:
		with self._hashings:
			return self._hasher.hash(password)

	def ensure_first_admin(self) -> tuple[str, str] | None:
		"""The first administrator's name and password if it had to be made: when there was none."""
		with self._database.read() as connection:
			if connection.execute(select(users.c.name).where(users.c.is_admin, _IS_ENABLED).limit(1)).first():
				return None
		try:
			return FIRST_ADMIN, self.add_user(FIRST_ADMIN, is_admin=True)
		except Conflict:
			return None

	def full_name(self, name: str) -> str:
		with self._database.read() as connection:
			found = connection.execute(select(users.c.full_name).where(users.c.name == name)).scalar()
		return found or name

	def is_admin(self, name: str) -> bool:
		with self._database.read() as connection:
			return bool(connection.execute(select(users.c.is_admin).where(users.c.name == name)).scalar())

	def roles_of(self, name: str) -> frozenset[str]:
		return frozenset({ADMIN}) if self.is_admin(name) else frozenset()

	def sign_in(self, name: str, password: str, address: str = "") -> str:
		"""A new session's id. Raises NotAuthenticated, and TooManyRequests after too many failures.

		An unknown user takes as long, and is answered with the same words, as a wrong password.
		"""
		who = [f"user {name}", *([f"address {address}"] if address else [])]
		self._attempts.add(who)
		with self._database.read() as connection:
			stored = connection.execute(_PASSWORD, {"name": name}).scalar()
		if not self._is_password(stored or _NOBODY, password):
			raise NotAuthenticated("The user name or the password is wrong.")
		self._attempts.forget(who)
		return self._open_session(name)

	def _is_password(self, stored: str, password: str) -> bool:
		try:
			with self._hashings:
				return self._hasher.verify(stored, password)
		except (VerificationError, InvalidHashError):
			return False

	def _open_session(self, name: str) -> str:
		sid, now = secrets.token_urlsafe(32), time.time()
		row = {"sid_hash": _hash(sid), "user": name, "created": now, "expires": now + _SESSION}
		with self._database.write() as connection:
			connection.execute(delete(sessions).where(sessions.c.expires < now))
			connection.execute(insert(sessions), row)
		return sid

	def sign_out(self, sid: str) -> None:
		with self._database.write() as connection:
			connection.execute(delete(sessions).where(sessions.c.sid_hash == _hash(sid)))

	def user_of_session(self, sid: str) -> str | None:
		with self._database.read() as connection:
			return connection.execute(_SESSION_USER, {"sid_hash": _hash(sid), "now": time.time()}).scalar()

	def create_token(self, user: str) -> str:
		"""`key:secret`, of which the secret is known to nobody afterwards. Raises NotFound."""
		with self._database.read() as connection:
			if connection.execute(select(users.c.name).where(users.c.name == user)).first() is None:
				raise NotFound(f"There is no user {user}; `ai-assistant user add` makes one.")
		key, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
		row = {"key": key, "secret_hash": _hash(secret), "user": user, "created": time.time()}
		with self._database.write() as connection:
			connection.execute(insert(tokens), row)
		return f"{key}:{secret}"

	def user_of_token(self, key: str, secret: str) -> str | None:
		"""A program shows its token with each request, so that one that was right is not looked up again at once."""
		shown = (key, _hash(secret))
		if (user := self._tokens.get(shown)) is None:
			user = self._look_up(*shown)
			if user is not None:
				self._tokens.put(shown, user)
		return user

	def forget_tokens(self, user: str) -> None:
		"""Those of this user are looked up again."""
		self._tokens.forget(user)

	def _look_up(self, key: str, secret_hash: str) -> str | None:
		with self._database.read() as connection:
			row = connection.execute(_TOKEN, {"key": key}).one_or_none()
		if row is None or not hmac.compare_digest(row.secret_hash, secret_hash):
			return None
		return str(row.user)


class _Tokens:
	"""The users of tokens that were right a moment ago, by key and hash."""

	def __init__(self) -> None:
		self._users: dict[tuple[str, str], tuple[str, float]] = {}

	def get(self, shown: tuple[str, str]) -> str | None:
		user, until = self._users.get(shown, (None, 0.0))
		return user if time.monotonic() < until else None

	def put(self, shown: tuple[str, str], user: str) -> None:
		if len(self._users) >= _MOST_TOKENS:
			self._users.clear()
		self._users[shown] = user, time.monotonic() + _TOKEN_TRUSTED

	def forget(self, user: str) -> None:
		for shown in [shown for shown, (whose, _) in list(self._users.items()) if whose == user]:
			self._users.pop(shown, None)


class _Attempts:
	"""Sign-ins of late that failed or are being checked, in this process."""

	def __init__(self) -> None:
		self._times: defaultdict[str, deque[float]] = defaultdict(deque)
		self._lock = threading.Lock()

	def add(self, who: Iterable[str]) -> None:
		"""Counts one for each. Raises TooManyRequests if any of them has had too many."""
		now = time.monotonic()
		with self._lock:
			self._drop(now - _FAILURES_WITHIN)
			for name in who:
				if name in self._times and len(self._times[name]) >= _MOST_FAILURES:
					wait = self._times[name][0] + _FAILURES_WITHIN - now
					raise TooManyRequests("Too many failed sign-ins. Please wait before trying again.", wait)
			for name in who:
				self._times[name].append(now)

	def forget(self, who: Iterable[str]) -> None:
		"""The last one of each was no failure."""
		with self._lock:
			for name in who:
				if times := self._times.get(name):
					times.pop()

	def _drop(self, before: float) -> None:
		for name, times in list(self._times.items()):
			while times and times[0] < before:
				times.popleft()
			if not times:
				del self._times[name]


def _is_name(name: str) -> bool:
	return 1 <= len(name) <= _LONGEST_NAME and name.isprintable() and not set(name) & {" ", ":"}


def _hash(secret: str) -> str:
	"""Secrets are long and random, so that a fast hash is enough."""
	return hashlib.sha256(secret.encode()).hexdigest()
