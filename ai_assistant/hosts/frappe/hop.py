"""The engine as a background job: it hops from job to job, so that none holds a worker for long."""

from __future__ import annotations

import asyncio
import logging
import os

import frappe
from frappe.utils.background_jobs import enqueue, get_queues_timeout, get_redis_conn
from rq import get_current_job

from ai_assistant.core.log import log_as_guest
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.redis import queue_redis, queue_url
from ai_assistant.hosts.frappe.settings import load_settings
from ai_assistant.hosts.frappe.worker import BenchWorker, Shift

JOB = "AI Assistant engine"

_SHIFT = Shift(taking=120.0, idle=15.0, longest=3_500.0)

_TIMEOUT = 3_600
"""Seconds after which RQ would end the job."""

_ON_ITS_WAY = 30.0
"""Seconds that a job is given to start before another one is enqueued."""

_QUEUES = ("ai", "long")
"""The first of these that the bench has."""

_log = logging.getLogger(__name__)


def wake() -> None:
	"""Enqueues a hop, unless one is on its way. Nothing if the worker process is there: its engine is alive."""
	queue = Queue(queue_redis())
	if not queue.lock_wake(_ON_ITS_WAY):
		return
	try:
		enqueue(hop, queue=engine_queue(), timeout=_TIMEOUT, job_name=JOB)
	except BaseException:
		queue.unlock_wake()
		raise


def engine_queue() -> str:
	wanted: str | None = frappe.db.get_single_value("AI Assistant Settings", "queue", cache=True)
	return wanted or next(name for name in _QUEUES if name in get_queues_timeout())


def hop() -> None:
	"""Carries runs of every site of the bench. Whatever goes wrong stays here: RQ must not run it again."""
	log_as_guest()
	try:
		_work()
	except Exception:
		_log.exception("the engine broke")


def _work() -> None:
	"""Nothing where no runs wait, or somebody takes them: a job may come long after it was asked for."""
	queue = Queue(queue_redis())
	queue.unlock_wake()
	if not queue.needs_engine():
		return
	settings, url, site = load_settings(), queue_url(), frappe.local.site
	frappe.db.close()
	worker = BenchWorker(url, settings, _SHIFT, _Orders(), lambda: _wake_from(site))
	asyncio.run(worker.work())


def try_to_wake() -> None:
	"""For a question that is on the queue already: where it fails, the scheduler tries again."""
	try:
		wake()
	except Exception:
		_log.exception("no engine could be woken; the scheduler will try again")


def _wake_from(site: str) -> None:
	"""In a thread of the engine."""
	from ai_assistant.hosts.frappe.context import connected

	with connected(site):
		wake()


class _Orders:
	"""Whether the worker of this job was told to stop, or is gone."""

	def __init__(self) -> None:
		self._parent = os.getppid()
		job = get_current_job()
		self._worker = job.worker_name if job else None
		self._redis = get_redis_conn()

	def __call__(self) -> bool:
		if os.getppid() != self._parent:
			return True
		key = f"rq:worker:{self._worker}"
		return bool(self._worker and self._redis.hget(key, "shutdown_requested_date"))
