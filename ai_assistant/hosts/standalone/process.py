"""How each process of the site begins."""

from __future__ import annotations

import logging
import os
import sys

_CHATTY = ("alembic", "uvicorn", "httpx", "httpx2", "openai", "anthropic")
"""Libraries that log every step or request at INFO."""


def begin_process(name: str) -> None:
	"""Logs to standard error, and may open as many connections as the system lets it."""
	logging.basicConfig(
		level=logging.INFO, format=f"%(asctime)s %(levelname)s {name} {os.getpid()}: %(message)s"
	)
	for library in _CHATTY:
		logging.getLogger(library).setLevel(logging.WARNING)
	if sys.platform != "win32":
		_allow_connections()


def _allow_connections() -> None:
	"""The usual 1,024 files are fewer than the runs of one worker, each of which has a connection."""
	import resource

	_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
	resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
