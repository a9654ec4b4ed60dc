"""Methods of `/api/method/ai_assistant.api.…`, as docs/protocol.md describes them.

Parameters are those of the request of the same method in `ai_assistant.core.requests`; what is unknown or wrong is refused.
"""

import frappe
from werkzeug.wrappers import Response

from ai_assistant.core import requests
from ai_assistant.core.batch import BatchRequest
from ai_assistant.hosts.frappe import openai
from ai_assistant.hosts.frappe.batch import answer_batch
from ai_assistant.hosts.frappe.chat import complete
from ai_assistant.hosts.frappe.http import Value, answer, answer_with
from ai_assistant.hosts.frappe.realtime_config import realtime_config
from ai_assistant.hosts.frappe.streams import stream


@frappe.whitelist(methods=["POST"])
def chat_completion(**parameters: Value) -> Response:
	return complete("chat_completion", parameters)


@frappe.whitelist(methods=["POST"])
def streaming_chat_completion(**parameters: Value) -> Response:
	return openai.stream_chat(parameters)


@frappe.whitelist(methods=["GET", "POST"], allow_guest=True)
def v1(**parameters: Value) -> Response:
	"""For OpenAI's clients, who are told in their own way that they must sign in."""
	return openai.v1(parameters)


@frappe.whitelist(methods=["POST"])
def batch(**parameters: Value) -> Response:
	return answer_with(answer_batch, BatchRequest, parameters)


@frappe.whitelist(methods=["POST"])
def stop(**parameters: Value) -> Response:
	return answer("stop", parameters)


@frappe.whitelist(methods=["GET", "POST"])
def get_events(**parameters: Value) -> Response:
	return answer("get_events", parameters)


@frappe.whitelist(methods=["GET"])
def stream_events(**parameters: Value) -> Response:
	return stream(parameters)


@frappe.whitelist(methods=["GET", "POST"])
def get_realtime_config(**parameters: Value) -> Response:
	return answer_with(realtime_config, requests.EmptyRequest, parameters)


@frappe.whitelist(methods=["GET"])
def models(**parameters: Value) -> Response:
	return answer("models", parameters)
