"""`ai-assistant doctor`: whether each part of a site works, tried for real, and what to do where one does not."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from ai_assistant.core.clients import async_client, sync_client
from ai_assistant.core.deltas import Started
from ai_assistant.core.errors import AssistantError, ProviderError, ServiceUnavailable
from ai_assistant.core.events import Heartbeat, encode, timestamp
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.journal import Address, Entry, JournalWriter
from ai_assistant.core.queue import Queue
from ai_assistant.core.settings import Provider, Retention, Retries
from ai_assistant.core.store import Message
from ai_assistant.hosts.standalone.administration import accounts_of
from ai_assistant.hosts.standalone.client import Site
from ai_assistant.hosts.standalone.redis import redis_url
from ai_assistant.hosts.standalone.settings import FILE, Settings, SettingsError, load_settings

_PATIENCE = 10.0
"""Seconds for an event to come back."""

_REMEDIES = {
	"auth": "Correct its api_key, or the variable that api_key_env names.",
	"quota": "Its credit is used up; top up the account.",
	"network": "Check its base_url, and that this machine may reach it.",
	"invalid_request": "Check the name of its first model.",
}
_LATER = "Try again later; meanwhile the other providers are asked."


@dataclass(frozen=True)
class Finding:
	part: str
	detail: str
	remedy: str = ""
	"""What to do; empty where all is well."""


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
	yield _finding("database", lambda: _database(data), "Check DATABASE_URL, and that its server runs.")
	yield _finding("redis", lambda: _redis(settings, data), f"{start}, or correct REDIS_URL.")
	yield _finding(
		"worker", lambda: _worker(settings, data), f"{start}, or `ai-assistant worker --data {data}`."
	)
	yield _finding(
		"realtime",
		lambda: asyncio.run(_realtime(settings, data, url)),
		f"{start}; give its address with --url, and let it use the same Redis.",
	)
	yield from asyncio.run(_providers(settings.core.providers))


def _finding(part: str, look: Callable[[], str], remedy: str) -> Finding:
	try:
		return Finding(part, look())
	except AssistantError as error:
		return Finding(part, str(error), remedy)
	except (RedisError, SQLAlchemyError) as error:
		return Finding(part, f"It cannot be reached: {type(error).__name__}.", remedy)


def _database(data: Path) -> str:
	start = time.perf_counter()
	with accounts_of(data) as accounts:
		accounts.is_admin("")
	return f"up to date, in {_milliseconds(start)}"


def _redis(settings: Settings, data: Path) -> str:
	with sync_client(redis_url(settings, data)) as client:
		client.ping()
		start = time.perf_counter()
		server = client.info("server")
	version = server.get("valkey_version") or server["redis_version"]
	return f"{server.get('server_name', 'redis')} {version} answers in {_milliseconds(start)}"


def _worker(settings: Settings, data: Path) -> str:
	with sync_client(redis_url(settings, data)) as client:
		queue = Queue(client)
		if not queue.has_engine():
			raise ServiceUnavailable(f"None is alive; {queue.length()} runs wait.")
		return f"alive; {queue.length()} runs wait"


async def _realtime(settings: Settings, data: Path, url: str) -> str:
	"""Publishes as a worker does, for a user made for this, and waits for it as a client does."""
	name = f"doctor-{secrets.token_hex(4)}"
	with accounts_of(data) as accounts:
		accounts.add_user(name)
		try:
			async with Site(url, accounts.create_token(name)) as site:
				await site.connect()
				start = time.perf_counter()
				await _announce(redis_url(settings, data), Address(settings.site, name, "doctor"))
				await asyncio.wait_for(anext(site.events()), _PATIENCE)
				return f"an event reaches a client of {url} in {_milliseconds(start)}"
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
		entry = Entry(address.journal, address.envelope_end, 0, 0, encode(heartbeat))
		await JournalWriter(client, Retention()).announce([entry])
	finally:
		await client.close()


async def _providers(providers: Sequence[Provider]) -> list[Finding]:
	"""Each is asked for an answer, and left at the first word."""
	return await asyncio.gather(*map(_provider, providers))


async def _provider(provider: Provider) -> Finding:
	part, start = f"provider {provider.name}", time.perf_counter()
	gateway = Gateway([provider], Retries(attempts=1))
	deltas = gateway.stream_generate([Message("user", "Say yes.")])
	try:
		async with aclosing(deltas):
			async for delta in deltas:
				if not isinstance(delta, Started):
					break
	except ProviderError as error:
		return Finding(part, f"{error} ({error.code})", _REMEDIES.get(error.code, _LATER))
	finally:
		await gateway.close()
	return Finding(part, f"{provider.models[0].name} answers after {_milliseconds(start)}")


def _milliseconds(start: float) -> str:
	return f"{(time.perf_counter() - start) * 1000:,.0f} ms"
