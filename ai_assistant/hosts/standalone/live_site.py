"""The site as its worker sees it: with other providers as soon as an administrator changes them."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import replace

from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.providers import load
from ai_assistant.core.queue import EngineQueue
from ai_assistant.core.settings import Provider
from ai_assistant.core.site import Site
from ai_assistant.hosts.standalone.providers import Providers

_UNKNOWN = b""
"""No version is like this."""


class LiveSite:
	"""Implements core.site.Sites. It begins with the providers that `site` has; `read` adds the others."""

	def __init__(self, site: Site, providers: Providers, queue: EngineQueue, threads: Executor):
		self._site = site
		self._providers = providers
		self._queue = queue
		self._threads = threads
		self._gateways = [site.gateway]
		self._version: bytes | None = _UNKNOWN
		self._has_looked = False

	async def get(self, name: str) -> Site | None:
		if name != self._site.name:
			return None
		if not self._has_looked:
			version = await self._queue.settings_version(name)
			if version != self._version:
				await self.read(version)
			self._has_looked = True
			asyncio.get_running_loop().call_soon(self._forget)
		return self._site

	def _forget(self) -> None:
		"""Runs that were taken together share one look: the loop does nothing else between them."""
		self._has_looked = False

	async def is_resting(self, name: str) -> bool:
		return False

	async def is_gone(self, name: str) -> bool:
		return False

	async def read(self, version: bytes | None = _UNKNOWN) -> None:
		"""While the database is away, what is known stays."""
		try:
			providers = await asyncio.get_running_loop().run_in_executor(self._threads, self._load)
		except ServiceUnavailable:
			return
		self._version = version
		if providers != self._site.settings.providers:
			settings = replace(self._site.settings, providers=providers)
			gateway = Gateway(providers, settings.retries)
			gateway.preload()
			self._gateways.append(gateway)
			self._site = replace(self._site, gateway=gateway, settings=settings)

	def _load(self) -> tuple[Provider, ...]:
		"""An SDK that is needed for the first time is imported beside the loop."""
		providers = self._providers.in_use()
		for provider in providers:
			load(provider.kind)
		return providers

	async def close(self) -> None:
		"""Also the gateways of former providers: runs may have gone on with them."""
		for gateway in self._gateways:
			await gateway.close()
