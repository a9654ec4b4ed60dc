"""What the scheduler does for a site."""

from __future__ import annotations

import frappe

from ai_assistant.core.journal import Journal
from ai_assistant.core.orphans import requeue_orphans
from ai_assistant.core.queue import Queue
from ai_assistant.core.waiting import WaitingRuns
from ai_assistant.hosts.frappe.hop import wake
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.settings import web_settings
from ai_assistant.hosts.frappe.store import FrappeStore


def every_minute() -> None:
	"""Queues again what was set aside in maintenance and what no engine has, and wakes one if runs wait."""
	site, store, settings, redis = frappe.local.site, FrappeStore(), web_settings(), queue_redis()
	queue = Queue(redis)
	waiting = WaitingRuns(site, store, settings.limits, queue, Journal(redis, settings.retention))
	queue.recall(site)
	requeue_orphans(site, store, queue, waiting)
	if queue.needs_engine():
		wake()
