"""The assistant itself: no Frappe, no web framework."""
