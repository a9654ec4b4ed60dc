"""Parameters of a request: a JSON object, a form or the query."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Raw, Struct
from python_multipart.exceptions import FormParserError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from ai_assistant.core import requests
from ai_assistant.core.errors import MalformedRequest, TooLarge

LARGEST_BODY = 10 * 1024 * 1024
"""Bytes."""

GUESTS_BODY = 64 * 1024
"""Bytes that are taken before it is known who sends them."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


_NULL = Raw(b"null")

_R = TypeVar("_R", bound=Struct)


class Parameters(NamedTuple):
	"""`is_form`: the values came as text; else they are still JSON."""

	values: dict[str, Any]
	is_form: bool

	def parse(self, kind: type[_R], **more: str) -> _R:
		"""As a request of that kind; `more` goes before them. Raises InvalidRequest and MalformedRequest."""
		given = self.values | more
		return requests.parse(kind, given, is_form=True) if self.is_form else requests.parse_json(kind, given)


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


def _json(body: bytes) -> dict[str, Raw | None]:
	try:
		values = msgspec.json.decode(body, type=dict[str, Raw])
	except msgspec.ValidationError:
		raise MalformedRequest("The body is not a JSON object.") from None
	except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
		raise MalformedRequest("The body is not JSON.") from None
	return {name: None if value == _NULL else value for name, value in values.items()}


def bounded(receive: Receive, prove: Callable[[], Awaitable[object]]) -> Receive:
	"""The same, but asks who sends it as soon as more than GUESTS_BODY has come, and raises TooLarge for more than
	LARGEST_BODY."""
	size, is_proven = 0, False

	async def receive_bounded() -> Message:
		nonlocal size, is_proven
		message = await receive()
		size += len(message.get("body", b""))
		if size > LARGEST_BODY:
			raise TooLarge(f"The body is larger than {LARGEST_BODY:,} bytes.")
		if size > GUESTS_BODY and not is_proven:
			await prove()
			is_proven = True
		return message

	return receive_bounded
