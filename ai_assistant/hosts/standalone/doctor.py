"""`ai-assistant doctor`: whether each part of a site works, tried for real, and what to do where one does not."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from ai_assistant.core.clients import async_client, sync_client
from ai_assistant.core.doctor import Finding, examined, examined_providers, milliseconds
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.events import Heartbeat, encode, timestamp
from ai_assistant.core.journal import Address, Entry, JournalWriter
from ai_assistant.core.queue import Queue
from ai_assistant.core.settings import Provider, Retention
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.administration import database_of
from ai_assistant.hosts.standalone.client import Site
from ai_assistant.hosts.standalone.database import is_up_to_date
from ai_assistant.hosts.standalone.providers import Providers
from ai_assistant.hosts.standalone.redis import redis_url
from ai_assistant.hosts.standalone.settings import FILE, Settings, SettingsError, load_settings
from ai_assistant.hosts.standalone.vault import Vault

_PATIENCE = 10.0
"""Seconds for an event to come back."""


def run_doctor(data: Path, url: str) -> int:
	"""Prints a table; 1 if anything is wrong. `url`: where the site should be running."""
	findings = list(_examine(data, url))
	table = Table("", "part", "what was found", "what to do")
	for finding in findings:
		mark = "[red]wrong[/red]" if finding.remedy else "[green]well[/green]"
		table.add_row(mark, finding.part, Text(finding.detail), Text(finding.remedy))
	Console().print(table)
	return int(any(finding.remedy for finding in findings))


def _examine(data: Path, url: str) -> Iterator[Finding]:
	start = f"Start `ai-assistant serve --data {data}`"
	if not data.is_dir():
		yield Finding("settings", f"There is no directory {data}.", f"{start}, which makes it.")
		return
	try:
		settings = load_settings(data)
	except SettingsError as error:
		yield Finding("settings", str(error), f"Correct {data / FILE} or that variable.")
		return
	names = ", ".join(provider.name for provider in settings.core.providers)
	yield Finding("settings", f"site {settings.site}; providers {names}")
	yield _examined(
		"database",
		lambda: _database(settings, data),
		f"{start}, which brings it up to date, or check DATABASE_URL and that its server runs.",
	)
	yield _examined("redis", lambda: _redis(settings, data), f"{start}, or correct REDIS_URL.")
	yield _examined(
		"worker", lambda: _worker(settings, data), f"{start}, or `ai-assistant worker --data {data}`."
	)
	yield _examined(
		"realtime",
		lambda: asyncio.run(_realtime(settings, data, url)),
		f"{start}; give its address with --url, and let it use the same Redis.",
	)
	yield from asyncio.run(examined_providers(_providers(settings, data)))


def _providers(settings: Settings, data: Path) -> Sequence[Provider]:
	"""Without a database, those of the file."""
	try:
		with database_of(settings, data) as database:
			return Providers(database, Vault(data), settings.core.providers).in_use()
	except (SQLAlchemyError, ServiceUnavailable):
		return settings.core.providers


def _examined(part: str, look: Callable[[], str], remedy: str) -> Finding:
	return examined(part, look, remedy, (RedisError, SQLAlchemyError))


def _database(settings: Settings, data: Path) -> str:
	start = time.perf_counter()
	with database_of(settings, data) as database:
		if not is_up_to_date(database):
			raise ServiceUnavailable("Its tables are not of the version that this program needs.")
	return f"up to date, in {milliseconds(start)}"


def _redis(settings: Settings, data: Path) -> str:
	with sync_client(redis_url(settings, data)) as client:
		client.ping()
		start = time.perf_counter()
		server = client.info("server")
	version = server.get("valkey_version") or server["redis_version"]
	return f"{server.get('server_name', 'redis')} {version} answers in {milliseconds(start)}"


def _worker(settings: Settings, data: Path) -> str:
	with sync_client(redis_url(settings, data)) as client:
		queue = Queue(client)
		if not queue.has_engine():
			raise ServiceUnavailable(f"None is alive; {queue.length()} runs wait.")
		return f"alive; {queue.length()} runs wait"


async def _realtime(settings: Settings, data: Path, url: str) -> str:
	"""Publishes as a worker does, for a user made for this, and waits for it as a client does."""
	name = f"doctor-{secrets.token_hex(4)}"
	with database_of(settings, data) as database:
		accounts = Accounts(database)
		accounts.add_user(name)
		try:
			async with Site(url, accounts.create_token(name)) as site:
				await site.connect()
				start = time.perf_counter()
				await _announce(redis_url(settings, data), Address(settings.site, name, "doctor"))
				await asyncio.wait_for(anext(site.events()), _PATIENCE)
				return f"an event reaches a client of {url} in {milliseconds(start)}"
		except asyncio.TimeoutError:
			raise ServiceUnavailable(f"No event came within {_PATIENCE:.0f} s.") from None
		finally:
			accounts.delete_user(name)


async def _announce(url: str, address: Address) -> None:
	heartbeat = Heartbeat(
		task_id=address.run_id,
		conversation_id="",
		attempt=0,
		seq=0,
		timestamp=timestamp(time.time()),
		t=0,
		last_seq=0,
	)
	client = async_client(url)
	try:
		entry = Entry(address.journal, address.envelope_end, 0, 0, encode(heartbeat), is_kept=False)
		await JournalWriter(client, Retention()).append([entry])
	finally:
		await client.close()
