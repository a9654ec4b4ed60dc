"""What providers call their failures, and what we call them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from ai_assistant.core.errors import ErrorCode, ProviderError

_NAMES: dict[str, ErrorCode] = {
	"insufficient_quota": "quota",
	"billing_error": "quota",
	"billing_hard_limit_reached": "quota",
	"billing_not_active": "quota",
	"context_length_exceeded": "context_length",
	"exceed_context_size_error": "context_length",
	"request_too_large": "context_length",
	"content_filter": "content_policy",
	"content_policy_violation": "content_policy",
	"invalid_prompt": "content_policy",
	"bio_policy": "content_policy",
	"cyber_policy": "content_policy",
	"rate_limit_exceeded": "rate_limit",
	"rate_limit_error": "rate_limit",
	"invalid_api_key": "auth",
	"authentication_error": "auth",
	"permission_error": "auth",
	"model_not_allowed": "auth",
	"overloaded": "overloaded",
	"overloaded_error": "overloaded",
	"timeout_error": "timeout",
	"model_not_found": "invalid_request",
	"not_found_error": "invalid_request",
}
"""A provider's own `type` or `code` of an error; an earlier line goes before a later one."""

_PHRASES: dict[str, ErrorCode] = {
	r"credit balance is too low": "quota",
	r"prompt is too long|maximum context length|context (window|length|limit|size)|input token count exceeds": (
		"context_length"
	),
	r"content (filter|management policy|policy)|usage polic": "content_policy",
}
"""What distinguishes the many failures that share the name `invalid_request_error`."""

_STATUSES: dict[int, ErrorCode] = {
	401: "auth",
	402: "quota",
	403: "auth",
	408: "timeout",
	413: "context_length",
	429: "rate_limit",
	504: "timeout",
	524: "timeout",
}

_SENTENCES: dict[ErrorCode, str] = {
	"rate_limit": "{name} receives more requests than it allows. Please try again a little later.",
	"overloaded": "{name} has a problem or too much to do at the moment. Please try again.",
	"timeout": "{name} did not answer in time. Please try again.",
	"network": "The connection to {name} broke off. Please try again.",
	"auth": "{name} does not accept the key of this site. An administrator can correct it.",
	"quota": "The credit of this site with {name} is used up. An administrator can renew it.",
	"context_length": "The conversation is longer than the model can read. Please shorten it or begin a new one.",
	"content_policy": "{name} declines to answer this because of its content policy.",
	"invalid_request": "{name} cannot do what was asked of it{detail}.",
}


@dataclass(frozen=True)
class Failure:
	"""A refusal or an error event in the provider's own terms. `retry_after`: seconds."""

	status: int | None = None
	names: tuple[str, ...] = ()
	message: str = ""
	retry_after: float | None = None

	@classmethod
	def of(cls, error: Any, status: int | None = None, headers: Mapping[str, str] | None = None) -> Failure:
		"""From an `error` object of any provider; its `code` may be a name or, as OpenRouter has it, an HTTP status."""
		fields = error if isinstance(error, dict) else {}
		named = [fields.get("code"), fields.get("type")]
		numbers = [value for value in named if isinstance(value, int)]
		names = tuple(value for value in named if isinstance(value, str))
		return cls(
			status or next(iter(numbers), None),
			names,
			error if isinstance(error, str) else str(fields.get("message", "")),
			retry_after(headers or {}),
		)

	@property
	def code(self) -> ErrorCode:
		if self.status == 413:
			return "context_length"
		named = next((_NAMES[name] for name in _NAMES if name in self.names), None)
		return named or next(self._spoken(), None) or self._by_status()

	def error(self, provider: str) -> ProviderError:
		"""The same for people: nothing in it was written by the provider but the failure's name."""
		return provider_error(self.code, provider, self._detail(), self.retry_after)

	def _spoken(self) -> Iterator[ErrorCode]:
		if self.status in (None, 400, 422):
			yield from (code for phrase, code in _PHRASES.items() if re.search(phrase, self.message, re.I))

	def _by_status(self) -> ErrorCode:
		if self.status is None:
			return "invalid_request" if "invalid_request_error" in self.names else "overloaded"
		return _STATUSES.get(self.status) or ("overloaded" if self.status >= 500 else "invalid_request")

	def _detail(self) -> str:
		parts = [str(self.status)] if self.status else []
		parts += [name for name in self.names if re.fullmatch(r"[a-z_]{1,64}", name)][:1]
		return f" ({', '.join(parts)})" if parts else ""


def provider_error(
	code: ErrorCode, provider: str, detail: str = "", retry_after: float | None = None
) -> ProviderError:
	return ProviderError(code, _SENTENCES[code].format(name=provider, detail=detail), retry_after)


def retry_after(headers: Mapping[str, str]) -> float | None:
	"""Seconds from `retry-after-ms` or `Retry-After` (RFC 9110, 10.2.3: seconds or a date); None for nothing usable."""
	milliseconds, given = headers.get("retry-after-ms", ""), headers.get("retry-after", "").strip()
	if re.fullmatch(r"\d+(\.\d+)?", milliseconds):
		return float(milliseconds) / 1000
	if re.fullmatch(r"\d+(\.\d+)?", given):
		return float(given)
	try:
		return max(parsedate_to_datetime(given).timestamp() - time.time(), 0.0)
	except (TypeError, ValueError):
		return None
