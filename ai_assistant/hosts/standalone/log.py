"""What the processes of the site log: to standard error, and of libraries only warnings."""

from __future__ import annotations

import logging
import os

_CHATTY = ("alembic", "uvicorn", "httpx", "httpx2", "openai", "anthropic")
"""Libraries that log every step or request at INFO."""


def begin_log(name: str) -> None:
	logging.basicConfig(
		level=logging.INFO, format=f"%(asctime)s %(levelname)s {name} {os.getpid()}: %(message)s"
	)
	for library in _CHATTY:
		logging.getLogger(library).setLevel(logging.WARNING)
