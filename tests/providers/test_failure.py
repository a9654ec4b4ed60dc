from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest

from ai_assistant.core.errors import ErrorCode
from ai_assistant.core.providers.failure import Failure, retry_after


@pytest.mark.parametrize(
	("headers", "seconds"),
	[
		({}, None),
		({"retry-after": "20"}, 20.0),
		({"retry-after": "1.5"}, 1.5),
		({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
		({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
		({"retry-after": "soon"}, None),
		({"retry-after": "-5"}, None),
		({"retry-after": "inf"}, None),
	],
)
def test_retry_after_is_seconds_or_nothing(headers: dict[str, str], seconds: float | None) -> None:
	assert retry_after(headers) == seconds


def test_retry_after_may_be_a_date() -> None:
	assert retry_after({"retry-after": formatdate(time.time() + 60, usegmt=True)}) == pytest.approx(60, abs=2)


@pytest.mark.parametrize(
	("error", "status", "code"),
	[
		({"code": "insufficient_quota", "type": "insufficient_quota"}, 429, "quota"),
		({"code": "rate_limit_exceeded", "type": "tokens"}, 413, "context_length"),
		({"type": "invalid_request_error", "code": "invalid_request_error"}, 402, "quota"),
		({"type": "invalid_request_error", "message": "Your credit balance is too low"}, 400, "quota"),
		({"type": "invalid_request_error", "message": "temperature is wrong"}, 400, "invalid_request"),
		({"message": "The context window of this server is full"}, 500, "overloaded"),
		({"status": "RESOURCE_EXHAUSTED", "code": 429}, None, "rate_limit"),
		({"code": "content_filter", "innererror": {}}, 400, "content_policy"),
		("model not found", 404, "invalid_request"),
		(None, 418, "invalid_request"),
		(None, 520, "overloaded"),
		(None, None, "overloaded"),
		([1, 2], 401, "auth"),
	],
)
def test_failures_of_any_shape_have_a_code(error: Any, status: int | None, code: ErrorCode) -> None:
	assert Failure.of(error, status).code == code


def test_a_refusal_is_told_with_its_name_but_not_with_its_message() -> None:
	refused = Failure.of({"type": "x", "code": "model_not_found", "message": "No sk-123 at http://x"}, 404)
	assert str(refused.error("OpenAI")) == "OpenAI cannot do what was asked of it (404, model_not_found)."
