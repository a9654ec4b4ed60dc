"""`Authorization: Bearer key:secret`, as OpenAI's clients send the token that Frappe's clients send as `token`."""

from __future__ import annotations

import frappe
from frappe.auth import validate_api_key_secret
from werkzeug.exceptions import Unauthorized

from ai_assistant.core.completion_failure import answer_to
from ai_assistant.core.errors import NotAuthenticated
from ai_assistant.hosts.frappe.http import respond

_OURS = "/api/method/ai_assistant."
_OPENAI = "/api/method/ai_assistant.api.v1/"


def sign_in_bearer() -> None:
	"""Before every request. A bearer without a colon is OAuth's, which Frappe has looked at before.

	Raises frappe.AuthenticationError, and Unauthorized with an answer that OpenAI's clients can read.
	"""
	scheme, _, token = frappe.get_request_header("Authorization", "").partition(" ")
	path = frappe.request.path
	if scheme.lower() != "bearer" or not path.startswith(_OURS) or frappe.session.user != "Guest":
		return
	try:
		_sign_in(token)
	except frappe.AuthenticationError:
		if not path.startswith(_OPENAI):
			raise
		refusal = answer_to(NotAuthenticated("This token is not known."))
		raise Unauthorized(response=respond(refusal)) from None


def _sign_in(token: str) -> None:
	key, colon, secret = token.strip().partition(":")
	if not colon:
		raise frappe.AuthenticationError
	validate_api_key_secret(key, secret)
