"""docs/openapi.json says what the code does, and a site does what it says."""

from __future__ import annotations

from docs import openapi


def test_the_file_is_the_one_that_the_code_makes() -> None:
	assert openapi.FILE.read_bytes() == openapi.encoded(), "run `make openapi`"
