"""Answers of server-sent events, each with a place of its own while it is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress

from redis.exceptions import RedisError
from starlette.responses import Response, StreamingResponse

from ai_assistant.core.places import Place, Places
from ai_assistant.core.replay import reach
from ai_assistant.core.sse import CONTENT_TYPE, HEADERS, OPENING
from ai_assistant.hosts.standalone.following import Following

_KEEP = 10.0
"""Seconds after which the places of all that is open are kept again."""

Pieces = AsyncGenerator[bytes, None]


class Streams:
	"""Those of one web process."""

	def __init__(self, places: Places, following: Following):
		self._places = places
		self._following = following
		self._open = set[Place]()

	async def answer(self, user_of: Callable[[], str], begin: Callable[[str], Pieces]) -> Response:
		"""What `begin` gives for this user. Both are called in a thread, and may refuse; so does this where no place is free."""
		place, pieces = await self._following.run(self._begin, user_of, begin)
		return StreamingResponse(self._sent(place, pieces), 200, HEADERS, CONTENT_TYPE)

	async def keep(self) -> None:
		"""Keeps the places of what is open, until it is cancelled."""
		while True:
			await asyncio.sleep(_KEEP)
			await self._following.run(self._keep, tuple(self._open))

	def _begin(self, user_of: Callable[[], str], begin: Callable[[str], Pieces]) -> tuple[Place, Pieces]:
		user = user_of()
		place = reach(lambda: self._places.take(user))
		try:
			return place, begin(user)
		except BaseException:
			self._give_back(place)
			raise

	async def _sent(self, place: Place, pieces: Pieces) -> Pieces:
		self._open.add(place)
		try:
			yield OPENING
			async with aclosing(pieces):
				async for piece in pieces:
					yield piece
		finally:
			self._open.remove(place)
			self._following.start(self._give_back, place)

	def _keep(self, places: Sequence[Place]) -> None:
		with suppress(RedisError):  # what is open goes on; the next time will do
			for place in places:
				self._places.keep(place)

	def _give_back(self, place: Place) -> None:
		with suppress(RedisError):  # the place lapses by itself
			self._places.give_back(place)
