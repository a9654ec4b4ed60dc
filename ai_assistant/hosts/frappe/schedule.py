"""What the scheduler does for a site."""

from __future__ import annotations

import frappe

from ai_assistant.core.orphans import requeue_orphans
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.hop import wake
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.store import FrappeStore


def every_minute() -> None:
	"""Queues again what no engine has, and wakes one if runs wait."""
	queue = Queue(queue_redis())
	requeue_orphans(frappe.local.site, FrappeStore(), queue)
	if queue.needs_engine():
		wake()
