"""The engine in a process of its own, for benches with much to do."""

from __future__ import annotations

import asyncio

from ai_assistant.core.log import begin_log
from ai_assistant.hosts.frappe.context import connected
from ai_assistant.hosts.frappe.redis import queue_url
from ai_assistant.hosts.frappe.settings import load_settings
from ai_assistant.hosts.frappe.worker import FOR_GOOD, BenchWorker


def run_worker(site: str) -> None:
	"""Serves every site of the bench, with the engine's settings of this one. Returns after SIGTERM or SIGINT."""
	begin_log("ai-assistant")
	with connected(site):
		settings, url = load_settings(), queue_url()
	worker = BenchWorker(url, settings, FOR_GOOD, must_stop=lambda: False, hand_over=None)
	asyncio.run(worker.work())
