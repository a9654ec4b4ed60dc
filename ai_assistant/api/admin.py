"""Methods of `/api/method/ai_assistant.api.admin.…`, for administrators."""

import frappe
from werkzeug.wrappers import Response

from ai_assistant.hosts.frappe.http import Value, answer


@frappe.whitelist(methods=["GET"])
def usage(**parameters: Value) -> Response:
	return answer("admin.usage", parameters, role="System Manager")
