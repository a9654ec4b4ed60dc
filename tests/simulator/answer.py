"""The words of a simulated answer: numbered, so that what is lost, repeated or out of order shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Literal

from tests.simulator.behaviour import Behaviour

_ANSWERS = Path(__file__).parent.parent / "fixtures" / "answers"

Kind = Literal["reasoning", "text", "tool"]

STAMP = "#" * 20
"""Stands in a delta for the moment of sending, which is written over it."""

_TRAPS = (
	"😀",
	"e\u0301",
	"𝒜",
	"👩‍💻",
	"नमस्ते",
	"عربي",
	"🇮🇳",
	"\u2028",
	"\u0085",
	"日本",
	'"\\\n\t',
	"\U0010fffd",
)


@dataclass(frozen=True)
class Part:
	"""Deltas of one kind that follow each other; `id` and `name` are those of a tool call."""

	kind: Kind
	deltas: tuple[str, ...]
	id: str = ""
	name: str = ""

	@property
	def whole(self) -> str:
		return "".join(self.deltas)


@dataclass(frozen=True)
class Citation:
	"""A page that the text is taken from; `quote` is what it says there."""

	title: str
	url: str
	quote: str


@dataclass(frozen=True)
class Answer:
	"""All that a behaviour says, in order."""

	behaviour: Behaviour
	parts: tuple[Part, ...]

	@classmethod
	def to(cls, behaviour: Behaviour) -> Answer:
		parts = [
			Part("reasoning", _thought(behaviour)),
			Part("text", _said(behaviour)),
		]
		arguments = ('{"words":"', *(f"a{n} " for n in range(behaviour.arguments)), '"}')
		names = behaviour.tool.split("+") if behaviour.tool else []
		parts += [Part("tool", arguments, f"call_{n}", name) for n, name in enumerate(names)]
		return cls(behaviour, tuple(part for part in parts if part.deltas))

	@property
	def text(self) -> str:
		return "".join(part.whole for part in self.parts if part.kind == "text")

	@property
	def reasoning(self) -> str:
		return "".join(part.whole for part in self.parts if part.kind == "reasoning")

	@property
	def calls(self) -> list[Part]:
		return [part for part in self.parts if part.kind == "tool"]

	@property
	def citations(self) -> list[Citation]:
		pages = range(self.behaviour.sources if self.text else 0)
		return [Citation(f"Page {n}", f"https://example.com/{n}", f"What page {n} says.") for n in pages]

	@property
	def tokens(self) -> int:
		"""One for each delta."""
		return sum(len(part.deltas) for part in self.parts)

	@property
	def finish(self) -> str:
		return self.behaviour.finish or ("tool_calls" if self.calls else "stop")


def _thought(behaviour: Behaviour) -> tuple[str, ...]:
	if not behaviour.muse:
		return tuple(_word("r", n, behaviour) for n in range(behaviour.reasoning))
	return tuple(islice(cycle(_words(behaviour.muse)), behaviour.reasoning))


def _said(behaviour: Behaviour) -> tuple[str, ...]:
	if not behaviour.say:
		return tuple(
			_word("t", n, behaviour) for n in range(10 if behaviour.text is None else behaviour.text)
		)
	words = _words(behaviour.say)
	return tuple(islice(cycle(words), len(words) if behaviour.text is None else behaviour.text))


def _words(name: str) -> tuple[str, ...]:
	"""Of a text in _ANSWERS, each with the space before it."""
	return tuple(re.findall(r"\s*\S+\s*$|\s*\S+", (_ANSWERS / f"{name}.md").read_text()))


def _word(letter: str, number: int, behaviour: Behaviour) -> str:
	word = f"{letter}{number}"
	if behaviour.stamp:
		word += f"@{STAMP}"
	if behaviour.unicode:
		word += _TRAPS[number % len(_TRAPS)]
	return f"{word:.<{max(behaviour.size - 1, 0)}} "
