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

from tests.simulator.behaviour import Behaviour
from tests.simulator.chat_completions import ChatCompletions
from tests.simulator.log import Request, RequestLog
from tests.simulator.messages import Messages
from tests.simulator.responses import Responses
from tests.simulator.stream import Stream
from tests.simulator.wire import CREATED, Failure, Order, Script, Wire, replay

BAD_KEY = "bad-key"
"""The one key that is refused."""

_LARGEST_BODY = 64 * 1024 * 1024
_KEY_HEADERS = ("authorization", "x-api-key", "api-key")


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
			entry = Request(request.path, str(body.get("model")), body, _headers(request), time.monotonic())
			self.log.add(entry)
			try:
				return await self._answer(request, wire, entry)
			except (asyncio.CancelledError, ConnectionError):
				if entry.ending is None:
					self.log.end(entry, "closed by client")
				raise

		return handle

	async def _answer(self, request: web.Request, wire: Wire, entry: Request) -> web.StreamResponse:
		if _key(request) in ("", BAD_KEY):
			return self._refuse(entry, wire, wire.failure("401"))
		try:
			behaviour = self._behaviour(entry.model)
			failure = wire.failure(behaviour.error or "500")
		except ValueError as error:
			return self._refuse(entry, wire, Failure(404, "not_found_error", "model_not_found", str(error)))
		if behaviour.refusal:
			return self._refuse(entry, wire, failure, behaviour.retry_after)
		order = Order(entry.model, behaviour, wire.included(entry.body))
		if not entry.body.get("stream"):
			return await self._whole(entry, wire, order)
		stream = Stream(request, entry, self.log)
		return await stream.send(_script(wire, order), behaviour, _interruption(wire, order, failure))

	def _behaviour(self, model: str) -> Behaviour:
		behaviour = Behaviour.parse(model)
		if not behaviour.fail_times:
			return behaviour
		self._failures[model] += 1
		return behaviour if self._failures[model] <= behaviour.fail_times else behaviour.healthy()

	def _refuse(self, entry: Request, wire: Wire, failure: Failure, retry_after: str = "") -> web.Response:
		self.log.end(entry, "refused")
		headers = {"Retry-After": retry_after} if retry_after else None
		return web.json_response(wire.refusal(failure), status=failure.status, headers=headers)

	async def _whole(self, entry: Request, wire: Wire, order: Order) -> web.Response:
		behaviour = order.behaviour
		streaming = order.answer.tokens / behaviour.rate if behaviour.rate else 0.0
		await asyncio.sleep(behaviour.delay + streaming)
		self.log.end(entry, "completed")
		return web.json_response(wire.whole(order))

	async def _show_log(self, request: web.Request) -> web.Response:
		return web.json_response([asdict(made) for made in self.log.of(request.query.get("model"))])


@lru_cache(maxsize=256)
def _script(wire: Wire, order: Order) -> Script:
	return replay(order.behaviour.replay) if order.behaviour.replay else wire.script(order)


def _interruption(wire: Wire, order: Order, failure: Failure) -> bytes:
	"""What the wire says at the place where the stream breaks."""
	kind = order.behaviour.broken and order.behaviour.broken[0]
	if kind == "error":
		return wire.error_event(failure)
	if kind == "failed":
		return wire.failed_event(order, failure)
	return wire.malformed() if kind == "malformed" else b""


async def _models(request: web.Request) -> web.Response:
	model = {"id": "sim", "object": "model", "created": CREATED, "owned_by": "simulator"}
	model |= {"type": "model", "display_name": "Simulator", "created_at": "2025-10-09T08:53:20Z"}
	return web.json_response(
		{"object": "list", "data": [model], "has_more": False, "first_id": "sim", "last_id": "sim"}
	)


def _key(request: web.Request) -> str:
	given = next((request.headers[name] for name in _KEY_HEADERS if name in request.headers), "")
	return given.removeprefix("Bearer").strip()


def _headers(request: web.Request) -> dict[str, str]:
	named = ((name.lower(), value) for name, value in request.headers.items())
	return {name: value for name, value in named if name not in _KEY_HEADERS}
