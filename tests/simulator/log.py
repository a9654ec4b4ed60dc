"""What the simulator was asked, and how each request ended."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from typing import Any, Literal

Ending = Literal["completed", "refused", "broken off", "closed by client"]

_KEPT = 10_000


@dataclass
class Request:
	"""One request. Times are seconds of `time.monotonic()`, which processes of one machine share."""

	path: str
	model: str
	body: dict[str, Any]
	headers: dict[str, str]
	"""Names in lower case, without the key."""
	started: float
	ended: float | None = None
	ending: Ending | None = None
	"""Broken off: the failure that the model name orders happened in the middle of the stream."""
	deltas: int = 0
	"""Deltas written so far."""


class RequestLog:
	"""The newest requests, oldest first. Written by the server's thread, read by any."""

	def __init__(self) -> None:
		self._requests: deque[Request] = deque(maxlen=_KEPT)
		self._changed = Condition()
		self._waiting = 0

	def of(self, model: str | None = None) -> list[Request]:
		"""The requests with exactly this model name; without one, all."""
		with self._changed:
			return [request for request in self._requests if model in (None, request.model)]

	def add(self, request: Request) -> None:
		with self._changed:
			self._requests.append(request)
			self._changed.notify_all()

	def wrote(self, request: Request, deltas: int) -> None:
		request.deltas += deltas
		if self._waiting:
			self._notify()

	def end(self, request: Request, ending: Ending) -> None:
		request.ended, request.ending = time.monotonic(), ending
		self._notify()

	def wait(self, model: str, ready: Callable[[Request], bool], timeout: float) -> Request:
		"""The first request with this model name that is ready; raises TimeoutError after `timeout` seconds."""

		def found() -> Request | None:
			return next((request for request in self.of(model) if ready(request)), None)

		with self._changed:
			self._waiting += 1
			request = self._changed.wait_for(found, timeout)
			self._waiting -= 1
		if request is None:
			raise TimeoutError(f"Waited {timeout} s in vain; the requests of {model!r}: {self.of(model)}")
		return request

	def _notify(self) -> None:
		with self._changed:
			self._changed.notify_all()
