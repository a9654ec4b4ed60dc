"""What OpenAI's clients ask below `v1`, and `streaming_chat_completion`, which answers alike."""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from werkzeug.wrappers import Response

from ai_assistant.core.chat_completions import completed
from ai_assistant.core.chunks import Chunks
from ai_assistant.core.completion_failure import answer_to
from ai_assistant.core.completion_request import CompletionRequest, chat_request
from ai_assistant.core.envelope import Envelope
from ai_assistant.core.errors import AssistantError, NotAuthenticated, NotFound
from ai_assistant.core.model_list import listed, model_list
from ai_assistant.core.requests import ChatRequest, EmptyRequest, EventsRequest
from ai_assistant.core.sse import COMMENT
from ai_assistant.hosts.frappe.assistant import site_assistant
from ai_assistant.hosts.frappe.chat import wait_for_reply
from ai_assistant.hosts.frappe.context import roll_back, translated
from ai_assistant.hosts.frappe.http import Value, current_user, failure, parse, respond
from ai_assistant.hosts.frappe.streams import SILENCE, streamed


def stream_chat(parameters: dict[str, Value]) -> Response:
	"""`streaming_chat_completion`."""
	return streamed(lambda: _chunks(current_user(), parse(ChatRequest, parameters), has_usage=True), failure)


def v1(parameters: dict[str, Value]) -> Response:
	try:
		with translated():
			return _answer(parameters)
	except AssistantError as error:
		roll_back()
		return _refuse(error)


def _refuse(error: AssistantError) -> Response:
	return respond(answer_to(error))


def _answer(parameters: dict[str, Value]) -> Response:
	if frappe.session.user == "Guest":
		raise NotAuthenticated("Send `Authorization: Bearer key:secret`.")
	user = current_user()
	verb, path = frappe.request.method, frappe.request.path.partition("ai_assistant.api.v1/")[2]
	if (verb, path) == ("POST", "chat/completions"):
		return _complete(user, parse(CompletionRequest, parameters))
	resource, _, id = path.partition("/")
	if (verb, resource) == ("GET", "models"):
		choices = site_assistant().models(user, EmptyRequest())
		return respond(Envelope(200, listed(id, choices) if id else model_list(choices)))
	raise NotFound(f"There is no {verb} /{path} here.")


def _complete(user: str, asked: CompletionRequest) -> Response:
	assistant = site_assistant()
	request = chat_request(asked, assistant.models(user, EmptyRequest()))
	if asked.stream:
		return streamed(lambda: _chunks(user, request, asked.has_usage), _refuse)
	started = assistant.start_run(user, request)
	return respond(Envelope(200, completed(wait_for_reply(assistant, user, started))))


def _chunks(user: str, request: ChatRequest, has_usage: bool) -> Iterator[bytes]:
	assistant = site_assistant()
	started = assistant.start_run(user, request)
	chunks = Chunks(started, request.model, has_usage)
	try:
		for page in assistant.replay.follow(user, EventsRequest(started.task_id), SILENCE):
			yield chunks.take(page.events) or COMMENT
	except AssistantError as error:
		yield chunks.break_off(error)
	else:
		yield chunks.end()
