"""Secrets at rest: what the database holds of them is of no use without a file of the data directory."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class Vault:
	"""Seals secrets with the key in `secret.key`, which is made when it is first needed."""

	def __init__(self, data: Path):
		self._path = data / "secret.key"

	def seal(self, secret: str) -> str:
		return self._fernet.encrypt(secret.encode()).decode()

	def open(self, sealed: str) -> str | None:
		"""None for what was sealed with another key."""
		try:
			return self._fernet.decrypt(sealed).decode()
		except InvalidToken:
			return None

	@cached_property
	def _fernet(self) -> Fernet:
		if not self._path.exists():
			self._make_key()
		return Fernet(self._path.read_bytes())

	def _make_key(self) -> None:
		"""Of processes that do it at the same time, the first one's stands, and nobody sees half of it."""
		draft = self._path.with_suffix(f".{secrets.token_hex(4)}")
		with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
			file.write(Fernet.generate_key())
		with suppress(FileExistsError):
			self._path.hardlink_to(draft)
		draft.unlink()
