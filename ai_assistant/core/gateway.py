"""Asks providers for an answer: again when one is busy, another when one fails, and never after the first delta."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing
from itertools import count
from typing import TYPE_CHECKING, Any, TypedDict

from ai_assistant.core.answer import Answer, collected
from ai_assistant.core.catalogue import Candidate, Catalogue
from ai_assistant.core.deltas import Delta, GatewayDelta, Retrying, Started, Usage
from ai_assistant.core.errors import ErrorCode, ProviderError
from ai_assistant.core.messages import Message
from ai_assistant.core.providers import connect
from ai_assistant.core.providers.history import mended, without_images
from ai_assistant.core.providers.provider import Prompt, ProviderClient
from ai_assistant.core.settings import Provider, Retries

if TYPE_CHECKING:
	from typing_extensions import Unpack

_REQUEST_AT_FAULT: frozenset[ErrorCode] = frozenset({"invalid_request", "context_length", "content_policy"})
"""Every provider would refuse this, and it says nothing against the one that did."""


class Options(TypedDict, total=False):
	"""The keyword arguments of `stream_generate`."""

	preferred_provider: str | None
	model: str | None
	temperature: float | None
	max_tokens: int | None
	tools: Sequence[dict[str, Any]]


class Gateway:
	"""One site's providers, for one event loop. It keeps their connections, and remembers who failed lately."""

	def __init__(self, providers: Sequence[Provider], retries: Retries):
		self.catalogue = Catalogue(providers)
		self._retries = retries
		self._clients: dict[str, ProviderClient] = {}
		self._resting: dict[str, float] = {}
		"""Until when (monotonic seconds) a provider is asked last, by its name."""

	def preload(self) -> None:
		"""Imports the SDKs of all providers now, so that the first answer need not wait for that."""
		for provider in self.catalogue.providers:
			self._client(provider)

	async def stream_generate(
		self,
		messages: Sequence[Message],
		preferred_provider: str | None = None,
		model: str | None = None,
		temperature: float | None = None,
		max_tokens: int | None = None,
		tools: Sequence[dict[str, Any]] = (),
	) -> AsyncGenerator[GatewayDelta, None]:
		"""Yields `Started` before each provider that is asked, then the deltas of the one that answers, `Finish` last.

		Closing it closes the provider's connection. Raises InvalidRequest for an unknown provider or model, and
		ProviderError: before the first delta if nobody answers, after it if the stream breaks.
		"""
		turns = mended(messages)
		failures = []
		for provider, chosen in self._rested_first(self.catalogue.resolve(preferred_provider, model)):
			yield Started(provider.name, chosen.name)
			readable = turns if chosen.images else without_images(turns)
			prompt = Prompt(readable, chosen, temperature, max_tokens, tools)
			try:
				async with aclosing(self._ask(provider, prompt)) as deltas:
					async for delta in deltas:
						yield delta
				return
			except _Unanswered as unanswered:
				failures.append(unanswered.error)
		raise min(failures, key=lambda error: not error.retryable)

	def stream_generate_sync(
		self, messages: Sequence[Message], **options: Unpack[Options]
	) -> Generator[GatewayDelta, None, None]:
		"""`stream_generate` for a console, where no event loop runs: in a loop and over connections of its own."""
		loop = asyncio.new_event_loop()
		gateway = Gateway(self.catalogue.providers, self._retries)
		deltas = gateway.stream_generate(messages, **options)
		try:
			while (delta := loop.run_until_complete(anext(deltas, None))) is not None:
				yield delta
		finally:
			loop.run_until_complete(deltas.aclose())
			loop.run_until_complete(gateway.close())
			loop.close()

	def generate(self, messages: Sequence[Message], **options: Unpack[Options]) -> Answer:
		"""The whole answer, where no event loop runs. Raises as `stream_generate` does."""
		return collected(self.stream_generate_sync(messages, **options))

	async def close(self) -> None:
		"""Closes idle connections."""
		clients, self._clients = self._clients, {}
		for client in clients.values():
			await client.close()

	async def _ask(self, provider: Provider, prompt: Prompt) -> AsyncGenerator[Retrying | Delta, None]:
		"""Raises _Unanswered when it is the next provider's turn, ProviderError when nobody else can help."""
		for attempt in count(1):
			is_answering = False
			try:
				async with aclosing(self._client(provider).stream(prompt)) as deltas:
					async for delta in deltas:
						is_answering = is_answering or not isinstance(delta, Usage)
						yield delta
				self._resting.pop(provider.name, None)
				return
			except ProviderError as error:
				if error.code in _REQUEST_AT_FAULT:
					raise
				wait = None if is_answering else self._wait(error, attempt)
				if wait is None:
					self._resting[provider.name] = time.monotonic() + self._retries.cool_down
					raise error if is_answering else _Unanswered(error) from None
				retrying = Retrying(error.code, wait)
			yield retrying
			await asyncio.sleep(wait)

	def _wait(self, error: ProviderError, attempt: int) -> float | None:
		"""Seconds after which the same provider is asked again; None if it is not."""
		if not error.retryable or attempt >= self._retries.attempts:
			return None
		if error.retry_after is None:
			return self._retries.backoff * (1 << attempt - 1) * random.uniform(0.5, 1.0)
		return error.retry_after if error.retry_after <= self._retries.longest_wait else None

	def _rested_first(self, candidates: list[Candidate]) -> list[Candidate]:
		now = time.monotonic()
		return sorted(candidates, key=lambda candidate: self._resting.get(candidate[0].name, 0.0) > now)

	def _client(self, provider: Provider) -> ProviderClient:
		if provider.name not in self._clients:
			self._clients[provider.name] = connect(provider)
		return self._clients[provider.name]


class _Unanswered(Exception):
	"""A provider failed before its first delta, and asking it again would not help."""

	def __init__(self, error: ProviderError):
		self.error = error
