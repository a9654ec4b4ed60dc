"""The chat's page has the route that the workspace had, which has another name since."""

import frappe


def execute() -> None:
	frappe.delete_doc_if_exists("Workspace", "AI Assistant")
