"""Methods of `/api/method/ai_assistant.api.chat.…`."""

import frappe
from werkzeug.wrappers import Response

from ai_assistant.hosts.frappe.chat import complete
from ai_assistant.hosts.frappe.http import Value, answer, write


@frappe.whitelist(methods=["POST"])
def create_conversation(**parameters: Value) -> Response:
	return answer("chat.create_conversation", parameters)


@frappe.whitelist(methods=["GET"])
def list_conversations(**parameters: Value) -> Response:
	return answer("chat.list_conversations", parameters)


@frappe.whitelist(methods=["GET"])
def get_conversation_history(**parameters: Value) -> Response:
	return answer("chat.get_conversation_history", parameters)


@frappe.whitelist(methods=["POST"])
def rename_conversation(**parameters: Value) -> Response:
	return answer("chat.rename_conversation", parameters)


@frappe.whitelist(methods=["POST"])
def archive_conversation(**parameters: Value) -> Response:
	return answer("chat.archive_conversation", parameters)


@frappe.whitelist(methods=["POST"])
def unarchive_conversation(**parameters: Value) -> Response:
	return answer("chat.unarchive_conversation", parameters)


@frappe.whitelist(methods=["POST"])
def delete_conversation(**parameters: Value) -> Response:
	return answer("chat.delete_conversation", parameters)


@frappe.whitelist(methods=["GET"])
def search(**parameters: Value) -> Response:
	return answer("chat.search", parameters)


@frappe.whitelist(methods=["GET"])
def export(**parameters: Value) -> Response:
	return write("chat.export", parameters)


@frappe.whitelist(methods=["GET"])
def get_attachment(**parameters: Value) -> Response:
	return answer("chat.get_attachment", parameters)


@frappe.whitelist(methods=["POST"])
def choose_branch(**parameters: Value) -> Response:
	return answer("chat.choose_branch", parameters)


@frappe.whitelist(methods=["POST"])
def message_feedback(**parameters: Value) -> Response:
	return answer("chat.message_feedback", parameters)


@frappe.whitelist(methods=["GET"])
def get_preferences(**parameters: Value) -> Response:
	return answer("chat.get_preferences", parameters)


@frappe.whitelist(methods=["POST"])
def set_preferences(**parameters: Value) -> Response:
	return answer("chat.set_preferences", parameters)


@frappe.whitelist(methods=["POST"])
def regenerate(**parameters: Value) -> Response:
	return complete("chat.regenerate", parameters)


@frappe.whitelist(methods=["POST"])
def edit_message(**parameters: Value) -> Response:
	return complete("chat.edit_message", parameters)
