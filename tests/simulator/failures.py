"""What providers answer when they refuse, as their documentation and servers word it."""

from __future__ import annotations

from typing import Any

from tests.simulator.wire import Failure

_KEY = "Incorrect API key provided: bad-key. You can find your API key at https://platform.openai.com/account/api-keys."
_QUOTA = "You exceeded your current quota, please check your plan and billing details."
_CONTEXT = (
	"This model's maximum context length is 128000 tokens. However, your messages resulted in 210000 tokens."
)
_POLICY = "The response was filtered due to the prompt triggering the content management policy."
_RATE = (
	"Rate limit reached for requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s."
)
_SERVER = "The server had an error while processing your request. Sorry about that!"

OPENAI = {
	"400": Failure(400, "invalid_request_error", None, "Invalid value for 'temperature'."),
	"401": Failure(401, "invalid_request_error", "invalid_api_key", _KEY),
	"402": Failure(402, "unknown_error", "invalid_request_error", "Insufficient Balance"),
	"403": Failure(
		403, "invalid_request_error", "model_not_allowed", "Project does not have access to model."
	),
	"404": Failure(404, "invalid_request_error", "model_not_found", "The model does not exist."),
	"413": Failure(413, "invalid_request_error", "request_too_large", "The request body is too large."),
	"429": Failure(429, "requests", "rate_limit_exceeded", _RATE),
	"500": Failure(500, "server_error", "server_error", _SERVER),
	"503": Failure(503, "service_unavailable_error", "overloaded", "The engine is currently overloaded."),
	"529": Failure(529, "overloaded_error", "overloaded", "The engine is currently overloaded."),
	"quota": Failure(429, "insufficient_quota", "insufficient_quota", _QUOTA),
	"context": Failure(400, "invalid_request_error", "context_length_exceeded", _CONTEXT),
	"policy": Failure(400, "invalid_request_error", "content_filter", _POLICY),
}

ANTHROPIC = {
	"400": Failure(400, "invalid_request_error", None, "max_tokens: Field required"),
	"401": Failure(401, "authentication_error", None, "invalid x-api-key"),
	"402": Failure(402, "billing_error", None, "There is an issue with your billing or payment information."),
	"403": Failure(403, "permission_error", None, "Your API key does not have permission to use this model."),
	"404": Failure(404, "not_found_error", None, "model: sim"),
	"413": Failure(413, "request_too_large", None, "Request exceeds the maximum size"),
	"429": Failure(429, "rate_limit_error", None, "This request would exceed your rate limit."),
	"500": Failure(500, "api_error", None, "Internal server error"),
	"529": Failure(529, "overloaded_error", None, "Overloaded"),
	"quota": Failure(
		400, "invalid_request_error", None, "Your credit balance is too low to access the Anthropic API."
	),
	"context": Failure(
		400, "invalid_request_error", None, "prompt is too long: 210000 tokens > 200000 maximum"
	),
	"policy": Failure(400, "invalid_request_error", None, "Output blocked by content filtering policy"),
}


def named(name: str, known: dict[str, Failure], otherwise: str) -> Failure:
	"""The failure of that name; a status without one is an error of the type `otherwise`. Raises ValueError."""
	if name in known:
		return known[name]
	if not name.isdigit() or not 400 <= int(name) <= 599:
		raise ValueError(f"There is no error {name!r}.")
	return Failure(int(name), otherwise, None, f"Error {name}")


def openai_body(failure: Failure) -> dict[str, Any]:
	"""The body both of OpenAI's wires refuse with."""
	error = {"message": failure.message, "type": failure.type, "param": None, "code": failure.code}
	return {"error": error}
