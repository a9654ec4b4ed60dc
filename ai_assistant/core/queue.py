"""The queue of runs and who carries them.

Runs wait in a list. An engine moves them into a list of its own, so that none is ever in neither; a lease tells that
it lives. When the lease ends, whoever notices puts the engine's runs back and leaves a mark that tells the engine, if
it was only asleep, that they are no longer its own. Runs of a site in maintenance are set aside in one more list.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from ai_assistant.core import queue_scripts
from ai_assistant.core.clients import FOREVER, LONGEST_BLOCK
from ai_assistant.core.figures import EngineFigures
from ai_assistant.core.journal import Entry

_QUEUE = "ai_assistant:queue"
_ENGINES = "ai_assistant:engines"
_ASIDE = "ai_assistant:aside"
_OPEN = "ai_assistant:open"
_WAKING = "ai_assistant:waking"
_STOPS = "ai_assistant:stops"
_STOP_CHANNEL = "ai_assistant:stop"

_DAY = 86_400


class QueuedRun(NamedTuple):
	"""What goes on the queue: no text, no key, only where to find the run."""

	site: str
	run_id: str

	@property
	def item(self) -> str:
		return f"{self.site} {self.run_id}"

	@classmethod
	def from_item(cls, item: bytes) -> QueuedRun:
		site, run_id = item.decode().split(" ")
		return cls(site, run_id)


def new_engine() -> str:
	"""A name for an engine, never used twice; it begins with the machine and the process for people to find it."""
	return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _claims(engine: str) -> str:
	return f"ai_assistant:claims:{engine}"


def _reaped(engine: str) -> str:
	return f"ai_assistant:reaped:{engine}"


def _figures(engine: str) -> str:
	return f"ai_assistant:figures:{engine}"


def _settings(site: str) -> str:
	return f"ai_assistant:settings:{site}"


class Queue:
	"""The request side."""

	def __init__(self, redis: Redis):
		self._redis: Any = redis
		self._has_engine = redis.register_script(queue_scripts.HAS_ENGINE)
		self._has_lost = redis.register_script(queue_scripts.HAS_LOST)
		self._put_new = redis.register_script(queue_scripts.PUT_NEW)
		self._recall = redis.register_script(queue_scripts.RECALL)

	def put_new(self, run: QueuedRun, queued: Entry, lifetime: float) -> bool:
		"""Begins the run's journal, which lives `lifetime` seconds, with `queued`, and puts the run on the queue, in one step,
		with those of its site that were set aside.

		To be asked twice does no harm. Returns whether an engine takes runs.
		"""
		arguments: list[Any] = [
			run.item,
			f"{queued.attempt}-{queued.seq}",
			queued.event,
			queued.envelope_end,
			int(lifetime),
			run.site,
		]
		return bool(self._put_new([_QUEUE, queued.journal, _OPEN, _ASIDE], arguments))

	def put(self, run: QueuedRun) -> None:
		self._redis.rpush(_QUEUE, run.item)

	def recall(self, site: str) -> None:
		"""Puts the site's runs that were set aside on the queue, before those that wait."""
		self._recall([_QUEUE, _ASIDE], [site])

	def length(self) -> int:
		"""Runs that no engine has taken yet."""
		return int(self._redis.llen(_QUEUE))

	def withdraw(self, run: QueuedRun) -> bool:
		"""Takes the run off the queue; False if an engine has it."""
		pipeline = self._redis.pipeline()
		pipeline.lrem(_QUEUE, 1, run.item)
		pipeline.lrem(_ASIDE, 1, run.item)
		return any(pipeline.execute())

	def stop(self, run: QueuedRun) -> None:
		"""Tells the engine at once; the mark stays for one that does not listen at this moment."""
		pipeline = self._redis.pipeline()
		pipeline.sadd(_STOPS, run.item)
		pipeline.expire(_STOPS, _DAY)
		pipeline.publish(_STOP_CHANNEL, run.item)
		pipeline.execute()

	def known(self) -> set[QueuedRun]:
		"""Every run that is queued, set aside or claimed."""
		engines = self._redis.zrange(_ENGINES, 0, -1)
		pipeline = self._redis.pipeline()
		pipeline.lrange(_QUEUE, 0, -1)
		pipeline.lrange(_ASIDE, 0, -1)
		for engine in engines:
			pipeline.lrange(_claims(engine.decode()), 0, -1)
		return {QueuedRun.from_item(item) for items in pipeline.execute() for item in items}

	def lock_orphans(self, site: str, seconds: float) -> bool:
		"""True for the one that may look after this site's orphans during that time."""
		return bool(self._redis.set(f"ai_assistant:orphans:{site}", 1, nx=True, px=int(seconds * 1000)))

	def has_engine(self) -> bool:
		"""Whether any engine is alive and takes runs."""
		return bool(self._has_engine([_OPEN]))

	def figures(self) -> list[EngineFigures]:
		"""What the engines that are alive told of themselves a moment ago."""
		engines = [engine.decode() for engine in self._redis.zrange(_ENGINES, 0, -1)]
		told = self._redis.mget([_figures(engine) for engine in engines]) if engines else []
		return [msgspec.json.decode(one, type=EngineFigures) for one in told if one]

	def tell_change(self, site: str) -> None:
		"""The site's settings are others from now on. The mark lasts longer than any engine trusts what it has read."""
		self._redis.pipeline().incr(_settings(site)).expire(_settings(site), _DAY).execute()

	def settings_version(self, site: str) -> bytes | None:
		"""Another one after every change that was told."""
		version: bytes | None = self._redis.get(_settings(site))
		return version

	def needs_engine(self) -> bool:
		"""Whether runs wait, or were left by an engine that is gone, and none takes them."""
		has_work = self.length() > 0 or bool(self._has_lost([_ENGINES]))
		return has_work and not self.has_engine()

	def lock_wake(self, seconds: float) -> bool:
		"""True for the one that may start an engine during that time."""
		return bool(self._redis.set(_WAKING, 1, nx=True, px=int(seconds * 1000)))

	def unlock_wake(self) -> None:
		"""The engine is there."""
		self._redis.delete(_WAKING)


