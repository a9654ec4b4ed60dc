"""For `bench console`: `from ai_assistant.console import ask, runs, stop, watch`."""

from ai_assistant.hosts.frappe.console import ask, runs, stop, watch

__all__ = ["ask", "runs", "stop", "watch"]
