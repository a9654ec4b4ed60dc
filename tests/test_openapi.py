"""docs/openapi.json says what the code does."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from docs import openapi
from docs.methods import METHODS, OPENAI, STANDALONE

BENCH = Path(__file__).parent.parent / "ai_assistant" / "api"


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
	described = defaultdict[str, set[str]](set)
	for name, method in (METHODS | OPENAI).items():
		if name not in STANDALONE:
			described[name.partition("/")[0]] |= set(method.verbs)
	assert {name: set(verbs) for name, verbs in whitelisted()} == described
