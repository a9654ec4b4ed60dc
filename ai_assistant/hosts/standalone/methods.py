"""The methods of the site: their names as on a Frappe site, and what each answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ai_assistant.core import envelope, requests
from ai_assistant.core.assistant import Assistant
from ai_assistant.core.envelope import Envelope
from ai_assistant.core.errors import NotPermitted
from ai_assistant.core.events import EVENT_NAME
from ai_assistant.core.methods import USE_CASES, UseCase
from ai_assistant.core.replies import EventPage, Reply
from ai_assistant.core.sse import COMMENT, server_sent
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.credentials import SESSION_COOKIE, Credentials, Session
from ai_assistant.hosts.standalone.hints import Hints
from ai_assistant.hosts.standalone.parameters import Parameters

_LOOK = 5.0
"""Seconds after which one that waits looks for itself, hint or none; a silent stream sends a comment then."""

_R = TypeVar("_R", bound=Struct)
_T = TypeVar("_T")


class LoginRequest(Struct):
	"""Parameters of `login`; others that Frappe's clients send are passed over."""

	usr: str
	pwd: str


@dataclass(frozen=True)
class Call:
	"""One request to a method."""

	http: Request
	credentials: Credentials | None
	parameters: Parameters

	def parse(self, kind: type[_R], **more: str) -> _R:
		"""The parameters as a request of that kind; `more` goes before them. Raises InvalidRequest."""
		values, is_form = self.parameters
		return requests.parse(kind, values | more, is_form=is_form)


@dataclass(frozen=True)
class Method:
	verbs: tuple[str, ...]
	answer: Callable[[Call], Awaitable[Response]]
	is_for_guests: bool = False


def success(value: Any) -> Response:
	return respond(envelope.success(value))


def respond(answer: Envelope) -> Response:
	return Response(answer.encode(), answer.status, answer.headers, media_type="application/json")


class Methods:
	"""What a site answers. Synchronous work runs in `threads`, which must be few: they share one interpreter lock."""

	def __init__(
		self,
		site: str,
		assistant: Assistant,
		accounts: Accounts,
		hints: Hints,
		threads: Executor,
		wait: float,
	):
		"""`wait`: seconds that `chat_completion` waits for an answer."""
		self._site = site
		self._assistant = assistant
		self._accounts = accounts
		self._hints = hints
		self._threads = threads
		self._wait = wait

	def table(self) -> dict[str, Method]:
		"""Every method by the name in its path."""
		own = {name: self._plain(use_case) for name, use_case in USE_CASES.items()} | {
			"chat_completion": Method(("POST",), self._chat_completion),
			"stream_events": Method(("GET",), self._stream_events),
			"get_realtime_config": Method(("GET", "POST"), self._get_realtime_config),
		}
		return {f"ai_assistant.api.{name}": method for name, method in own.items()} | {
			"login": Method(("POST",), self._login, is_for_guests=True),
			"logout": Method(("POST",), self._logout, is_for_guests=True),
			"ping": Method(("GET", "POST"), self._ping, is_for_guests=True),
			"frappe.auth.get_logged_user": Method(("GET", "POST"), self._get_logged_user),
		}

	def _plain(self, use_case: UseCase) -> Method:
		async def answer(call: Call) -> Response:
			def work() -> Any:
				return use_case.answer(self._assistant, self._user(call), call.parse(use_case.request))

			return success(await self._run(work))

		return Method(use_case.verbs, answer)

	async def _run(self, work: Callable[..., _T], *arguments: Any) -> _T:
		return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

	def _user(self, call: Call) -> str:
		if call.credentials is None:
			raise NotPermitted("Sign in first.")
		return call.credentials.user(self._accounts)

	async def _chat_completion(self, call: Call) -> Response:
		request = call.parse(requests.ChatRequest)

		def start() -> tuple[str, Any]:
			user = self._user(call)
			return user, self._assistant.start_run(user, request)

		user, started = await self._run(start)
		return success(started if request.stream else await self._reply(user, started.task_id))

	async def _reply(self, user: str, task_id: str) -> Reply:
		"""The reply once the run has ended, or as it stands when the wait is over."""
		now = asyncio.get_running_loop().time
		deadline = now() + self._wait
		with self._hints.of(task_id, only_final=True) as hint:
			while now() < deadline and not self._hints.is_closed:
				await hint.wait(min(_LOOK, deadline - now()))
				if await self._run(self._assistant.has_ended, user, task_id):
					break
		return await self._run(self._assistant.reply, user, task_id)

	async def _stream_events(self, call: Call) -> Response:
		last = call.http.headers.get("last-event-id")
		request = call.parse(requests.EventsRequest, **({"after": last} if last else {}))

		def first() -> tuple[str, EventPage]:
			user = self._user(call)
			return user, self._assistant.replay.get_events(user, request)

		user, page = await self._run(first)
		headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
		return StreamingResponse(self._stream(user, page, request), 200, headers, "text/event-stream")

	async def _stream(
		self, user: str, page: EventPage, request: requests.EventsRequest
	) -> AsyncIterator[bytes]:
		yield b": events follow\n\n"
		with self._hints.of(request.task_id) as hint:
			while True:
				for event in page.events:
					yield server_sent(bytes(event))
				if page.done or self._hints.is_closed:
					return
				if not await hint.wait(_LOOK):
					yield COMMENT
				following = requests.EventsRequest(request.task_id, page.cursor)
				page = await self._run(self._assistant.replay.get_events, user, following)

	async def _get_realtime_config(self, call: Call) -> Response:
		await self._run(self._user, call)
		url = call.http.url
		return success(
			{
				"url": f"{url.scheme}://{url.netloc}",
				"namespace": f"/{self._site}",
				"path": "/socket.io",
				"event": EVENT_NAME,
				"site": self._site,
			}
		)

	async def _login(self, call: Call) -> Response:
		request = call.parse(LoginRequest)
		address = call.http.client.host if call.http.client else ""

		def sign_in() -> tuple[str, str]:
			sid = self._accounts.sign_in(request.usr, request.pwd, address)
			return sid, self._accounts.full_name(request.usr)

		sid, full_name = await self._run(sign_in)
		response = respond(Envelope(200, {"message": "Logged In", "home_page": "/", "full_name": full_name}))
		is_secure = call.http.url.scheme == "https"
		response.set_cookie(SESSION_COOKIE, sid, httponly=True, samesite="lax", secure=is_secure)
		return response

	async def _logout(self, call: Call) -> Response:
		if isinstance(call.credentials, Session):
			await self._run(self._accounts.sign_out, call.credentials.sid)
		response = respond(Envelope(200, {}))
		response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
		return response

	async def _ping(self, _call: Call) -> Response:
		return success("pong")

	async def _get_logged_user(self, call: Call) -> Response:
		return success(await self._run(self._user, call))