@dataclass(frozen=True)
class Lease:
	"""`stops`: runs that somebody asked to stop. `claims`: the runs that Redis holds for this engine."""

	stops: frozenset[QueuedRun]
	claims: frozenset[QueuedRun]


class EngineQueue:
	"""One engine's side. `lease`: seconds for which each sign of life holds."""

	def __init__(self, redis: AsyncRedis, lease: float):
		self._redis: Any = redis
		self._engine = new_engine()
		self._lease = lease
		self._is_closed = False
		self._renew = redis.register_script(queue_scripts.RENEW)
		self._reap = redis.register_script(queue_scripts.REAP)
		self._leave = redis.register_script(queue_scripts.LEAVE)

	async def renew(self, carried: Iterable[QueuedRun]) -> Lease | None:
		"""Gives a sign of life; what is carried is claimed again if Redis has forgotten it.

		None if the lease had ended and another engine has put the runs back: they are no longer this one's, and what it
		took since goes back too. The next call begins a new lease.
		"""
		keys = [_ENGINES, _claims(self._engine), _reaped(self._engine), _STOPS, _OPEN, _QUEUE]
		items = [run.item for run in carried]
		reply = await self._renew(keys, [self._engine, self._lease, int(not self._is_closed), *items])
		if reply is None:
			self._engine = new_engine()
			return None
		stops, claims = (frozenset(map(QueuedRun.from_item, items)) for items in reply)
		return Lease(stops, claims)

	async def claim(self, carried: Iterable[QueuedRun]) -> None:
		"""Of runs that Redis came back without, while it still knows others of this engine."""
		if items := [run.item for run in carried]:
			await self._redis.rpush(_claims(self._engine), *items)

	async def tell(self, figures: EngineFigures) -> None:
		"""Until the lease ends, `Queue.figures` has them."""
		lifetime = int(self._lease * 1000)
		await self._redis.set(_figures(self._engine), msgspec.json.encode(figures), px=lifetime)

	async def settings_version(self, site: str) -> bytes | None:
		"""As of Queue."""
		version: bytes | None = await self._redis.get(_settings(site))
		return version

	async def close(self) -> None:
		"""From now on this engine does not count as one that takes runs."""
		self._is_closed = True
		await self._redis.zrem(_OPEN, self._engine)

	async def take(self, most: int, timeout: float) -> list[QueuedRun]:
		"""Claims up to `most` runs, waiting up to `timeout` seconds, at most LONGEST_BLOCK, for the first."""
		engine = self._engine
		block = min(timeout, LONGEST_BLOCK)
		first = await self._redis.blmove(_QUEUE, _claims(engine), block, "LEFT", "RIGHT")
		if first is None:
			return []
		taken = [first]
		waiting = min(most - 1, await self._redis.llen(_QUEUE))
		if waiting > 0:
			async with self._redis.pipeline(transaction=False) as pipeline:
				for _ in range(waiting):
					pipeline.lmove(_QUEUE, _claims(engine), "LEFT", "RIGHT")
				taken += [item for item in await pipeline.execute() if item is not None]
		if engine != self._engine:  # the lease ended meanwhile
			await self._give_back(engine)
			return []
		return [QueuedRun.from_item(item) for item in taken]

	async def release(self, run: QueuedRun) -> None:
		"""The run has ended."""
		async with self._redis.pipeline(transaction=False) as pipeline:
			pipeline.lrem(_claims(self._engine), 1, run.item)
			pipeline.srem(_STOPS, run.item)
			await pipeline.execute()

	async def put_back(self, run: QueuedRun) -> None:
		"""The run goes on elsewhere, before those that wait."""
		async with self._redis.pipeline(transaction=True) as pipeline:
			pipeline.lrem(_claims(self._engine), 1, run.item)
			pipeline.lpush(_QUEUE, run.item)
			await pipeline.execute()

	async def set_aside(self, run: QueuedRun) -> None:
		"""Until `Queue.recall`, no engine takes it. What is aside for a day is forgotten, and then found in the store."""
		async with self._redis.pipeline(transaction=True) as pipeline:
			pipeline.lrem(_claims(self._engine), 1, run.item)
			pipeline.rpush(_ASIDE, run.item)
			pipeline.expire(_ASIDE, _DAY)
			await pipeline.execute()

	async def reap(self) -> list[QueuedRun]:
		"""Puts back the runs of other engines whose lease has ended. One's own goes on with the next sign of life: whoever
		was asleep and alone still has its runs. An engine is looked at for some seconds more: what it had asked for before it
		fell asleep, it may still be given."""
		arguments: list[Any] = [_claims(""), _reaped(""), _DAY, self._engine, 2 * LONGEST_BLOCK]
		moved = await self._reap([_ENGINES, _QUEUE, _OPEN], arguments)
		return [QueuedRun.from_item(item) for item in moved]

	async def leave(self) -> None:
		"""Ends the lease; what is still claimed goes back to the queue. A sign of life that comes late begins no other."""
		await self._give_back(self._engine)

	async def _give_back(self, engine: str) -> None:
		await self._leave([_ENGINES, _claims(engine), _QUEUE, _OPEN, _reaped(engine)], [engine, _DAY])

	async def stops(self) -> AsyncIterator[QueuedRun]:
		"""Requests to stop, as they are made. Ends with a redis.ConnectionError."""
		async with self._redis.pubsub() as subscription:
			await subscription.subscribe(_STOP_CHANNEL)
			while True:
				message = await subscription.get_message(ignore_subscribe_messages=True, timeout=FOREVER)
				if message:
					yield QueuedRun.from_item(message["data"])
