"""Whether a site of a bench can answer, and what to do if not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial

import frappe
from frappe.utils.background_jobs import get_queue, get_queues_timeout, get_workers
from frappe.utils.scheduler import get_scheduler_tick, is_scheduler_inactive
from redis.exceptions import RedisError
from rq import Worker

from ai_assistant.core.doctor import Finding, examined, examined_providers
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.journal import REALTIME_CHANNEL
from ai_assistant.core.queue import Queue
from ai_assistant.core.settings import Settings
from ai_assistant.hosts.frappe.hop import JOB, engine_queue
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.settings import load_settings

_SOON = 60
"""Seconds between two looks of the scheduler, with which a lost run is taken up in a minute."""

_HTTP_TIMEOUT = 120
"""Seconds of a request that bench gives gunicorn and nginx where `http_timeout` is not set."""

_PROCESS = "run `bench --site {0} ai-assistant worker` as a process of its own (docs/frappe.md)"


def examine() -> Iterator[Finding]:
	"""Of the site that `frappe` is connected to; each as soon as it is found."""
	yield examined("redis", _redis, "Check redis_queue in common_site_config.json.", (RedisError,))
	yield examined("worker", _worker, f"Start `bench worker`, or {_own_process()}.", (RedisError,))
	yield examined("realtime", _realtime, "Start the bench's socketio process.", (RedisError,))
	yield examined("scheduler", _scheduler, "Enable it: `bench enable-scheduler`. It takes up lost runs.")
	try:
		settings = load_settings()
	except Exception as error:  # whatever it is, no run of this site can be carried
		yield Finding(
			"settings", f"They cannot be read: {error}.", f"Try `bench --site {frappe.local.site} migrate`."
		)
		return
	yield examined("web", partial(_web, settings), "Set *Wait* in AI Assistant Settings below http_timeout.")
	if not settings.providers:
		yield Finding("providers", "There is none.", "Add an AI Provider on the desk and enable it.")
	yield from asyncio.run(examined_providers(settings.providers))


def _own_process() -> str:
	return _PROCESS.format(frappe.local.site)


def _redis() -> str:
	server = queue_redis().info("server")
	return f"redis {server['redis_version']} answers"


def _worker() -> str:
	queue, wanted = Queue(queue_redis()), engine_queue()
	if wanted not in get_queues_timeout():
		raise ServiceUnavailable(f"AI Assistant Settings names the queue {wanted}, which this bench has not.")
	name = get_queue(wanted).name
	listening = [worker for worker in get_workers() if name in worker.queue_names()]
	if queue.has_engine() and not any(map(_is_hopping, listening)):
		return f"an engine is alive; {queue.length()} runs wait"
	if not listening:
		raise ServiceUnavailable(f"No worker listens to the queue {wanted}.")
	if len(listening) == 1:
		return f"one for {_queues(listening[0])}: they wait while it answers. Better {_own_process()}"
	return f"{len(listening)} workers listen to the queue {wanted}"


def _queues(worker: Worker) -> str:
	"""As the bench calls them: RQ's names begin with the bench's own."""
	return ", ".join(name.rpartition(":")[2] for name in worker.queue_names())


def _is_hopping(worker: Worker) -> bool:
	"""Whether the engine that is alive is one of its jobs."""
	job = worker.get_current_job()
	return job is not None and job.kwargs.get("job_name") == JOB


def _web(settings: Settings) -> str:
	wait, timeout = settings.limits.wait, frappe.conf.http_timeout or _HTTP_TIMEOUT
	if wait >= timeout:
		raise ServiceUnavailable(f"Requests end after {timeout} s, and may wait {wait:.0f} s for an answer.")
	return f"requests wait {wait:.0f} s for an answer, and end after {timeout} s"


def _realtime() -> str:
	listeners = dict(queue_redis().pubsub_numsub(REALTIME_CHANNEL))
	if not next(iter(listeners.values()), 0):
		raise ServiceUnavailable("Nobody forwards events to browsers and programs.")
	return "the realtime service listens"


def _scheduler() -> str:
	if is_scheduler_inactive(verbose=False):
		raise ServiceUnavailable("It is disabled or paused.")
	seconds = get_scheduler_tick()
	if seconds > _SOON:
		return f'looks each {seconds} s, and so late at a lost run. Better "scheduler_tick_interval": {_SOON} in common_site_config.json'
	return f"looks each {seconds} s"
