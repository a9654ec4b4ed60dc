"""What a request or a socket shows to prove whose it is."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from starlette.requests import cookie_parser

from ai_assistant.core.errors import NotAuthenticated
from ai_assistant.hosts.standalone.accounts import Accounts

SESSION_COOKIE = "sid"

_GUEST = "Guest"
"""The `sid` of nobody, as Frappe's clients know it."""


@dataclass(frozen=True)
class Token:
	"""The API key of a program."""

	key: str
	secret: str

	@classmethod
	def parse(cls, text: str) -> Token:
		"""Of `key:secret`. Raises NotAuthenticated."""
		key, colon, secret = text.strip().partition(":")
		if not (key and colon and secret):
			raise NotAuthenticated("A token is written `key:secret`.")
		return cls(key, secret)

	@classmethod
	def from_header(cls, authorization: str) -> Token:
		"""Of `token key:secret` or `Bearer key:secret`, or the same pair as `Basic`. Raises NotAuthenticated."""
		scheme, _, value = authorization.strip().partition(" ")
		if scheme.lower() in ("token", "bearer"):
			return cls.parse(value)
		if scheme.lower() == "basic":
			return cls.parse(_decode_base64(value))
		raise NotAuthenticated("Send `Authorization: token key:secret`.")

	def user(self, accounts: Accounts) -> str:
		"""Whose it is. Raises NotAuthenticated."""
		user = accounts.user_of_token(self.key, self.secret)
		if user is None:
			raise NotAuthenticated("This token is not known.")
		return user


@dataclass(frozen=True)
class Session:
	"""The session of somebody who signed in."""

	sid: str

	def user(self, accounts: Accounts) -> str:
		"""Whose it is. Raises NotAuthenticated."""
		user = accounts.user_of_session(self.sid)
		if user is None:
			raise NotAuthenticated("This session has ended; sign in again.")
		return user


Credentials = Token | Session


def credentials(authorization: str, cookie: str) -> Credentials | None:
	"""Of these two headers; None for a guest. Raises NotAuthenticated for what is none at all."""
	if authorization:
		return Token.from_header(authorization)
	sid = cookie_parser(cookie).get(SESSION_COOKIE) if cookie else None
	return Session(sid) if sid and sid != _GUEST else None


def _decode_base64(text: str) -> str:
	try:
		return base64.b64decode(text, validate=True).decode()
	except (binascii.Error, UnicodeDecodeError):
		raise NotAuthenticated("This is not base64 of `key:secret`.") from None
