"""Methods over HTTP: who asks, with which parameters, and answers and failures in Frappe's envelope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ai_assistant.core.envelope import failure, unexpected
from ai_assistant.core.errors import AssistantError, NotFound, NotPermitted, TooLarge
from ai_assistant.hosts.standalone.credentials import Credentials, Token, credentials
from ai_assistant.hosts.standalone.methods import Call, Method, respond
from ai_assistant.hosts.standalone.parameters import GUESTS_BODY, bounded, read_parameters

_PREFIX = "/api/method/"
_SAFE = ("GET", "HEAD")


class Http:
	"""The ASGI application of the methods."""

	def __init__(self, methods: Mapping[str, Method], prove: Callable[[Credentials], Awaitable[object]]):
		"""`methods`: by the name in their path. `prove` raises NotAuthenticated."""
		self._methods = methods
		self._prove = prove

	async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
		request = Request(scope, receive)
		method = self._method(request.scope["path"])
		try:
			response = await self._respond(request, method)
		except AssistantError as error:
			response = respond(method.failure(error) if method else failure(error))
		except ClientDisconnect:
			return
		except Exception:
			response = respond(unexpected(f"{request.method} {request.url.path}"))
		await response(scope, receive, send)

	def _method(self, path: str) -> Method | None:
		"""As on a Frappe site, what follows the name after a slash is left to the method."""
		name = path.removeprefix(_PREFIX).partition("/")[0] if path.startswith(_PREFIX) else ""
		return self._methods.get(name)

	async def _respond(self, request: Request, method: Method | None) -> Response:
		if method is None:
			raise NotFound("There is no such method.")
		if request.method not in method.verbs:
			raise NotPermitted(f"This method answers {' and '.join(method.verbs)}.")
		proof = credentials(request.headers.get("authorization", ""), request.headers.get("cookie", ""))
		if proof is None and not method.is_for_guests:
			raise NotPermitted("Sign in first.")
		if request.method not in _SAFE and not isinstance(proof, Token):
			_refuse_other_sites(request)
		bounded_request = Request(request.scope, bounded(request.receive, partial(self._know, proof)))
		return await method.answer(Call(request, proof, await read_parameters(bounded_request)))

	async def _know(self, proof: Credentials | None) -> None:
		if proof is None:
			raise TooLarge(f"The body of a guest is larger than {GUESTS_BODY:,} bytes.")
		await self._prove(proof)


def _refuse_other_sites(request: Request) -> None:
	"""A browser sends the cookie along whoever asks it to, but says who that was."""
	origin = request.headers.get("origin")
	if origin is not None:
		is_own = _host(origin) == request.headers.get("host")
	else:
		is_own = request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
	if not is_own:
		raise NotPermitted("Requests from the pages of another site are refused.")


def _host(origin: str) -> str:
	"""Empty for what is no address."""
	try:
		return urlsplit(origin).netloc
	except ValueError:
		return ""
