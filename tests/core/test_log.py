"""What a process writes to its log."""

from __future__ import annotations

import io
import logging

import pytest

from ai_assistant.core.log import Discreet, log_as_guest

SAID = "what somebody wrote"


def break_down(logger: logging.Logger) -> None:
	try:
		try:
			int(SAID)
		except ValueError as error:
			raise LookupError(SAID) from error
	except LookupError:
		logger.exception("it broke")


def assert_discreet(told: str) -> None:
	assert told.startswith("it broke\n")
	assert told.index("builtins.ValueError") < told.index("builtins.LookupError")
	assert "test_log.py" in told
	assert SAID not in told


def test_a_fault_is_logged_by_type_and_place_and_not_by_what_it_says() -> None:
	log = io.StringIO()
	handler = logging.StreamHandler(log)
	handler.setFormatter(Discreet("%(message)s"))
	logger = logging.Logger("fault")
	logger.addHandler(handler)
	break_down(logger)
	assert_discreet(log.getvalue())


def test_so_it_is_where_the_log_is_somebody_elses(capsys: pytest.CaptureFixture[str]) -> None:
	log_as_guest()
	break_down(logging.Logger("guest"))
	assert_discreet(capsys.readouterr().err)
