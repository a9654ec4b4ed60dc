"""docs/protocol.md, read by its headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TEXT = Path(__file__).with_name("protocol.md").read_text(encoding="utf-8")

Row = list[str]


@dataclass(frozen=True)
class Section:
	"""`prose`: what is said before the table or example; `rows`: those of its table, without the head."""

	prose: str
	rows: list[Row]


def _sections() -> dict[str, Section]:
	found: dict[str, Section] = {}
	for section in re.split(r"^#{2,3} ", TEXT, flags=re.MULTILINE)[1:]:
		title, _, content = section.partition("\n")
		assert title.strip("`") not in found, f"two sections are called {title}"
		found[title.strip("`")] = Section(_prose(content), _rows(content))
	return found


def _prose(content: str) -> str:
	before = re.split(r"^(?:\||```)", content, maxsplit=1, flags=re.MULTILINE)[0]
	return "\n\n".join(" ".join(paragraph.split()) for paragraph in before.strip().split("\n\n"))


def _rows(content: str) -> list[Row]:
	lines = [line for line in content.splitlines() if line.startswith("|")]
	return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


SECTIONS = _sections()
"""By their titles."""
