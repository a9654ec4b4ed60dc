"""`Authorization: Bearer key:secret`, as OpenAI's clients send the token that Frappe's clients send as `token`."""

from __future__ import annotations

import frappe
from frappe.auth import validate_api_key_secret

_OURS = "/api/method/ai_assistant."


def sign_in_bearer() -> None:
	"""Before every request. A bearer without a colon is OAuth's. Raises frappe.AuthenticationError."""
	scheme, _, token = frappe.get_request_header("Authorization", "").partition(" ")
	key, colon, secret = token.strip().partition(":")
	if scheme.lower() == "bearer" and colon and frappe.request.path.startswith(_OURS):
		validate_api_key_secret(key, secret)
