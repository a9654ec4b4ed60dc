"""Methods over HTTP: who asks, with which parameters, and answers and failures in Frappe's envelope."""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from ai_assistant.core.errors import (
	AssistantError,
	MalformedRequest,
	NotFound,
	NotPermitted,
	RequestError,
	TooLarge,
)
from ai_assistant.hosts.standalone.credentials import Token, credentials
from ai_assistant.hosts.standalone.methods import Call, Method, json_response

LARGEST_BODY = 10 * 1024 * 1024
"""Bytes."""

_PREFIX = "/api/method/"
_SAFE = ("GET", "HEAD")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

_log = logging.getLogger(__name__)


class Http:
	"""The ASGI application of the methods."""

	def __init__(self, methods: Mapping[str, Method]):
		"""`methods`: by the name in their path."""
		self._methods = methods

	async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
		request = Request(scope, _bounded(receive))
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
		path = request.url.path
		method = self._methods.get(path.removeprefix(_PREFIX)) if path.startswith(_PREFIX) else None
		if method is None:
			raise NotFound("There is no such method.")
		if request.method not in method.verbs:
			raise NotPermitted(f"This method answers {' and '.join(method.verbs)}.")
	XX credentials is None and not method.is_for_guests:
			raise NotPermitted("Sign in first.")
		if request.method not in _SAFE and not isinstance(proof, Token):
			_refuse_other_sites(request)
		parameters, is_form = await _parameters(request)
		return await method.answer(Call(request, proof, parameters, is_form))


def _refuse_other_sites(request: Request) -> None:
	"""A browser sends the cookie along whoever asks it to, but says who that was."""
	origin = request.headers.get("origin")
	if origin is not None:
		is_own = urlsplit(origin).netloc == request.headers.get("host")
	else:
		is_own = request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
	if not is_own:
		raise NotPermitted("Requests from the pages of another site are refused.")


async def _parameters(request: Request) -> tuple[dict[str, Any], bool]:
	"""The parameters, and whether they are a form's or a query's, all text."""
	kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
	if kind in _FORMS:
		return await _form(request), True
	body = await request.body()
	if not body:
		return dict(request.query_params), True
	if kind != "application/json":
		raise MalformedRequest("Send parameters as application/json or as a form.")
	return _json(body), False


async def _form(request: Request) -> dict[str, Any]:
	try:
		form = await request.form()
	except (HTTPException, MultiPartException):
		raise MalformedRequest("The body is not a form.") from None
	if any(isinstance(value, UploadFile) for value in form.values()):
		raise MalformedRequest("Files are not taken here.")
	return dict(form)


def _json(body: bytes) -> dict[str, Any]:
	try:
		parameters = msgspec.json.decode(body)
	except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
		raise MalformedRequest("The body is not JSON.") from None
	if not isinstance(parameters, dict):
		raise MalformedRequest("The body is not a JSON object.")
	return parameters


def _bounded(receive: Receive) -> Receive:
	"""Raises TooLarge as soon as more than LARGEST_BODY has come."""
	size = 0

	async def bounded() -> Message:
		nonlocal size
		message = await receive()
		size += len(message.get("body", b""))
		if size > LARGEST_BODY:
			raise TooLarge(f"The body is larger than {LARGEST_BODY:,} bytes.")
		return message

	return bounded


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
