"""How each process of the site begins: its log, and how its threads take turns."""

from __future__ import annotations

import logging
import os
import sys

_CHATTY = ("alembic", "uvicorn", "httpx", "httpx2", "openai", "anthropic")
"""Libraries that log every step or request at INFO."""

_TURN = 0.001
"""Seconds after which a thread of the store gets the interpreter from a busy event loop; Python's own 5 ms, met at
every statement, would make a burst of requests twice as slow."""


def prepare_process(name: str) -> None:
	logging.basicConfig(
		level=logging.INFO, format=f"%(asctime)s %(levelname)s {name} {os.getpid()}: %(message)s"
	)
	for library in _CHATTY:
		logging.getLogger(library).setLevel(logging.WARNING)
	sys.setswitchinterval(_TURN)
