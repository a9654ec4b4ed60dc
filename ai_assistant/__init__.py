"""Answers chat messages as a live stream, on a Frappe bench or standalone."""

__version__ = "0.1.0"
