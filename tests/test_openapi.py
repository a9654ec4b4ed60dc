"""docs/openapi.json says what the code does, and a site does what it says."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import openapi
from tests.site_process import WAIT, served

SCHEMATHESIS = Path(sys.prefix, "schemathesis", "bin", "schemathesis")

BENCH = Path(__file__).parent.parent / "ai_assistant" / "api"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def test_the_file_is_the_one_that_the_code_makes() -> None:
	assert openapi.FILE.read_bytes() == openapi.encoded(), "run `make openapi`"


def whitelisted() -> Iterator[tuple[str, tuple[str, ...]]]:
	"""The methods of a bench and their verbs, as their decorators say."""
	for module in BENCH.glob("*.py"):
		prefix = "" if module.stem == "__init__" else f"{module.stem}."
		for node in ast.parse(module.read_text()).body:
			match node:
				case ast.FunctionDef(
					name=name,
					decorator_list=[ast.Call(keywords=[ast.keyword(arg="methods", value=verbs), *_])],
				):
					yield f"{prefix}{name}", tuple(ast.literal_eval(verbs))


def test_every_method_of_a_bench_is_described_with_its_verbs() -> None:
	described = {name: method.verbs for name, method in openapi.METHODS.items()}
	shared = {name: verbs for name, verbs in described.items() if name not in openapi.STANDALONE}
	assert dict(whitelisted()) == shared | {"v1": ("GET", "POST")}


@pytest.mark.skipif(not SCHEMATHESIS.exists(), reason="`make test` installs schemathesis")
def test_whatever_a_site_is_asked_it_answers_as_described(tmp_path: Path) -> None:
	with served() as site:
		command = [SCHEMATHESIS, "--config-file", CONFIGURATION, "run", openapi.FILE]
		options = ["--url", site.url, "--header", f"Authorization: token {site.token}"]
		done = subprocess.run(
			[*command, *options], cwd=tmp_path, capture_output=True, text=True, timeout=2 * WAIT
		)
	assert done.returncode == 0, done.stdout + done.stderr
