"""The desk's texts in other languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

LOCALE = Path(__file__).parent.parent / "ai_assistant/locale"

_TEXT = r'((?:".*"\n)+)'
_ENTRY = re.compile(rf"((?:#.*\n)*)msgid {_TEXT}msgstr {_TEXT}")
_PLACE = re.compile(r"\{\w*\}")


def texts(name: str) -> dict[str, str]:
	"""Each text and its translation; nothing for one that is only guessed."""
	found = _ENTRY.findall((LOCALE / name).read_text() + "\n")
	return {_joined(text): "" if ", fuzzy" in head else _joined(said) for head, text, said in found}


def _joined(lines: str) -> str:
	return "".join(map(ast.literal_eval, lines.splitlines()))


@pytest.mark.parametrize("name", sorted(path.name for path in LOCALE.glob("*.po")))
def test_every_text_is_translated_with_the_same_places_in_it(name: str) -> None:
	template, translated = texts("main.pot"), texts(name)
	assert len(template) == (LOCALE / "main.pot").read_text().count("\nmsgid ")
	assert translated.keys() == template.keys()
	assert [text for text, said in translated.items() if not said] == []
	for text, said in translated.items():
		if text:
			assert sorted(_PLACE.findall(said)) == sorted(_PLACE.findall(text)), text
