"""The bench's queue Redis, which also carries Frappe's realtime messages; its cache Redis may forget at any time."""

from __future__ import annotations

import os
from functools import lru_cache

import frappe
from redis import Redis

from ai_assistant.core.clients import sync_client


def queue_url() -> str:
	"""Without the user of RQ, who may touch nothing but jobs."""
	url: str = frappe.conf.redis_queue
	return url


def queue_redis() -> Redis:
	"""One client for all threads of this process."""
	return _client(queue_url(), os.getpid())


@lru_cache
def _client(url: str, _process: int) -> Redis:
	return sync_client(url)
