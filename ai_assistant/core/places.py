"""A bounded number of streams, of a site and of each of its users, whichever processes serve them."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import uuid4

from redis import Redis

from ai_assistant.core.errors import TooManyRequests

_LAPSE = 30.0
"""Seconds after which a place that was not kept is free: its process is gone."""

_PAUSE = 5.0
"""Seconds after which whoever found no place may ask again."""

_TAKE = """
local time = redis.call('TIME') local now = time[1] + time[2] / 1000000
for i, places in ipairs(KEYS) do
	redis.call('ZREMRANGEBYSCORE', places, '-inf', now)
	local is_held = redis.call('ZSCORE', places, ARGV[1])
	if not is_held and redis.call('ZCARD', places) >= tonumber(ARGV[2 + i]) then return i end
end
for _, places in ipairs(KEYS) do
	redis.call('ZADD', places, now + ARGV[2], ARGV[1])
	redis.call('EXPIRE', places, math.ceil(ARGV[2]))
end
return 0
"""
"""Returns which of the keys is full."""


class Place(NamedTuple):
	user: str
	id: str


class Places:
	"""`most` of them on the site, and `most_of_user` of one user."""

	def __init__(self, redis: Redis, site: str, most: int, most_of_user: int):
		self._redis: Any = redis
		self._site = site
		self._bounds = (most_of_user, most)
		self._take = redis.register_script(_TAKE)

	def take(self, user: str) -> Place:
		"""Raises TooManyRequests when none is free."""
		place = Place(user, uuid4().hex)
		full = self._hold(place)
		if full:
			whose = ("You have too many streams open.", "Too many streams are open on this site.")[full - 1]
			raise TooManyRequests(f"{whose} Ask for the events instead.", _PAUSE)
		return place

	def keep(self, place: Place) -> bool:
		"""To be said again within 30 seconds."""
		return self._hold(place) == 0

	def give_back(self, place: Place) -> None:
		for key in self._keys(place.user):
			self._redis.zrem(key, place.id)

	def _hold(self, place: Place) -> int:
		return int(self._take(self._keys(place.user), [place.id, _LAPSE, *self._bounds]))

	def _keys(self, user: str) -> list[str]:
		of_site = f"ai_assistant:streams:{self._site}"
		return [f"{of_site}:{user}", of_site]
