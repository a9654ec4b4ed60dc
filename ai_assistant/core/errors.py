"""Everything that can go wrong, as one tree.

AssistantError
├── RequestError            the caller's fault; nothing was stored
│   ├── InvalidRequest      422  what is wrong and what is allowed
│   ├── MalformedRequest    400  the body is not what its content type says
│   ├── NotAuthenticated    401
│   ├── NotPermitted        403
│   ├── NotFound            404  also for what belongs to somebody else
│   ├── Conflict            409
│   ├── TooLarge            413
│   ├── TooManyRequests     429
│   └── QuotaExceeded       429  until the budget begins anew
├── ServiceUnavailable      503  Redis or the database is away
└── ProviderError                what a provider answered, by `code`
"""

from __future__ import annotations

from typing import Literal, get_args

ErrorCode = Literal[
	"rate_limit",
	"overloaded",
	"timeout",
	"network",
	"auth",
	"quota",
	"context_length",
	"invalid_request",
	"content_policy",
	"worker_lost",
	"cancelled_by_admin",
	"internal",
]
"""Why a run failed; the `code` of a final `error` event."""

ERROR_CODES: tuple[ErrorCode, ...] = get_args(ErrorCode)

RETRYABLE: frozenset[ErrorCode] = frozenset({"rate_limit", "overloaded", "timeout", "network", "worker_lost"})
"""Codes after which the same request may well succeed later."""


class AssistantError(Exception):
	"""An error with a sentence for people: `str(error)`."""

	code: str = "internal"
	retryable: bool = False
	retry_after: float | None = None
	"""Seconds to wait before asking again, where known."""


class RequestError(AssistantError):
	"""What was asked cannot be done as asked."""

	status: int = 400
	exc_type: str = "ValidationError"
	"""The name Frappe gives this failure in its response."""


class InvalidRequest(RequestError):
	status = 422
	code = "invalid_request"


class MalformedRequest(RequestError):
	status = 400
	code = "invalid_request"


class NotAuthenticated(RequestError):
	status = 401
	code = "auth"
	exc_type = "AuthenticationError"


class NotPermitted(RequestError):
	status = 403
	code = "permission"
	exc_type = "PermissionError"


class NotFound(RequestError):
	status = 404
	code = "not_found"
	exc_type = "DoesNotExistError"


class Conflict(RequestError):
	status = 409
	code = "conflict"
	exc_type = "DuplicateEntryError"


class TooLarge(RequestError):
	status = 413
	code = "too_large"


class TooManyRequests(RequestError):
	status = 429
	code = "rate_limit"
	retryable = True
	exc_type = "TooManyRequestsError"

	def __init__(self, message: str, retry_after: float | None = None):
		super().__init__(message)
		self.retry_after = retry_after


class QuotaExceeded(TooManyRequests):
	code = "quota"
	retryable = False


class ServiceUnavailable(AssistantError):
	code = "overloaded"
	retryable = True


class ProviderError(AssistantError):
	"""A provider refused or broke off. `str(error)` is fit for the user: no key, no address, no trace."""

	code: ErrorCode

	def __init__(self, code: ErrorCode, message: str, retry_after: float | None = None):
		super().__init__(message)
		self.code = code
		self.retryable = code in RETRYABLE
		self.retry_after = retry_after
