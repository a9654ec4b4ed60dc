"""Parameters of a request: a JSON object, a form or the query."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from python_multipart.exceptions import FormParserError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from ai_assistant.core.errors import MalformedRequest, TooLarge

LARGEST_BODY = 10 * 1024 * 1024
"""Bytes."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Parameters(NamedTuple):
	"""`is_form`: the values came as text."""

	values: dict[str, Any]
	is_form: bool


async def read_parameters(request: Request) -> Parameters:
	"""Raises MalformedRequest for a body that is not what its content type says."""
	kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
	if kind in _FORMS:
		return Parameters(await _form(request), is_form=True)
	body = await request.body()
	if not body:
		return Parameters(dict(request.query_params), is_form=True)
	if kind != "application/json":
		raise MalformedRequest("Send parameters as application/json or as a form.")
	return Parameters(_json(body), is_form=False)


async def _form(request: Request) -> dict[str, Any]:
	try:
		async with request.form() as form:
			values = dict(form)
	except (HTTPException, MultiPartException, FormParserError, UnicodeDecodeError):
		raise MalformedRequest("The body is not a form.") from None
	if any(isinstance(value, UploadFile) for value in values.values()):
		raise MalformedRequest("Files are not taken here.")
	return values


def _json(body: bytes) -> dict[str, Any]:
	try:
		values = msgspec.json.decode(body)
	except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
		raise MalformedRequest("The body is not JSON.") from None
	if not isinstance(values, dict):
		raise MalformedRequest("The body is not a JSON object.")
	return values


def bounded(receive: Receive) -> Receive:
	"""The same, but raises TooLarge as soon as more than LARGEST_BODY has come."""
	size = 0

	async def receive_bounded() -> Message:
		nonlocal size
		message = await receive()
		size += len(message.get("body", b""))
		if size > LARGEST_BODY:
			raise TooLarge(f"The body is larger than {LARGEST_BODY:,} bytes.")
		return message

	return receive_bounded
