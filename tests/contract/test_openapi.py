"""A site answers as docs/openapi.json says, on either host."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ai_assistant.core.methods import PATH
from docs import openapi
from docs.methods import STANDALONE
from tests.contract.bench import Bench
from tests.contract.host import Host

TESTS = Path(__file__).parent.parent
SCHEMATHESIS = Path(sys.prefix, "schemathesis", "bin", "schemathesis")

PATIENCE = 600.0
"""Seconds for some thousand requests."""


@pytest.mark.parametrize(
	("user", "methods"),
	[("ann", []), ("chief", ["--include-path-regex", r"\.admin\."])],
	ids=["user", "administrator"],
)
@pytest.mark.skipif(not SCHEMATHESIS.exists(), reason="`make test` installs schemathesis")
def test_whatever_a_site_is_asked_it_answers_as_described(
	host: Host, tmp_path: Path, user: str, methods: list[str]
) -> None:
	command = [SCHEMATHESIS, "--config-file", TESTS / "schemathesis.toml", "run", openapi.FILE]
	command += ["--url", host.url, "--header", f"Authorization: token {host.tokens[user]}", *methods]
	environment = os.environ | {"PYTHONPATH": str(TESTS.parent)}
	if isinstance(host, Bench):
		environment["SCHEMATHESIS_HOOKS"] = "tests.contract.refused_by_frappe"
		command += [f"--exclude-path={PATH}{name}" for name in STANDALONE]
	done = subprocess.run(
		command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE
	)
	assert done.returncode == 0, done.stdout + done.stderr
