"""The assistant of the site that `frappe` is connected to."""

from __future__ import annotations

import frappe

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.journal import Journal
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.hop import try_to_wake
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.roles import roles_of
from ai_assistant.hosts.frappe.settings import web_settings
from ai_assistant.hosts.frappe.store import FrappeStore


def site_assistant() -> Assistant:
	settings, redis = web_settings(), queue_redis()
	journal = Journal(redis, settings.retention)
	return Assistant(frappe.local.site, FrappeStore(), settings, Queue(redis), journal, try_to_wake, roles_of)
