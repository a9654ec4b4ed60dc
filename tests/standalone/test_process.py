"""What a process of the site writes to its log."""

from __future__ import annotations

import io
import logging

from ai_assistant.hosts.standalone.process import Discreet


def test_a_fault_is_logged_by_type_and_place_and_not_by_what_it_says() -> None:
	log = io.StringIO()
	handler = logging.StreamHandler(log)
	handler.setFormatter(Discreet("%(message)s"))
	logger = logging.Logger("fault")
	logger.addHandler(handler)
	try:
		try:
			int("what somebody" + " wrote")
		except ValueError as error:
			raise LookupError("what somebody" + " wrote") from error
	except LookupError:
		logger.exception("it broke")
	told = log.getvalue()
	assert told.startswith("it broke\n")
	assert told.index("builtins.ValueError") < told.index("builtins.LookupError")
	assert "test_process.py" in told
	assert "what somebody wrote" not in told
