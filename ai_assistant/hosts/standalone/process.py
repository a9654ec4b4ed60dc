"""How each process of the site begins."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from typing import Any

_CHATTY = ("alembic", "uvicorn", "httpx", "httpx2", "openai", "anthropic")
"""Libraries that log every step or request at INFO."""


class Discreet(logging.Formatter):
	"""Of an exception it writes types and places: what it says may quote what somebody wrote, or a key."""

	def formatException(self, ei: Any) -> str:
		told, error = [], ei[1]
		while error is not None:
			places = "".join(traceback.format_tb(error.__traceback__))
			told.append(f"{places}{type(error).__module__}.{type(error).__qualname__}")
			error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
		return "\n\n".join(reversed(told))


def begin_process(name: str) -> None:
	"""Logs to standard error, and may open as many connections as the system lets it."""
	handler = logging.StreamHandler()
	handler.setFormatter(Discreet(f"%(asctime)s %(levelname)s {name} {os.getpid()}: %(message)s"))
	logging.basicConfig(level=logging.INFO, handlers=[handler])
	for library in _CHATTY:
		logging.getLogger(library).setLevel(logging.WARNING)
	if sys.platform != "win32":
		_allow_connections()


def _allow_connections() -> None:
	"""The usual 1,024 files are fewer than the runs of one worker, each of which has a connection."""
	import resource

	_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
	resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
