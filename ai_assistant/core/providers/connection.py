"""Streamed responses on their way from a vendor's SDK to deltas, for every provider that is reached by HTTP."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, suppress
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

import aiohttp
import msgspec

from ai_assistant.core.deltas import Delta, Finish, Usage
from ai_assistant.core.errors import ProviderError
from ai_assistant.core.providers.event_stream import EventStream, EventTooLong
from ai_assistant.core.providers.failure import Failure, provider_error
from ai_assistant.core.providers.pieces import Pieces
from ai_assistant.core.settings import Provider

_CONNECT = 10.0
"""Seconds within which a provider must have accepted a connection."""

_CONNECTIONS = 10_000
"""Streams from one provider at a time: as many as one engine may ever carry."""

_KEEP_ALIVE = 30.0
"""Seconds an idle connection is kept, so that the next question needs no new handshake."""

_FOUND = frozenset({"organization", "project", "auth_token"})
"""Attributes of an SDK's client that go into headers. Key and address are always given, so it looks for neither."""

_COMMENTED = 10
"""Times the provider's `timeout` that comments alone keep a stream alive."""

_DRAIN = 0.2
"""Seconds for the body to end after the last event, without which its connection cannot be used again."""


class Decoder(Protocol):
	"""Makes sense of the events of one answer."""

	pieces: Pieces
	usage: Usage | None

	@property
	def is_complete(self) -> bool:
		"""The answer is whole: the end of the body would be no surprise."""

	@property
	def is_over(self) -> bool:
		"""Nothing of interest will follow."""

	def decode(self, data: bytes) -> None:
		"""Takes one event's data. Raises msgspec.DecodeError for what is no event, Broken for an error event."""

	def finish(self) -> Finish:
		"""Called once, when the answer is complete; may add to `pieces` what was held back."""


class Broken(Exception):
	"""The provider reported a failure in the middle of its stream."""

	def __init__(self, failure: Failure):
		self.failure = failure


class Connection:
	"""One provider's streams. `sdk` is the vendor's module, `client` its asynchronous client; all vendors' are alike.

	Requests go through the SDK's own `post`, which authenticates and raises its errors, but leaves out the conversion
	of every message (3 ms for twenty of them) that the methods named after an API do.
	"""

	def __init__(
		self, provider: Provider, sdk: ModuleType, client: Callable[..., Any], base_url: str, needs_key: bool
	):
		key = provider.api_key or os.environ.get(provider.api_key_env or "")
		timeout = provider.timeout
		limits = type(sdk.DEFAULT_CONNECTION_LIMITS)(
			max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS, keepalive_expiry=_KEEP_ALIVE
		)
		self._name = provider.name
		self._sdk = sdk
		self._patience = timeout * _COMMENTED
		self._is_locked = needs_key and not key
		self._client = client(
			api_key=key or "none",
			base_url=provider.base_url or base_url,
			timeout=sdk.Timeout(timeout, connect=min(timeout, _CONNECT)),
			max_retries=0,
			http_client=sdk.DefaultAioHttpClient(limits=limits, verify=_trust(sdk)),
		)
		_forget_environment(self._client)

	async def stream(
		self, path: str, request: dict[str, Any], decoder: Decoder
	) -> AsyncGenerator[Delta, None]:
		"""The answer's deltas, then usage and finish. Raises ProviderError for all that a provider can cause, after the
		usage if that was told before."""
		if self._is_locked:
			raise ProviderError("auth", f"No key is set for {self._name}. An administrator can add it.")
		events = EventStream()
		now = asyncio.get_running_loop().time
		heard = now()
		try:
			async with (
				aclosing(await self._open(path, request)) as response,
				aclosing(response.aiter_bytes()) as chunks,
			):
				async for chunk in chunks:
					if found := events.feed(chunk):
						heard = now()
					elif now() - heard > self._patience:
						raise provider_error("timeout", self._name)
					error = self._decode(found, decoder)
					for delta in decoder.pieces.take():
						yield delta
					if error:
						raise error
					if decoder.is_over:
						break
				for delta in self._end(events, decoder):
					yield delta
				await _drain(chunks)
		except Exception as error:
			if decoder.usage:
				yield decoder.usage
			# From None: what the SDK raised may hold the address, the body and a part of the key.
			raise self._named(error) from None

	async def close(self) -> None:
		await self._client.close()

	async def _open(self, path: str, request: dict[str, Any]) -> Any:
		"""The response, whose body is yet to come."""
		stream_class = self._sdk.AsyncStream[object]
		stream = await self._client.post(
			path, body=request, cast_to=object, stream=True, stream_cls=stream_class
		)
		return stream.response

	def _decode(self, events: list[bytes], decoder: Decoder) -> ProviderError | None:
		"""Returns the error instead of raising it: what came before it is to be shown first."""
		try:
			for data in events:
				decoder.decode(data)
		except Broken as broken:
			return broken.failure.error(self._name)
		except msgspec.DecodeError:
			return provider_error("network", self._name)
		return None

	def _end(self, events: EventStream, decoder: Decoder) -> list[Delta]:
		error = None if decoder.is_over else self._decode(events.end(), decoder)
		if error or not decoder.is_complete:
			raise error or provider_error("network", self._name)
		finish = decoder.finish()
		usage = [decoder.usage] if decoder.usage else []
		return [*decoder.pieces.take(), *usage, finish]

	def _named(self, error: Exception) -> Exception:
		"""aiohttp's error is looked for below the SDK's own, which takes a refused connection for a timeout."""
		if isinstance(error, ProviderError):
			return error
		if isinstance(error, self._sdk.APIStatusError):
			return Failure.of(_error(error.body), error.status_code, error.response.headers).error(self._name)
		causes = list(_causes(error))
		if isinstance(error, EventTooLong):
			return provider_error("network", self._name)
		if any(isinstance(cause, (asyncio.TimeoutError, TimeoutError)) for cause in causes):
			return provider_error("timeout", self._name)
		if any(isinstance(cause, (aiohttp.ClientError, OSError, self._sdk.APIError)) for cause in causes):
			return provider_error("network", self._name)
		return error


def _forget_environment(client: Any) -> None:
	"""Takes from a client what its SDK has found in variables of its vendor: it would go to whatever address."""
	client._custom_headers = {}
	for name in _FOUND.intersection(vars(client)):
		setattr(client, name, None)


@cache
def _trust(sdk: ModuleType) -> ssl.SSLContext:
	"""The certificates that the SDK's HTTP library trusts. Reading them takes 40 ms, and all clients can share them."""
	library = import_module(type(sdk.DEFAULT_CONNECTION_LIMITS).__module__.partition(".")[0])
	context: ssl.SSLContext = library.create_ssl_context()
	return context


def _error(body: Any) -> Any:
	"""The error object in the body of a refusal: of OpenAI (the SDK has taken it out), Anthropic or Gemini (in a list)."""
	first = body[0] if isinstance(body, list) and body else body
	return first.get("error", first) if isinstance(first, dict) else first


def _causes(error: BaseException | None) -> Iterator[BaseException]:
	while error is not None:
		yield error
		error = error.__cause__


async def _drain(chunks: AsyncIterator[bytes]) -> None:
	async def exhaust() -> None:
		async for _ in chunks:
			pass

	# Whatever goes wrong now, the answer is whole.
	with suppress(Exception):
		await asyncio.wait_for(exhaust(), _DRAIN)
