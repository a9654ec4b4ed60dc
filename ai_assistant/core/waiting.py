"""Runs that wait for another one of their user to end: what their clients hear meanwhile, and how they go on."""

from __future__ import annotations

from ai_assistant.core.emission import Emission
from ai_assistant.core.events import Status, decode
from ai_assistant.core.journal import Address, Journal
from ai_assistant.core.queue import Queue, QueuedRun
from ai_assistant.core.replay import position
from ai_assistant.core.run import Run, RunResult
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Store, Turnover


class WaitingRuns:
	"""Those of one site. Raises RedisError, and ServiceUnavailable while the database is away."""

	def __init__(self, site: str, store: Store, limits: Limits, queue: Queue, journal: Journal):
		self._site = site
		self._store = store
		self._limits = limits
		self._queue = queue
		self._journal = journal

	def begin(self, run: Run) -> None:
		self._tell(run, 0)

	def finish(self, run_id: str, result: RunResult, only_waiting: bool = False) -> Run | None:
		"""As Store.finish_run; those that waited for this run go on."""
		finished = self._store.finish_run(run_id, result, self._limits, only_waiting)
		if finished is None:
			return None
		self._turn_over(finished.turnover)
		return finished.run

	def free(self, user: str) -> int:
		"""Looks whose turn it is; how many went on."""
		turnover = self._store.free_waiting(user, self._limits)
		self._turn_over(turnover)
		return len(turnover.freed)

	def _turn_over(self, turnover: Turnover) -> None:
		"""Queues those whose turn it is, and tells the others when their position is another."""
		for run in turnover.freed:
			self._tell_change(run)
			self._queue.put(QueuedRun(self._site, run.id))
		for run in turnover.waiting:
			self._tell_change(run)

	def _tell_change(self, run: Run) -> None:
		"""A position only falls: where another process tells one at the same moment, the lower one is told last."""
		while newest := self._journal.newest(self._address(run)):
			event = decode(newest.event)
			attempt, seq = position(newest.cursor)
			if attempt > 0 or not isinstance(event, Status) or not isinstance(event.position, int):
				return
			if event.position <= run.position:
				return
			self._tell(run, seq)

	def _tell(self, run: Run, seq: int) -> None:
		emission = Emission(self._address(run), run.conversation_id, run.created, attempt=0)
		emission.seq = seq
		emission.add_status("queued", position=run.position)
		self._journal.append(emission.take(0))

	def _address(self, run: Run) -> Address:
		return Address(self._site, run.user, run.id)
