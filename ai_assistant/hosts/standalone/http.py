"""Methods over HTTP: who asks, with which parameters, and answers and failures in Frappe's envelope."""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ai_assistant.core.errors import AssistantError, NotFound, NotPermitted, RequestError
from ai_assistant.hosts.standalone.credentials import Token, credentials
from ai_assistant.hosts.standalone.methods import Call, Method, json_response
from ai_assistant.hosts.standalone.parameters import bounded, read_parameters

_PREFIX = "/api/method/"
_SAFE = ("GET", "HEAD")

_log = logging.getLogger(__name__)


class Http:
	"""The ASGI application of the methods."""

	def __init__(self, methods: Mapping[str, Method]):
		"""`methods`: by the name in their path."""
		self._methods = methods

	async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
		request = Request(scope, bounded(receive))
		try:
			response = await self._respond(request)
		except AssistantError as error:
			response = _failure(error)
		except ClientDisconnect:
			return
		except Exception:
			response = _unexpected(request)
		await response(scope, receive, send)

	async def _respond(self, request: Request) -> Response:
		path = request.scope["path"]
		method = self._methods.get(path.removeprefix(_PREFIX)) if path.startswith(_PREFIX) else None
		if method is None:
			raise NotFound("There is no such method.")
		if request.method not in method.verbs:
			raise NotPermitted(f"This method answers {' and '.join(method.verbs)}.")
		proof = credentials(request.headers.get("authorization", ""), request.headers.get("cookie", ""))
		if proof is None and not method.is_for_guests:
			raise NotPermitted("Sign in first.")
		if request.method not in _SAFE and not isinstance(proof, Token):
			_refuse_other_sites(request)
		return await method.answer(Call(request, proof, await read_parameters(request)))


def _refuse_other_sites(request: Request) -> None:
	"""A browser sends the cookie along whoever asks it to, but says who that was."""
	origin = request.headers.get("origin")
	if origin is not None:
		is_own = urlsplit(origin).netloc == request.headers.get("host")
	else:
		is_own = request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
	if not is_own:
		raise NotPermitted("Requests from the pages of another site are refused.")


def _failure(error: AssistantError) -> Response:
	if isinstance(error, RequestError):
		return _refusal(error, error.status, error.exc_type)
	return _refusal(error, 503, type(error).__name__)


def _unexpected(request: Request) -> Response:
	"""Says nothing of what happened, but where the site's log tells it."""
	id = secrets.token_hex(4)
	_log.exception("request %s failed: %s %s", id, request.method, request.url.path)
	neutral = AssistantError(f"Something went wrong. The site's log tells more about request {id}.")
	return _refusal(neutral, 500, "InternalError")


def _refusal(error: AssistantError, status: int, exc_type: str) -> Response:
	"""The error as Frappe's clients and ours read it."""
	sentence = str(error)
	detail = {
		"code": error.code,
		"message": sentence,
		"retryable": error.retryable,
		"retry_after": error.retry_after,
	}
	response = json_response({"exc_type": exc_type, "exception": sentence, "error": detail}, status)
	if error.retry_after is not None:
		response.headers["Retry-After"] = str(math.ceil(error.retry_after))
	return response
