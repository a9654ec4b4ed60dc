"""The site as its web processes see it: what may be asked for changes as soon as an administrator changes it."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from typing import NoReturn

from redis.exceptions import RedisError

from ai_assistant.core.catalogue import Catalogue
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.queue import Queue
from ai_assistant.core.replay import reach
from ai_assistant.hosts.standalone.providers import Providers

_LOOK = 2.0
"""Seconds after which what another web process changed is known here."""

_log = logging.getLogger(__name__)


class LiveCatalogue:
	"""Keeps `catalogue` as `providers` are. `site`: its name."""

	def __init__(self, site: str, catalogue: Catalogue, providers: Providers, queue: Queue):
		self._site = site
		self._catalogue = catalogue
		self._providers = providers
		self._queue = queue
		self._version: bytes | None = None

	def read(self) -> None:
		self._catalogue.use(self._providers.in_use())

	def change(self) -> None:
		"""The providers are others from now on, here and in every other process. Raises ServiceUnavailable."""
		self.read()
		reach(lambda: self._queue.tell_change(self._site))

	async def watch(self, threads: Executor) -> NoReturn:
		loop = asyncio.get_running_loop()
		while True:
			await asyncio.sleep(_LOOK)
			try:
				await loop.run_in_executor(threads, self._look)
			except (RedisError, ServiceUnavailable) as error:
				_log.warning("could not look for other providers: %s", type(error).__name__)

	def _look(self) -> None:
		version = self._queue.settings_version(self._site)
		if version != self._version:
			self.read()
			self._version = version
