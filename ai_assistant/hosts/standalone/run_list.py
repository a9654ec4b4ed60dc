"""The runs of a site as its administrators see them, and how it does. Nothing of what was said is read."""

from __future__ import annotations

import time
from statistics import median

import msgspec
from sqlalchemy import Engine, Select, and_, func, or_, select

from ai_assistant.core.errors import InvalidRequest, NotFound
from ai_assistant.core.run import RunResult
from ai_assistant.hosts.standalone.admin_replies import RunEntry, RunPage
from ai_assistant.hosts.standalone.admin_requests import RunsRequest
from ai_assistant.hosts.standalone.database import Database
from ai_assistant.hosts.standalone.tables import runs

_HOUR = 3_600.0

_NEWEST = 100
"""Answers of which the time to the first event is told."""

_STATES = {"queued": ("waiting", "queued")}
"""What clients know under another name."""

_COLUMNS = (
	runs.c.id,
	runs.c.user,
	runs.c.conversation_id,
	runs.c.state,
	runs.c.attempts,
	runs.c.created,
	runs.c.result,
)
_OWNER = select(runs.c.user)
_RESULTS = (
	select(runs.c.result).where(runs.c.state == "completed").order_by(runs.c.created.desc()).limit(_NEWEST)
)
_ACTIVE = (
	select(runs.c.state, func.count().label("number"))
	.where(runs.c.state.in_(("waiting", "queued", "running")))
	.group_by(runs.c.state)
)
_ENDED = select(runs.c.state, func.count().label("number")).where(runs.c.state.in_(("completed", "failed")))

_result = msgspec.json.Decoder(RunResult)


class RunList:
	"""Raises ServiceUnavailable without a database."""

	def __init__(self, engine: Engine):
		self._database = Database(engine)

	def page(self, request: RunsRequest) -> RunPage:
		"""Newest first. Raises InvalidRequest for a cursor from elsewhere."""
		with self._database.read() as connection:
			found = connection.execute(_query(request)).all()
		entries = [
			_entry(
				RunEntry(row.id, row.user, row.conversation_id, row.state, row.attempts, row.created),
				row.result,
			)
			for row in found
		]
		last = entries[-1] if len(entries) == request.limit else None
		return RunPage(entries, f"{last.created!r}_{last.task_id}" if last else None)

	def owner(self, task_id: str) -> str:
		"""Raises NotFound."""
		with self._database.read() as connection:
			user = connection.execute(_OWNER.where(runs.c.id == task_id)).scalar()
		if user is None:
			raise NotFound("There is no such run.")
		return str(user)

	def counts(self) -> dict[str, int]:
		"""By state: those under way, and those asked for within an hour that have ended."""
		with self._database.read() as connection:
			active = connection.execute(_ACTIVE).all()
			since = runs.c.created > time.time() - _HOUR
			ended = connection.execute(_ENDED.where(since).group_by(runs.c.state)).all()
		return {row.state: row.number for row in (*active, *ended)}

	def first_event_ms(self) -> int | None:
		"""The median of the newest answers, from the request on; None if there are none."""
		with self._database.read() as connection:
			results = [_result.decode(text) for text in connection.execute(_RESULTS).scalars() if text]
		times = [result.timing.first_event_ms for result in results]
		known = [milliseconds for milliseconds in times if milliseconds is not None]
		return round(median(known)) if known else None


def _query(request: RunsRequest) -> Select[tuple[object, ...]]:
	query = select(*_COLUMNS).order_by(runs.c.created.desc(), runs.c.id.desc()).limit(request.limit)
	if request.status:
		query = query.where(runs.c.state.in_(_STATES.get(request.status, (request.status,))))
	if request.user:
		query = query.where(runs.c.user == request.user)
	if request.cursor:
		created, id = _cursor(request.cursor)
		query = query.where(or_(runs.c.created < created, and_(runs.c.created == created, runs.c.id < id)))
	return query


def _cursor(text: str) -> tuple[float, str]:
	created, _, id = text.partition("_")
	try:
		return float(created), id
	except ValueError:
		raise InvalidRequest("The cursor is not one that this method gave - at `$.cursor`.") from None


def _entry(entry: RunEntry, result: str | None) -> RunEntry:
	if entry.status == "waiting":
		entry.status = "queued"
	if result is None:
		return entry
	ended = _result.decode(result)
	entry.provider, entry.model = ended.provider, ended.model
	entry.first_event_ms = ended.timing.first_event_ms
	entry.duration_ms = ended.timing.duration_ms
	entry.total_tokens = ended.usage.total_tokens
	entry.cost, entry.finish_reason = ended.cost, ended.finish_reason
	entry.code, entry.error = ended.code, ended.error
	return entry
