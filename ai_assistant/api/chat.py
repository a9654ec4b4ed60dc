"""Methods of `/api/method/ai_assistant.api.chat.…`."""

import frappe
from werkzeug.wrappers import Response

from ai_assistant.hosts.frappe.http import Value, answer


@frappe.whitelist(methods=["POST"])
def create_conversation(**parameters: Value) -> Response:
	return answer("chat.create_conversation", parameters)


@frappe.whitelist(methods=["GET"])
def list_conversations(**parameters: Value) -> Response:
	return answer("chat.list_conversations", parameters)


@frappe.whitelist(methods=["GET"])
def get_conversation_history(**parameters: Value) -> Response:
	return answer("chat.get_conversation_history", parameters)
