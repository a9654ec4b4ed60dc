"""Parameters of a request: a JSON object, a form or the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from ai_assistant.core.errors import MalformedRequest, TooLarge

LARGEST_BODY = 10 * 1024 * 1024
"""Bytes."""


@dataclass(frozen=True)
class Parameters:
	"""`is_form`: the values came as text."""

	values: Mapping[str, Any]
	is_form: bool

	@classmethod
	async def read(cls, request: Request) -> Parameters:
		"""Raises MalformedRequest for a body that is not what its content type says, TooLarge above LARGEST_BODY."""
		kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
		body = await _body(request)
		if not body:
			return cls(dict(request.query_params), is_form=True)
		if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
			return cls(await _form(request), is_form=True)
		if kind not in ("application/json", ""):
			raise MalformedRequest("Send the parameters as application/json or as a form.")
		return cls(_json(body), is_form=False)


async def _body(request: Request) -> bytes:
	declared = request.headers.get("content-length", "0")
	if declared.isdigit() and int(declared) > LARGEST_BODY:
		raise TooLarge(f"A request may have at most {LARGEST_BODY // 1024 // 1024} MB.")
	chunks: list[bytes] = []
	size = 0
	async for chunk in request.stream():
		size += len(chunk)
		if size > LARGEST_BODY:
			raise TooLarge(f"A request may have at most {LARGEST_BODY // 1024 // 1024} MB.")
		chunks.append(chunk)
	request._body = b"".join(chunks)
	return request._body


def _json(body: bytes) -> dict[str, Any]:
	try:
		value = msgspec.json.decode(body)
	except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
		raise MalformedRequest("The body is not valid JSON.") from None
	if not isinstance(value, dict):
		raise MalformedRequest("The body must be a JSON object.")
	return value


async def _form(request: Request) -> dict[str, str]:
	try:
		form = await request.form()
	except (MultiPartException, UnicodeDecodeError):
		raise MalformedRequest("The form cannot be read.") from None
	return {name: value for name, value in form.items() if isinstance(value, str)}
