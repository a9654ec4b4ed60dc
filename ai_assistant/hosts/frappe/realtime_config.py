"""Where and how a client connects to Frappe's realtime service."""

from __future__ import annotations

import frappe

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.events import EVENT_NAME
from ai_assistant.core.requests import EmptyRequest


def realtime_config(_assistant: Assistant, _user: str, _request: EmptyRequest) -> dict[str, str]:
	"""A development server (`bench start`) has no proxy in front, and the service on a port of its own."""
	url = frappe.request.host_url.rstrip("/")
	if frappe.local.dev_server and frappe.conf.socketio_port:
		host = frappe.request.host.rpartition(":")[0] or frappe.request.host
		url = f"{frappe.request.scheme}://{host}:{frappe.conf.socketio_port}"
	site: str = frappe.local.site
	return {
		"url": url,
		"namespace": f"/{site}",
		"path": "/socket.io",
		"event": EVENT_NAME,
		"site": site,
	}
