"""The providers of a site: those of its settings file, and those that administrators added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ai_assistant.core.errors import Conflict, InvalidRequest, NotFound
from ai_assistant.core.settings import Provider
from ai_assistant.hosts.standalone.database import Database
from ai_assistant.hosts.standalone.provider_fault import fault_of
from ai_assistant.hosts.standalone.tables import providers
from ai_assistant.hosts.standalone.vault import Vault

_details = msgspec.json.Decoder(Provider)


@dataclass(frozen=True)
class Entry:
	"""A provider without its key. `sealed`: the key of one that was added, as the vault sealed it."""

	provider: Provider
	is_enabled: bool = True
	is_of_file: bool = False
	sealed: str | None = field(default=None, repr=False)

	@property
	def has_key(self) -> bool:
		return bool(self.sealed or self.provider.api_key or self.provider.api_key_env)


class Providers:
	"""Those of the file can be put elsewhere in the order and disabled, all else of them is the file's.

	Raises ServiceUnavailable without a database; what changes something raises NotFound, Conflict and InvalidRequest.
	"""

	def __init__(self, engine: Engine, vault: Vault, of_file: Sequence[Provider]):
		self._database = Database(engine)
		self._vault = vault
		self._of_file = of_file

	def entries(self) -> list[Entry]:
		"""In the order in which they are asked."""
		with self._database.read() as connection:
			return self._entries(connection)

	def in_use(self) -> tuple[Provider, ...]:
		"""Those that are enabled, with their keys; one whose key cannot be opened is not among them."""
		keyed = (self._with_key(entry) for entry in self.entries() if entry.is_enabled)
		return tuple(provider for provider in keyed if provider)

	def get(self, name: str) -> Provider:
		"""With its key."""
		with self._database.read() as connection:
			provider = self._with_key(self._entry(connection, name))
		if provider is None:
			raise Conflict("Its key was stored with another secret.key; enter it again.")
		return provider

	def add(self, provider: Provider) -> None:
		_check(provider)
		row = {"name": provider.name, "priority": provider.priority, "is_enabled": True}
		try:
			with self._database.write() as connection:
				if any(entry.provider.name == provider.name for entry in self._entries(connection)):
					raise Conflict(f"There is a provider {provider.name} already.")
				_forget(connection, provider.name)
				connection.execute(insert(providers), row | self._stored(provider))
		except IntegrityError:
			raise Conflict(f"There is a provider {provider.name} already.") from None

	def change(self, provider: Provider, keeps_key: bool) -> None:
		"""`keeps_key`: the key is the one that is stored, which goes to no other address than it was given for."""
		with self._database.write() as connection:
			entry = self._added(connection, provider.name)
			if keeps_key and entry.sealed:
				if _address(entry.provider) != _address(provider):
					raise InvalidRequest(
						"Enter the key again: it was given for another address - at `$.api_key`."
					)
				provider = replace(provider, api_key=self._vault.open(entry.sealed))
			_check(provider)
			_update(connection, provider.name, self._stored(provider))

	def remove(self, name: str) -> None:
		with self._database.write() as connection:
			self._added(connection, name)
			_forget(connection, name)

	def enable(self, name: str, is_enabled: bool) -> None:
		with self._database.write() as connection:
			entry = self._entry(connection, name)
			self._place(connection, replace(entry, is_enabled=is_enabled))

	def order(self, names: Sequence[str]) -> None:
		"""Takes the names of all."""
		with self._database.write() as connection:
			entries = {entry.provider.name: entry for entry in self._entries(connection)}
			if sorted(entries) != sorted(names):
				raise Conflict("The providers are others meanwhile. Load them again.")
			for number, name in enumerate(names, 1):
				entry = entries[name]
				self._place(connection, replace(entry, provider=replace(entry.provider, priority=number)))

	def _entries(self, connection: Connection) -> list[Entry]:
		rows = {row.name: row for row in connection.execute(select(providers).order_by(providers.c.name))}
		of_file = [_of_file(provider, rows.pop(provider.name, None)) for provider in self._of_file]
		added = [_added(row) for row in rows.values() if row.details]
		return sorted([*of_file, *added], key=lambda entry: entry.provider.priority)

	def _entry(self, connection: Connection, name: str) -> Entry:
		for entry in self._entries(connection):
			if entry.provider.name == name:
				return entry
		raise NotFound(f"There is no provider {name}.")

	def _added(self, connection: Connection, name: str) -> Entry:
		entry = self._entry(connection, name)
		if entry.is_of_file:
			raise Conflict(f"{name} is a provider of the settings file; change it there.")
		return entry

	def _place(self, connection: Connection, entry: Entry) -> None:
		name = entry.provider.name
		values = {"priority": entry.provider.priority, "is_enabled": entry.is_enabled}
		if not _update(connection, name, values):
			connection.execute(insert(providers), {"name": name, **values})

	def _stored(self, provider: Provider) -> dict[str, Any]:
		return {
			"details": msgspec.json.encode(replace(provider, api_key=None)).decode(),
			"api_key": self._vault.seal(provider.api_key) if provider.api_key else None,
		}

	def _with_key(self, entry: Entry) -> Provider | None:
		if entry.sealed is None:
			return entry.provider
		key = self._vault.open(entry.sealed)
		return replace(entry.provider, api_key=key) if key else None


def _of_file(provider: Provider, row: Row[Any] | None) -> Entry:
	if row is None:
		return Entry(provider, is_of_file=True)
	return Entry(replace(provider, priority=row.priority), row.is_enabled, is_of_file=True)


def _added(row: Row[Any]) -> Entry:
	provider = replace(_details.decode(row.details), priority=row.priority)
	return Entry(provider, row.is_enabled, sealed=row.api_key)


def _check(provider: Provider) -> None:
	if fault := fault_of(provider):
		raise InvalidRequest(f"{fault.message.capitalize()} - at `$.{fault.field or 'kind'}`.")


def _address(provider: Provider) -> tuple[str, str | None]:
	return provider.kind, provider.base_url


def _update(connection: Connection, name: str, values: dict[str, Any]) -> bool:
	return connection.execute(update(providers).where(providers.c.name == name).values(values)).rowcount == 1


def _forget(connection: Connection, name: str) -> None:
	connection.execute(delete(providers).where(providers.c.name == name))
