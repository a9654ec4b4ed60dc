"""A bounded number of streams on a site, whichever processes serve them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from redis import Redis

from ai_assistant.core.errors import TooManyRequests

_LAPSE = 30.0
"""Seconds after which a place that was not kept is free: its process is gone."""

_TAKE = """
local time = redis.call('TIME') local now = time[1] + time[2] / 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('EXPIRE', KEYS[1], math.ceil(ARGV[3]))
return 1
"""


class Places:
	"""`most` of them. Each is held by its name."""

	def __init__(self, redis: Redis, site: str, most: int):
		self._redis: Any = redis
		self._key = f"ai_assistant:streams:{site}"
		self._most = most
		self._take = redis.register_script(_TAKE)

	def take(self) -> str:
		"""Raises TooManyRequests when none is free."""
		place = uuid4().hex
		if not self.keep(place):
			raise TooManyRequests("Too many streams are open on this site. Ask for the events instead.", 5.0)
		return place

	def keep(self, place: str) -> bool:
		"""To be said again within 30 seconds."""
		return bool(self._take([self._key], [place, self._most, _LAPSE]))

	def give_back(self, place: str) -> None:
		self._redis.zrem(self._key, place)
