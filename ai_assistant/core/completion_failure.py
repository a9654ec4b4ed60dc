"""What went wrong, as OpenAI's clients read it: the status decides which error they raise, and whether they ask again."""

from __future__ import annotations

import math
import re

from msgspec import UNSET, Struct, UnsetType

from ai_assistant.core.envelope import Envelope
from ai_assistant.core.errors import (
	AssistantError,
	ErrorCode,
	NotAuthenticated,
	ProviderError,
	RequestError,
	ServiceUnavailable,
)

_STATUSES: dict[ErrorCode, int] = {
	"rate_limit": 429,
	"quota": 429,
	"timeout": 504,
	"network": 502,
	"auth": 502,
	"context_length": 400,
	"invalid_request": 400,
	"content_policy": 400,
	"internal": 500,
}
"""Of a failed run. A key that the provider refuses is the site's, not the caller's; whatever else there is, is 503."""

_CODES = {
	"rate_limit": "rate_limit_exceeded",
	"quota": "insufficient_quota",
	"context_length": "context_length_exceeded",
	"content_policy": "content_filter",
}
"""Where OpenAI has a word of its own."""

_TYPES = {
	401: "authentication_error",
	403: "permission_error",
	404: "not_found_error",
	429: "rate_limit_error",
}

_PLACE = re.compile(r" - at `\$\.([^`]+)`")


class CompletionFailure(Struct):
	"""The `error` of an answer. `task_id` and `conversation_id` tell of a run that goes on."""

	message: str
	type: str
	code: str
	param: str | None = None
	task_id: str | UnsetType = UNSET
	conversation_id: str | UnsetType = UNSET


class Unfinished(AssistantError):
	"""The wait is over, the run is not. Asking again would begin a second one."""

	code = "timeout"

	def __init__(self, task_id: str, conversation_id: str):
		super().__init__(
			f"The answer is not complete yet. It is still being made: ask get_events for task_id {task_id}, or stream."
		)
		self.task_id = task_id
		self.conversation_id = conversation_id


def failure_of(error: AssistantError) -> CompletionFailure:
	place = _PLACE.search(str(error))
	failure = CompletionFailure(str(error), _type(_status(error)), _code(error), place[1] if place else None)
	if isinstance(error, Unfinished):
		failure.task_id, failure.conversation_id = error.task_id, error.conversation_id
	return failure


def answer_to(error: AssistantError) -> Envelope:
	"""`x-should-retry` is heard by OpenAI's clients, which would ask again after every 409, 429 and 5xx."""
	answer = Envelope(_status(error), {"error": failure_of(error)})
	answer.headers["x-should-retry"] = "true" if error.retryable else "false"
	if error.retry_after is not None:
		answer.headers["Retry-After"] = str(math.ceil(error.retry_after))
	return answer


def _status(error: AssistantError) -> int:
	match error:
		case RequestError():
			return 400 if error.status == 422 else error.status
		case ProviderError():
			return _STATUSES.get(error.code, 503)
		case Unfinished():
			return 504
		case ServiceUnavailable():
			return 503
	return 500


def _code(error: AssistantError) -> str:
	if isinstance(error, NotAuthenticated):
		return "invalid_api_key"
	return _CODES.get(error.code, error.code)


def _type(status: int) -> str:
	return "server_error" if status >= 500 else _TYPES.get(status, "invalid_request_error")
