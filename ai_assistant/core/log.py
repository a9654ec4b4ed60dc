"""What a process writes to its log: of a fault types and places, never what somebody wrote."""

from __future__ import annotations

import logging
import os
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


def begin_log(process: str) -> None:
	"""To standard error, for a process of our own."""
	handler = logging.StreamHandler()
	handler.setFormatter(Discreet(f"%(asctime)s %(levelname)s {process} {os.getpid()}: %(message)s"))
	logging.basicConfig(level=logging.INFO, handlers=[handler])
	for library in _CHATTY:
		logging.getLogger(library).setLevel(logging.WARNING)


def log_as_guest() -> None:
	"""For a process whose log is somebody else's: warnings that it has no place for go to standard error."""
	if logging.lastResort:
		logging.lastResort.setFormatter(Discreet())
