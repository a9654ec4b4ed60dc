"""The simulator's HTTP side: one handler for every wire, and the pace of its streams."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import msgspec
from aiohttp import web

from tests.simulator.answer import STAMP
from tests.simulator.behaviour import Behaviour
from tests.simulator.chat_completions import ChatCompletions
from tests.simulator.log import Ending, Request, RequestLog
from tests.simulator.messages import Messages
from tests.simulator.responses import Responses
from tests.simulator.wire import CREATED, Failure, Order, Script, Wire

BAD_KEY = "bad-key"
"""The one key that is refused."""

SHORTEST_PAUSE = 0.01
"""Seconds between two writes of one stream; at higher rates several deltas share a write."""

_BATCH = 64
"""Deltas in one write when they are sent flat out."""

_LARGEST_BODY = 64 * 1024 * 1024
_KEY_HEADERS = ("authorization", "x-api-key", "api-key")
_STAMP = STAMP.encode()


class Server:
	"""The routes of one simulator. It keeps no state but its log and how often a model name has failed."""

	def __init__(self, log: RequestLog):
		self.log = log
		self._failures: Counter[str] = Counter()

	def application(self) -> web.Application:
		application = web.Application(client_max_size=_LARGEST_BODY)
		for wire in (ChatCompletions(), Responses(), Messages()):
			application.router.add_post(wire.path, self._handler(wire))
		application.router.add_get("/v1/models", _models)
		application.router.add_get("/log", self._show_log)
		return application

	def _handler(self, wire: Wire) -> Any:
		async def handle(request: web.Request) -> web.StreamResponse:
			body = await request.json(loads=msgspec.json.decode)
			record = Request(request.path, str(body.get("model")), body, _headers(request), time.monotonic())
			self.log.add(record)
			try:
				return await self._answer(request, wire, record)
			except (asyncio.CancelledError, ConnectionError):
				if record.ending is None:
					self.log.end(record, "closed by client")
				raise

		return handle

	async def _answer(self, request: web.Request, wire: Wire, record: Request) -> web.StreamResponse:
		if _key(request) in ("", BAD_KEY):
			return self._refuse(record, wire, wire.failure("401"))
		try:
			behaviour = self._behaviour(record.model)
			failure = wire.failure(behaviour.error or "500")
		except ValueError as error:
			return self._refuse(record, wire, Failure(404, "not_found_error", "model_not_found", str(error)))
		if behaviour.refusal:
			return self._refuse(record, wire, failure, behaviour.retry_after)
		order = Order(record.model, behaviour, wire.included(record.body))
		if not record.body.get("stream"):
			return await self._whole(record, wire, order)
		return await self._stream(request, record, wire, order, failure)

	def _behaviour(self, model: str) -> Behaviour:
		behaviour = Behaviour.parse(model)
		if not behaviour.fail_times:
			return behaviour
		self._failures[model] += 1
		return behaviour if self._failures[model] <= behaviour.fail_times else behaviour.healthy()

	def _refuse(self, record: Request, wire: Wire, failure: Failure, retry_after: str = "") -> web.Response:
		self.log.end(record, "refused")
		headers = {"Retry-After": retry_after} if retry_after else None
		return web.json_response(wire.refusal(failure), status=failure.status, headers=headers)

	async def _whole(self, record: Request, wire: Wire, order: Order) -> web.Response:
		behaviour = order.behaviour
		streaming = order.answer.tokens / behaviour.rate if behaviour.rate else 0.0
		await asyncio.sleep(behaviour.delay + streaming)
		self.log.end(record, "completed")
		return web.json_response(wire.whole(order))

	async def _stream(
		self, request: web.Request, record: Request, wire: Wire, order: Order, failure: Failure
	) -> web.StreamResponse:
		script, behaviour = _script(wire, order), order.behaviour
		response = web.StreamResponse(
			headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
		)
		await response.prepare(request)
		await response.write(script.opening)
		await asyncio.sleep(behaviour.delay)
		kind, after = behaviour.broken or (None, len(script.deltas))
		await self._deltas(response, record, script.deltas[:after], behaviour.rate)
		ending: Ending = "broken off"
		if kind == "malformed":
			await response.write(wire.malformed())
			await self._deltas(response, record, script.deltas[after:], behaviour.rate)
		if kind in (None, "malformed"):
			await response.write(_stamped(script.closing))
			ending = "completed"
		elif kind == "error":
			await response.write(wire.error_event(failure))
		elif kind == "failed":
			await response.write(wire.failed_event(order, failure))
		elif kind == "stall":
			await asyncio.Event().wait()
		self.log.end(record, ending)
		if kind == "cut" and request.transport is not None:
			request.transport.close()
		else:
			await response.write_eof()
		return response

	async def _deltas(
		self, response: web.StreamResponse, record: Request, deltas: tuple[bytes, ...], rate: float
	) -> None:
		"""Sends them at `rate` per second by the clock: what a late write missed goes out with the next."""
		clock, sent = asyncio.get_running_loop().time, 0
		start = clock()
		while sent < len(deltas):
			due = int((clock() - start) * rate) + 1 if rate else sent + _BATCH
			batch = deltas[sent:due]
			await response.write(_stamped(b"".join(batch)))
			self.log.wrote(record, len(batch))
			sent += len(batch)
			if rate and sent < len(deltas):
				await asyncio.sleep(max(start + sent / rate - clock(), SHORTEST_PAUSE))

	async def _show_log(self, request: web.Request) -> web.Response:
		return web.json_response([asdict(entry) for entry in self.log.of(request.query.get("model"))])


@lru_cache(maxsize=256)
def _script(wire: Wire, order: Order) -> Script:
	return wire.script(order)


def _stamped(frames: bytes) -> bytes:
	return frames.replace(_STAMP, b"%020d" % time.monotonic_ns()) if _STAMP in frames else frames


async def _models(request: web.Request) -> web.Response:
	model = {"id": "sim", "object": "model", "created": CREATED, "owned_by": "simulator"}
	model |= {"type": "model", "display_name": "Simulator", "created_at": "2025-10-09T08:53:20Z"}
	return web.json_response(
		{"object": "list", "data": [model], "has_more": False, "first_id": "sim", "last_id": "sim"}
	)


def _key(request: web.Request) -> str:
	given = next((request.headers[name] for name in _KEY_HEADERS if name in request.headers), "")
	return given.removeprefix("Bearer ").strip()


def _headers(request: web.Request) -> dict[str, str]:
	named = ((name.lower(), value) for name, value in request.headers.items())
	return {name: value for name, value in named if name not in _KEY_HEADERS}
