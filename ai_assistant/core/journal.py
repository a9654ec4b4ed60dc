"""The journal of a run: its numbered events in a Redis Stream, each published as it is written.

One Lua call writes an event and publishes it, so the bus never shows what the journal does not hold. The entry id is
`<attempt>-<seq>`: an event without its predecessor is refused, which leaves no hole, and so is one of an older attempt,
which fences off an engine that lost its run.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from ai_assistant.core.clients import LONGEST_BLOCK
from ai_assistant.core.events import EVENT_NAME
from ai_assistant.core.settings import Retention

REALTIME_CHANNEL = "events"
"""Where Frappe's realtime service, and ours, read what to send to which room."""

Outcome = Literal["written", "fenced", "lost"]
"""`fenced`: a later attempt has begun elsewhere. `lost`: Redis no longer has the event before it, nor perhaps any."""

_OUTCOMES: tuple[Outcome, ...] = ("written", "fenced", "lost")

PUBLISH = """
local function publish(event, address)
	redis.call('PUBLISH', 'CHANNEL', '{"event":"EVENT","message":' .. event .. address)
end
""".replace("CHANNEL", REALTIME_CHANNEL).replace("EVENT", EVENT_NAME)
"""For the scripts that write events. `address` is an Address's envelope_end."""

_APPEND = (
	PUBLISH
	+ """
local function numbers(id)
	local attempt, seq = string.match(id, '^(%d+)-(%d+)$')
	return tonumber(attempt), tonumber(seq)
end

local function refusal(newest, previous)
	local attempt, seq = numbers(newest)
	local wanted, needed = numbers(previous)
	if attempt > wanted then return 1 end
	local found = attempt == wanted and seq or 0
	if found < needed then return 2 end
	if found > needed then return 0 end
end

local outcomes, newest = {}, nil
for i, journal in ipairs(KEYS) do
	local at = 3 + (i - 1) * 5
	local id, previous, place, event, address = unpack(ARGV, at, at + 4)
	if journal ~= KEYS[i - 1] then
		newest = redis.call('XREVRANGE', journal, '+', '-', 'COUNT', 1)[1]
		newest = newest and newest[1] or '0-0'
	end
	local refused = newest ~= previous and refusal(newest, previous)
	outcomes[i] = refused or 0
	if not refused then
		if place ~= 'unkept' then
			redis.call('XADD', journal, id, 'event', event)
			newest = id
		end
		if place == 'first' then redis.call('EXPIRE', journal, ARGV[1]) end
		if place == 'final' then redis.call('EXPIRE', journal, ARGV[2]) end
		publish(event, address)
	end
end
return outcomes
"""
)
"""`previous` must be the newest event of its attempt; N-0 is there before attempt N begins. One look at each journal is
enough: what a call writes to the same one stands together."""


@dataclass(frozen=True)
class Address:
	"""Whose run it is. There is no way to address a room that is not a user's."""

	site: str
	user: str
	run_id: str

	@property
	def journal(self) -> str:
		return f"ai_assistant:journal:{self.site}:{self.run_id}"

	@property
	def envelope_end(self) -> str:
		"""What follows the event in the realtime message: the room and the namespace."""
		room = msgspec.json.encode(f"user:{self.user}").decode()
		namespace = msgspec.json.encode(self.site).decode()
		return f',"room":{room},"namespace":{namespace}}}'


class Entry(msgspec.Struct, frozen=True, gc=False):
	"""One encoded event on its way into a journal. One that is not kept is only published, `seq` being the number of
	the event before it."""

	journal: str
	envelope_end: str
	attempt: int
	seq: int
	event: bytes
	is_final: bool = False
	is_kept: bool = True


class Record(msgspec.Struct, frozen=True):
	"""One event as the journal holds it. `cursor` is `<attempt>-<seq>`."""

	cursor: str
	event: bytes


def _arguments(entries: Sequence[Entry], retention: Retention) -> tuple[list[str], list[Any]]:
	keys = [entry.journal for entry in entries]
	arguments: list[Any] = [retention.longest_run, retention.journal]
	for entry in entries:
		id, previous = f"{entry.attempt}-{entry.seq}", f"{entry.attempt}-{entry.seq - entry.is_kept}"
		arguments += (id, previous, _place(entry), entry.event, entry.envelope_end)
	return keys, arguments


def _place(entry: Entry) -> str:
	if not entry.is_kept:
		return "unkept"
	return "final" if entry.is_final else "first" if entry.seq == 1 else "next"


class Journal:
	"""The request side: reads, and writes what happens before an engine has the run."""

	def __init__(self, redis: Redis, retention: Retention):
		self._redis: Any = redis
		self._retention = retention
		self._append = redis.register_script(_APPEND)

	def append(self, entries: Sequence[Entry]) -> list[Outcome]:
		keys, arguments = _arguments(entries, self._retention)
		return [_OUTCOMES[number] for number in self._append(keys, arguments)]

	def read(self, address: Address, after: str = "0-0", count: int | None = None) -> list[Record]:
		"""Events after the cursor, oldest first; none when the journal has expired."""
		return _records(self._redis.xrange(address.journal, f"({after}", "+", count))

	def read_many(self, addresses: Sequence[Address]) -> list[list[Record]]:
		"""All events of each."""
		pipeline = self._redis.pipeline(transaction=False)
		for address in addresses:
			pipeline.xrange(address.journal)
		return [_records(rows) for rows in pipeline.execute()]

	def newest(self, address: Address) -> Record | None:
		"""The last event; None when the journal has expired."""
		rows = self._redis.xrevrange(address.journal, count=1)
		return Record(rows[0][0].decode(), rows[0][1][b"event"]) if rows else None

	def wait(self, address: Address, after: str, timeout: float) -> list[Record]:
		"""Like `read`, but waits up to `timeout` seconds for the first event."""
		deadline = time.monotonic() + timeout
		while True:
			left = deadline - time.monotonic()
			block = max(1, int(min(left, LONGEST_BLOCK) * 1000))
			rows = self._redis.xread({address.journal: after}, block=block)
			if rows or left <= LONGEST_BLOCK:
				return [record for _, found in rows for record in _records(found)]


def _records(rows: list[tuple[bytes, dict[bytes, bytes]]]) -> list[Record]:
	return [Record(cursor.decode(), fields[b"event"]) for cursor, fields in rows]


class JournalWriter:
	"""The engine's side: appends the events of many runs in one call."""

	def __init__(self, redis: AsyncRedis, retention: Retention):
		self._redis: Any = redis
		self._retention = retention
		self._append = redis.register_script(_APPEND)

	async def append(self, entries: Sequence[Entry]) -> list[Outcome]:
		"""Writes and publishes; repeating a call that may have been carried out is harmless."""
		keys, arguments = _arguments(entries, self._retention)
		return [_OUTCOMES[number] for number in await self._append(keys, arguments)]
