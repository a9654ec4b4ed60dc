"""Runs that the store knows as going on, but no queue and no engine has: Redis came back without its data, or nobody
lived to say that it is their turn."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from ai_assistant.core.queue import Queue, QueuedRun
from ai_assistant.core.run import Run
from ai_assistant.core.store import Store
from ai_assistant.core.waiting import WaitingRuns

_AGE = 10.0
"""Seconds after which a run must have reached the queue."""

_GRACE = 3.0
"""Seconds within which a living engine claims again what Redis has forgotten; more than two of its signs of life."""

_PAGE = 1_000
"""Runs that are read at once."""

_log = logging.getLogger(__name__)


def requeue_orphans(
	site: str,
	store: Store,
	queue: Queue,
	waiting: WaitingRuns,
	age: float = _AGE,
	grace: float = _GRACE,
) -> int:
	"""Puts a site's orphaned runs on the queue and returns how many. Takes `grace` seconds if there are any.

	Does nothing if another process is at it.
	"""
	if not queue.lock_orphans(site, grace + _GRACE):
		return 0
	missing = _missing(site, store, queue, age)
	if missing:
		time.sleep(grace)
		missing &= _missing(site, store, queue, age)
	for queued in missing:
		_log.warning("run %s was in no queue and is queued again", queued.run_id)
		queue.put(queued)
	return len(missing) + _free_waiting(store, waiting, age)


def _missing(site: str, store: Store, queue: Queue, age: float) -> set[QueuedRun]:
	unfinished = {QueuedRun(site, run.id) for run in _unfinished(store, age) if run.state != "waiting"}
	return unfinished - queue.known() if unfinished else set()


def _free_waiting(store: Store, waiting: WaitingRuns, age: float) -> int:
	users = {run.user for run in _unfinished(store, age) if run.state == "waiting"}
	return sum(waiting.free(user) for user in users)


def _unfinished(store: Store, age: float) -> Iterator[Run]:
	before, last = time.time() - age, None
	while page := store.unfinished_runs(before, _PAGE, last):
		yield from page
		last = page[-1]
