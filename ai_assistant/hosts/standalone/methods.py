"""The methods of the site: their names as on a Frappe site, and what each answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ai_assistant.core import envelope, requests
from ai_assistant.core.assistant import Assistant
from ai_assistant.core.batch import BatchRequest
from ai_assistant.core.batch import Call as BatchCall
from ai_assistant.core.envelope import Envelope
from ai_assistant.core.errors import AssistantError, NotAuthenticated, NotPermitted
from ai_assistant.core.events import EVENT_NAME
from ai_assistant.core.methods import RUNS, USE_CASES, WRITTEN, UseCase
from ai_assistant.core.replies import EventPage, StartedRun
from ai_assistant.core.sse import server_sent
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.batch import answer_batch
from ai_assistant.hosts.standalone.credentials import SESSION_COOKIE, Credentials, Session
from ai_assistant.hosts.standalone.following import Following
from ai_assistant.hosts.standalone.parameters import Parameters
from ai_assistant.hosts.standalone.streams import Pieces, Streams

_R = TypeVar("_R", bound=Struct)


class LoginRequest(Struct):
	"""Parameters of `login`; others that Frappe's clients send are passed over."""

	usr: str
	pwd: str


class Account(Struct):
	"""Who is signed in; nobody: `user` is null."""

	user: str | None = None
	full_name: str = ""
	is_admin: bool = False


@dataclass(frozen=True)
class Call:
	"""One request to a method."""

	http: Request
	credentials: Credentials | None
	parameters: Parameters

	def parse(self, kind: type[_R], **more: str) -> _R:
		"""As of Parameters."""
		return self.parameters.parse(kind, **more)

	def user(self, accounts: Accounts) -> str:
		"""Whose it is. Raises NotPermitted for a guest, and NotAuthenticated."""
		if self.credentials is None:
			raise NotPermitted("Sign in first.")
		return self.credentials.user(accounts)


@dataclass(frozen=True)
class Method:
	verbs: tuple[str, ...]
	answer: Callable[[Call], Awaitable[Response]]
	is_for_guests: bool = False
	failure: Callable[[AssistantError], Envelope] = envelope.failure


def success(value: Any) -> Response:
	return respond(envelope.success(value))


def respond(answer: Envelope) -> Response:
	return Response(answer.encode(), answer.status, answer.headers, media_type="application/json")


class Methods:
	"""What a site answers."""

	def __init__(
		self, site: str, assistant: Assistant, accounts: Accounts, following: Following, streams: Streams
	):
		self._site = site
		self._assistant = assistant
		self._accounts = accounts
		self._following = following
		self._streams = streams

	def table(self) -> dict[str, Method]:
		"""Every method by the name in its path."""
		plain = {name: self._plain(use_case) for name, use_case in USE_CASES.items()}
		runs = {name: self._run_of(use_case) for name, use_case in RUNS.items()}
		written = {name: self._written(use_case) for name, use_case in WRITTEN.items()}
		own = {
			**plain,
			**runs,
			**written,
			"batch": Method(("POST",), self._batch),
			"stream_events": Method(("GET",), self._stream_events),
			"get_realtime_config": Method(("GET", "POST"), self._get_realtime_config),
			"account": Method(("GET",), self._account, is_for_guests=True),
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
				return use_case.answer(
					self._assistant, call.user(self._accounts), call.parse(use_case.request)
				)

			return success(await self._following.run(work))

		return Method(use_case.verbs, answer)

	def _written(self, use_case: UseCase) -> Method:
		async def answer(call: Call) -> Response:
			def begin() -> Iterator[bytes]:
				pieces: Iterator[bytes] = use_case.answer(
					self._assistant, call.user(self._accounts), call.parse(use_case.request)
				)
				return pieces

			body = self._each(await self._following.run(begin))
			return StreamingResponse(body, 200, {"Cache-Control": "no-store"}, "application/json")

		return Method(use_case.verbs, answer)

	async def _each(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
		"""One visit to a thread for each, when the one before was sent."""
		while piece := await self._following.run(next, pieces, b""):
			yield piece

	def _run_of(self, use_case: UseCase) -> Method:
		"""A method that starts a run."""

		async def answer(call: Call) -> Response:
			deadline = self._following.deadline()

			def start() -> tuple[str, Any, StartedRun]:
				user, request = call.user(self._accounts), call.parse(use_case.request)
				return user, request, use_case.answer(self._assistant, user, request)

			user, request, started = await self._following.run(start)
			if request.stream:
				return success(started)
			return success(await self._following.reply(user, started, deadline))

		return Method(use_case.verbs, answer)

	async def _batch(self, call: Call) -> Response:
		def read() -> tuple[str, BatchRequest]:
			return call.user(self._accounts), call.parse(BatchRequest)

		user, request = await self._following.run(read)
		deadline = self._following.deadline()

		async def do(one: BatchCall) -> Any:
			answer = await self._following.run(one.use_case.answer, self._assistant, user, one.request)
			return await self._following.reply(user, answer, deadline) if one.is_awaited else answer

		return success(await answer_batch(request, do))

	async def _stream_events(self, call: Call) -> Response:
		last = call.http.headers.get("last-event-id")
		request = call.parse(requests.EventsRequest, **({"after": last} if last else {}))

		def begin(user: str) -> Pieces:
			return self._events(user, request.task_id, self._assistant.replay.get_events(user, request))

		return await self._streams.answer(lambda: call.user(self._accounts), begin)

	async def _events(self, user: str, task_id: str, first: EventPage) -> Pieces:
		with suppress(AssistantError):  # whoever asks again is told
			async with aclosing(self._following.pages(user, task_id, first)) as pages:
				async for page in pages:
					yield server_sent(page)

	async def _get_realtime_config(self, call: Call) -> Response:
		call.parse(requests.EmptyRequest)
		await self._following.run(call.user, self._accounts)
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

	async def _account(self, call: Call) -> Response:
		"""So that a page can tell whether to ask for a password, without a refusal."""
		call.parse(requests.EmptyRequest)
		return success(await self._following.run(self._account_of, call))

	def _account_of(self, call: Call) -> Account:
		try:
			user = call.user(self._accounts)
		except (NotAuthenticated, NotPermitted):
			return Account()
		return Account(user, self._accounts.full_name(user), self._accounts.is_admin(user))

	async def _login(self, call: Call) -> Response:
		request = call.parse(LoginRequest)
		address = call.http.client.host if call.http.client else ""

		def sign_in() -> tuple[str, str]:
			sid = self._accounts.sign_in(request.usr, request.pwd, address)
			return sid, self._accounts.full_name(request.usr)

		sid, full_name = await self._following.run(sign_in)
		response = respond(Envelope(200, {"message": "Logged In", "home_page": "/", "full_name": full_name}))
		is_secure = call.http.url.scheme == "https"
		response.set_cookie(SESSION_COOKIE, sid, httponly=True, samesite="lax", secure=is_secure)
		return response

	async def _logout(self, call: Call) -> Response:
		if isinstance(call.credentials, Session):
			await self._following.run(self._accounts.sign_out, call.credentials.sid)
		response = respond(Envelope(200, {}))
		response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
		return response

	async def _ping(self, _call: Call) -> Response:
		return success("pong")

	async def _get_logged_user(self, call: Call) -> Response:
		return success(await self._following.run(call.user, self._accounts))
