"""What every method answers with, a success or a failure, as Frappe's clients and ours read it."""

from __future__ import annotations

import logging
import math
import secrets
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ai_assistant.core.errors import AssistantError, RequestError

_log = logging.getLogger(__name__)


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
	detail = {
		"code": error.code,
		"message": sentence,
		"retryable": error.retryable,
		"retry_after": error.retry_after,
	}
	envelope = Envelope(status, {"exc_type": exc_type, "exception": sentence, "error": detail})
	if error.retry_after is not None:
		envelope.headers["Retry-After"] = str(math.ceil(error.retry_after))
	return envelope
