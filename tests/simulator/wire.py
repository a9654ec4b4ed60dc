"""What every simulated wire can do: put an answer, or a failure, into bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tests.simulator.answer import Answer
from tests.simulator.behaviour import Behaviour

CREATED = 1_760_000_000
"""When every answer was made, in Unix seconds: nothing on the wire changes from run to run."""

FIXTURES = Path(__file__).parent.parent / "fixtures" / "wire"

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Order:
	"""One request, without what makes no difference to the answer; `include` is what it asks for beside it."""

	model: str
	behaviour: Behaviour
	include: frozenset[str]

	@cached_property
	def answer(self) -> Answer:
		return Answer.to(self.behaviour)


@dataclass(frozen=True)
class Script:
	"""A stream, ready to be sent: each of `deltas` is one delta with the events that lead up to it."""

	opening: bytes
	deltas: tuple[bytes, ...]
	closing: bytes


@dataclass(frozen=True)
class Failure:
	"""Why a provider refuses or breaks off; `type` and `code` are its own names for that."""

	status: int
	type: str
	code: str | None
	message: str


@dataclass(frozen=True)
class Block:
	"""Deltas that belong together, with the events that begin and end their part of the stream."""

	begin: list[dict[str, Any]]
	deltas: list[dict[str, Any]]
	end: list[dict[str, Any]]


class Wire(Hashable, Protocol):
	path: str

	def included(self, body: dict[str, Any]) -> frozenset[str]:
		"""What the request asks for beside the answer itself."""

	def script(self, order: Order) -> Script:
		"""The answer as a stream."""

	def whole(self, order: Order) -> dict[str, Any]:
		"""The answer as one JSON body."""

	def failure(self, name: str) -> Failure:
		"""The failure of that HTTP status or name. Raises ValueError for a name it does not know."""

	def refusal(self, failure: Failure) -> dict[str, Any]:
		"""The JSON body of an HTTP response that refuses the request."""

	def error_event(self, failure: Failure) -> bytes:
		"""The failure in the middle of a stream."""

	def failed_event(self, order: Order, failure: Failure) -> bytes:
		"""The failure as the answer's own last event, where the wire has such a thing."""

	def malformed(self) -> bytes:
		"""An event whose data is not JSON."""


def script(
	opening: Iterable[dict[str, Any]],
	blocks: Iterable[Block],
	closing: Iterable[dict[str, Any]],
	encode: Callable[[dict[str, Any]], bytes],
) -> Script:
	"""The events of a stream, encoded in order and cut before every delta."""

	def encoded(events: Iterable[dict[str, Any]]) -> bytes:
		return b"".join(map(encode, events))

	head, lead, deltas = encoded(opening), b"", []
	for block in blocks:
		lead += encoded(block.begin)
		for delta in block.deltas:
			deltas.append(lead + encode(delta))
			lead = b""
		lead += encoded(block.end)
	return Script(head, tuple(deltas), lead + encoded(closing))


def replay(name: str) -> Script:
	"""The stream of that name in `tests/fixtures/wire`, one event as one delta. Raises FileNotFoundError."""
	events = re.findall(rb".*?(?:\r?\n){2}", (FIXTURES / f"{name}.sse").read_bytes(), re.DOTALL)
	return Script(b"", tuple(events), b"")


def data(value: Any) -> bytes:
	"""A server-sent event without a name."""
	return b"data: %b\n\n" % _encode(value)


def event(value: dict[str, Any]) -> bytes:
	"""A server-sent event named by its own `type`."""
	return b"event: %b\ndata: %b\n\n" % (value["type"].encode(), _encode(value))
