"""Clients of a site's Redis: one for threads, one for an event loop."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from redis import BlockingConnectionPool, ConnectionPool, Redis
from redis.asyncio import BlockingConnectionPool as AsyncBlockingConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio import UnixDomainSocketConnection
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialBackoff
from redis.client import Pipeline
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

LONGEST_BLOCK = 2.0
"""Seconds that a command may ask Redis to wait: less than an answer may take."""

FOREVER = 86_400.0
"""Seconds for which a subscription waits, where none would mean as long as for an answer."""

_ANSWER = 5.0
"""Seconds for Redis to accept a connection and to answer a command. One that stalls is as good as away."""

_RESPITE = 1.0
"""Seconds for which a Redis that has stalled is not asked."""

_PATIENCE = 10.0
"""Seconds to wait for a connection when all are in use."""

_CONNECTIONS = 200
"""Of one process. Whoever needs one more waits up to `_PATIENCE` for it."""

_RETRIES = 3
"""Of what a lost connection interrupted. A stalled Redis is not asked again: that would multiply the wait."""

_RETRIED = (RedisConnectionError,)

_SILENCE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
"""Seconds, and unanswered probes, after which a connection counts as lost whose other end has vanished."""


def sync_client(url: str) -> Redis:
	"""A client for many threads. Raises redis.TimeoutError where Redis does not answer within some seconds."""
	retry = Retry(_backoff(), _RETRIES, _RETRIED)
	pool = BlockingConnectionPool.from_url(url, **_options(url), retry=retry)
	return _Client(pool)


def async_client(url: str) -> AsyncRedis:
	"""The same for one event loop."""
	return _async_client(url, _options(url))


def listening_client(url: str) -> AsyncRedis:
	"""For one event loop, and nothing but subscriptions: it waits without end, so that no message needs a timer."""
	return _async_client(url, _options(url) | {"socket_timeout": None})


def _async_client(url: str, options: dict[str, Any]) -> AsyncRedis:
	retry = AsyncRetry(_backoff(), _RETRIES, _RETRIED)
	pool = AsyncBlockingConnectionPool.from_url(url, **options, retry=retry)
	if url.startswith("unix:"):
		pool.connection_class = _SocketConnection
	client = AsyncRedis(connection_pool=pool)
	client.auto_close_connection_pool = True
	return client


class _SocketConnection(UnixDomainSocketConnection):
	"""Older versions of the library name the host of a connection that has timed out, which a socket lacks."""

	host = port = ""


class _Guard:
	"""Where Redis has stalled, one thread at a time finds out whether it goes on; the others are refused at once, so that
	they are free for what needs no Redis.
	"""

	_stalled_until = 0.0
	"""Monotonic seconds; 0 while Redis answers."""

	@contextmanager
	def asking(self) -> Iterator[None]:
		now = time.monotonic()
		if now < self._stalled_until:
			raise RedisTimeoutError("Redis did not answer a moment ago.")
		if self._stalled_until:
			self._stalled_until = now + _ANSWER
		stalled_until = 0.0
		try:
			yield
		except RedisTimeoutError:
			stalled_until = time.monotonic() + _RESPITE
			raise
		finally:
			self._stalled_until = stalled_until


class _Client(Redis):
	"""Closing it closes its connections, which older versions of the library leave to the garbage collector."""

	def __init__(self, pool: BlockingConnectionPool):
		super().__init__(connection_pool=pool)
		self._guard = _Guard()

	def execute_command(self, *arguments: Any, **options: Any) -> Any:
		execute: Callable[..., Any] = super().execute_command
		with self._guard.asking():
			return execute(*arguments, **options)

	def pipeline(self, transaction: Any = True, shard_hint: Any = None) -> Pipeline:
		return _Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint, self._guard)

	def close(self) -> None:
		super().close()
		self.connection_pool.disconnect()


class _Pipeline(Pipeline):
	def __init__(
		self, pool: ConnectionPool, callbacks: Any, transaction: Any, shard_hint: Any, guard: _Guard
	):
		super().__init__(pool, callbacks, transaction, shard_hint)
		self._guard = guard

	def execute(self, raise_on_error: bool = True) -> list[Any]:
		with self._guard.asking():
			return super().execute(raise_on_error)


def _backoff() -> ExponentialBackoff:
	return ExponentialBackoff(cap=0.5, base=0.01)


def _options(url: str) -> dict[str, Any]:
	options: dict[str, Any] = {
		"max_connections": _CONNECTIONS,
		"timeout": _PATIENCE,
		"socket_timeout": _ANSWER,
		"health_check_interval": 30,
		"retry_on_error": list(_RETRIED),
	}
	if not url.startswith("unix:"):
		probes = {getattr(socket, name): value for name, value in _SILENCE.items() if hasattr(socket, name)}
		options |= {
			"socket_connect_timeout": _ANSWER,
			"socket_keepalive": True,
			"socket_keepalive_options": probes,
		}
	return options
