"""Many requests in one: which of them may be done, in which order, and how they are answered together."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct

from ai_assistant.core import requests
from ai_assistant.core.envelope import Envelope, failure
from ai_assistant.core.errors import InvalidRequest, MalformedRequest, NotFound, NotPermitted, RequestError
from ai_assistant.core.message_params import Name
from ai_assistant.core.methods import PATH, RUNS, USE_CASES, UseCase

MOST = 20
"""Requests in one batch."""

AT_ONCE = 4
"""Requests of one batch that are under way at the same time."""

_USE_CASES = USE_CASES | RUNS

_PART_OF_ONE = {"message_id", "task_id"}


class BatchRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `batch`."""

	requests: list[Any]
	"""Each a BatchEntry; one that is not fails alone."""


class _Identified(Struct):
	id: Name | int


class BatchEntry(_Identified, forbid_unknown_fields=True):
	"""One request of a batch, by `path` (with or without a query) or by `name`."""

	method: str | None = None
	path: str | None = None
	name: str | None = None
	params: dict[str, Any] = {}


class BatchResponse(Struct):
	"""What the method would have answered alone. `id` is null where the entry has none that can be used."""

	id: str | int | None
	status: int
	body: dict[str, Any]


class BatchData(Struct):
	responses: list[BatchResponse]
	count: int
	timestamp: str


class BatchReply(Struct):
	data: BatchData
	success: bool = True


@dataclass(frozen=True)
class Call:
	"""An entry that can be done. `touches`: the conversation; None for what may be in any of them."""

	position: int
	name: str
	use_case: UseCase
	request: Struct
	touches: str | None
	writes: bool

	@property
	def is_awaited(self) -> bool:
		"""Whether the run that it starts is to be waited for."""
		return self.name in RUNS and not getattr(self.request, "stream", False)

	def follows(self, earlier: Call) -> bool:
		"""Whether that one must have been answered before this one begins."""
		may_meet = None in (self.touches, earlier.touches) or self.touches == earlier.touches
		return may_meet and (self.writes or earlier.writes)


class Batch:
	"""A batch that is being done. Its host begins what `begin` gives it, and tells each answer to `end`."""

	def __init__(self, request: BatchRequest):
		"""Raises MalformedRequest for too many requests."""
		if len(request.requests) > MOST:
			raise MalformedRequest(
				f"A batch holds up to {MOST} requests; this one has {len(request.requests)}."
			)
		self._ids: list[str | int | None] = []
		self._answers: dict[int, Envelope] = {}
		self._waiting: list[Call] = []
		self._under_way: list[Call] = []
		for position, given in enumerate(request.requests):
			self._add(position, given)

	def _add(self, position: int, given: Any) -> None:
		"""What cannot be done is answered already."""
		self._ids.append(None)
		try:
			id = _id(given)
			if id in self._ids:
				raise InvalidRequest("Another request of this batch has the same id - at `$.id`.")
			self._ids[position] = id
			self._waiting.append(_call(position, requests.parse(BatchEntry, given)))
		except RequestError as error:
			self._answers[position] = failure(error)

	@property
	def is_answered(self) -> bool:
		return len(self._answers) == len(self._ids)

	def begin(self) -> list[Call]:
		"""The calls to be begun now, each of them given once."""
		begun: list[Call] = []
		for place, call in enumerate(self._waiting):
			earlier = self._under_way + self._waiting[:place]
			if len(self._under_way) + len(begun) < AT_ONCE and not any(map(call.follows, earlier)):
				begun.append(call)
		self._waiting = [call for call in self._waiting if call not in begun]
		self._under_way += begun
		return begun

	def end(self, call: Call, answer: Envelope) -> None:
		self._under_way.remove(call)
		self._answers[call.position] = answer

	def reply(self) -> BatchReply:
		"""The answers in the order in which they were asked for, once all are there."""
		answers = [self._answers[position] for position in range(len(self._ids))]
		responses = [
			BatchResponse(id, answer.status, answer.body)
			for id, answer in zip(self._ids, answers, strict=True)
		]
		now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
		return BatchReply(BatchData(responses, len(responses), now))


def _id(given: Any) -> str | int:
	if not isinstance(given, dict):
		raise InvalidRequest("A request of a batch is an object.")
	return requests.parse(_Identified, given).id


def _call(position: int, entry: BatchEntry) -> Call:
	"""Raises RequestError for what its method would refuse unread."""
	name, query = _asked(entry)
	use_case = _USE_CASES.get(name)
	if use_case is None:
		raise NotFound("There is no such method, or none that goes into a batch.")
	verb = (entry.method or use_case.verbs[0]).upper()
	if verb not in use_case.verbs:
		raise NotPermitted(f"This method answers {' and '.join(use_case.verbs)}.")
	is_form = verb == "GET" or bool(query)
	request = requests.parse(use_case.request, query | entry.params, is_form=is_form)
	writes = "GET" not in use_case.verbs
	return Call(position, name, use_case, request, _touched(request, position, writes), writes)


def _asked(entry: BatchEntry) -> tuple[str, dict[str, str]]:
	"""The method's name, and the parameters in its path."""
	match entry.path, entry.name:
		case None, str(name):
			return name, {}
		case str(path), None:
			before, _, query = path.partition("?")
			name = before.removeprefix(PATH) if before.startswith(PATH) else ""
			return name, dict(parse_qsl(query, keep_blank_values=True))
	raise InvalidRequest("Send either `path` or `name`.")


def _touched(request: Struct, position: int, writes: bool) -> str | None:
	if given := requests.conversation_id(getattr(request, "conversation_id", None)):
		return given
	fields: Set[str] = set(request.__struct_fields__)
	makes_one = writes and "conversation_id" in fields and not fields & _PART_OF_ONE
	return f"new at {position}" if makes_one else None
