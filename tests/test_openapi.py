"""docs/openapi.json says what the code does, and a site does what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from docs import openapi
from tests.site_process import WAIT, served

SCHEMATHESIS = Path(sys.prefix, "schemathesis", "bin", "schemathesis")

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def test_the_file_is_the_one_that_the_code_makes() -> None:
	assert openapi.FILE.read_bytes() == openapi.encoded(), "run `make openapi`"


@pytest.mark.skipif(not SCHEMATHESIS.exists(), reason="`make test` installs schemathesis")
def test_whatever_a_site_is_asked_it_answers_as_described(tmp_path: Path) -> None:
	with served() as site:
		command = [SCHEMATHESIS, "--config-file", CONFIGURATION, "run", openapi.FILE]
		options = ["--url", site.url, "--header", f"Authorization: token {site.token}"]
		done = subprocess.run(
			[*command, *options], cwd=tmp_path, capture_output=True, text=True, timeout=WAIT
		)
	assert done.returncode == 0, done.stdout + done.stderr
