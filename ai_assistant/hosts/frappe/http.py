"""Whitelisted methods as clients of both hosts know them: parameters, envelope and errors of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import frappe
from msgspec import Struct
from werkzeug.wrappers import Response

from ai_assistant.core import envelope, requests
from ai_assistant.core.assistant import Assistant
from ai_assistant.core.envelope import Envelope
from ai_assistant.core.errors import AssistantError, NotPermitted
from ai_assistant.core.methods import USE_CASES, WRITTEN
from ai_assistant.hosts.frappe.assistant import site_assistant
from ai_assistant.hosts.frappe.context import roll_back, translated

Value = str | int | float | bool | dict[str, Any] | list[Any] | None
"""A parameter, as JSON or a form has it. What exactly is allowed is said by the method's request in `core.requests`."""

ROLE = "AI User"

_R = TypeVar("_R", bound=Struct)

_OF_FRAPPE = ("cmd", "csrf_token")
"""Parameters that its own clients add to every request."""


def answer(name: str, parameters: dict[str, Value], role: str = ROLE) -> Response:
	"""What the use case of that name returns, in the envelope of the protocol; also its refusals."""
	use_case = USE_CASES[name]
	return answer_with(use_case.answer, use_case.request, parameters, role)


def answer_with(
	use_case: Callable[[Assistant, str, _R], Any],
	kind: type[_R],
	parameters: dict[str, Value],
	role: str = ROLE,
) -> Response:
	try:
		with translated():
			return success(use_case(site_assistant(), current_user(role), parse(kind, parameters)))
	except AssistantError as error:
		roll_back()
		return failure(error)


def write(name: str, parameters: dict[str, Value]) -> Response:
	"""What the use case of that name in `WRITTEN` gives, piece by piece; its refusals come before the first."""
	use_case = WRITTEN[name]
	try:
		with translated():
			pieces = use_case.answer(site_assistant(), current_user(), parse(use_case.request, parameters))
	except AssistantError as error:
		roll_back()
		return failure(error)
	return Response(_sent(pieces), 200, {"Cache-Control": "no-store"}, mimetype="application/json")


def _sent(pieces: Iterator[bytes]) -> Iterator[bytes]:
	"""A client that takes its time holds no connection to the database: it is opened again for each piece."""
	for piece in pieces:
		frappe.db.close()
		yield piece


def current_user(role: str = ROLE) -> str:
	"""Raises NotPermitted for somebody without the role."""
	if role not in frappe.get_roles():
		raise NotPermitted(f"Ask an administrator for the role {role}.")
	user: str = frappe.session.user
	return user


def parse(kind: type[_R], parameters: dict[str, Value]) -> _R:
	given = {name: value for name, value in parameters.items() if name not in _OF_FRAPPE}
	is_json = frappe.request.is_json and frappe.request.method != "GET"
	return requests.parse(kind, given, is_form=not is_json)


def success(value: Any) -> Response:
	return respond(envelope.success(value))


def failure(error: AssistantError) -> Response:
	return respond(envelope.failure(error))


def respond(answer: Envelope) -> Response:
	return Response(answer.encode(), answer.status, answer.headers, mimetype="application/json")
