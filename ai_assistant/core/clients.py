"""Clients of a site's Redis: one for threads, one for an event loop."""

from __future__ import annotations

from typing import Any

from redis import BlockingConnectionPool, Redis
from redis.asyncio import BlockingConnectionPool as AsyncBlockingConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

_PATIENCE = 10.0
"""Seconds to connect, and to wait for a connection when all are in use."""

_CONNECTIONS = 200
"""Of one process. Whoever needs one more waits up to `_PATIENCE` for it."""

_RETRIES = 3


def sync_client(url: str) -> Redis:
	"""A client for many threads. Its reads wait as long as Redis is told to block."""
	pool = BlockingConnectionPool.from_url(url, **_options(url), retry=Retry(_backoff(), _RETRIES))
	return _Client(connection_pool=pool)


def async_client(url: str) -> AsyncRedis:
	"""The same for one event loop."""
	pool = AsyncBlockingConnectionPool.from_url(url, **_options(url), retry=AsyncRetry(_backoff(), _RETRIES))
	client = AsyncRedis(connection_pool=pool)
	client.auto_close_connection_pool = True
	return client


class _Client(Redis):
	"""Closing it closes its connections, which older versions of the library leave to the garbage collector."""

	def close(self) -> None:
		super().close()
		self.connection_pool.disconnect()


def _backoff() -> ExponentialBackoff:
	return ExponentialBackoff(cap=0.5, base=0.01)


def _options(url: str) -> dict[str, Any]:
	"""Newer clients end idle blocking reads by default, so no timeout is said; health checks find dead connections."""
	options: dict[str, Any] = {
		"max_connections": _CONNECTIONS,
		"timeout": _PATIENCE,
		"socket_timeout": None,
		"health_check_interval": 30,
		"retry_on_error": [RedisConnectionError, RedisTimeoutError],
	}
	if not url.startswith("unix:"):
		options |= {"socket_connect_timeout": _PATIENCE, "socket_keepalive": True}
	return options
