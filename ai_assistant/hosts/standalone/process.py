"""How each process of the site begins."""

from __future__ import annotations

import sys

from ai_assistant.core.log import begin_log


def begin_process(name: str) -> None:
	"""Logs to standard error, and may open as many connections as the system lets it."""
	begin_log(name)
	if sys.platform != "win32":
		_allow_connections()


def _allow_connections() -> None:
	"""The usual 1,024 files are fewer than the runs of one worker, each of which has a connection."""
	import resource

	_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
	resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
