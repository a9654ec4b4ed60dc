"""What every method answers with, a success or a failure, as Frappe's clients and ours read it."""

from __future__ import annotations

import logging
import math
import secrets
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Struct

from ai_assistant.core.errors import AssistantError, RequestError

_log = logging.getLogger(__name__)


class Detail(Struct):
	"""`message` is a sentence for people; `retry_after`: seconds, where known."""

	code: str
	message: str
	retryable: bool
	retry_after: float | None


class Failure(Struct):
	"""The body of a refusal: the first two are what Frappe's clients read."""

	exc_type: str
	exception: str
	error: Detail


@dataclass(frozen=True)
class Envelope:
	"""Status, body and headers of one answer."""

	status: int
	body: Any
	headers: dict[str, str] = field(default_factory=lambda: {"Cache-Control": "no-store"})

	def encode(self) -> bytes:
		return msgspec.json.encode(self.body)


def success(value: Any) -> Envelope:
	return Envelope(200, {"message": value})


def failure(error: AssistantError) -> Envelope:
	if isinstance(error, RequestError):
		return _refusal(error, error.status, error.exc_type)
	return _refusal(error, 503, type(error).__name__)


def unexpected(request: str) -> Envelope:
	"""For an exception that is being handled: says nothing of what happened, but where the site's log tells it."""
	id = secrets.token_hex(4)
	_log.exception("request %s failed: %s", id, request)
	neutral = AssistantError(f"Something went wrong. The site's log tells more about request {id}.")
	return _refusal(neutral, 500, "InternalError")


def _refusal(error: AssistantError, status: int, exc_type: str) -> Envelope:
	sentence = str(error)
	detail = Detail(error.code, sentence, error.retryable, error.retry_after)
	envelope = Envelope(status, Failure(exc_type, sentence, detail))
	if error.retry_after is not None:
		envelope.headers["Retry-After"] = str(math.ceil(error.retry_after))
	return envelope
