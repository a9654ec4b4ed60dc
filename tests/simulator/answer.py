"""The words of a simulated answer: numbered, so that what is lost, repeated or out of order shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.simulator.behaviour import Behaviour

Kind = Literal["reasoning", "text", "tool"]

STAMP = "#" * 20
"""Stands in a delta for the moment of sending, which is written over it."""

_UNICODE = (
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
class Piece:
	"""One delta; `call` is the position of the tool call it belongs to."""

	kind: Kind
	text: str
	call: int = 0


@dataclass(frozen=True)
class Call:
	"""One tool call, whole."""

	id: str
	name: str
	arguments: str


@dataclass(frozen=True)
class Answer:
	"""All that a behaviour says, in order, and how many tokens it took."""

	behaviour: Behaviour
	pieces: tuple[Piece, ...]
	calls: tuple[Call, ...]

	@classmethod
	def to(cls, behaviour: Behaviour) -> Answer:
		names = behaviour.tool.split("+") if behaviour.tool else []
		arguments = ['{"words":"', *(f"a{n} " for n in range(behaviour.arguments)), '"}']
		pieces = [Piece("reasoning", _word("r", n, behaviour)) for n in range(behaviour.reasoning)]
		pieces += [Piece("text", _word("t", n, behaviour)) for n in range(behaviour.text)]
		pieces += [Piece("tool", part, call) for call in range(len(names)) for part in arguments]
		calls = [Call(f"call_{n}", name, "".join(arguments)) for n, name in enumerate(names)]
		return cls(behaviour, tuple(pieces), tuple(calls))

	@property
	def text(self) -> str:
		return self._joined("text")

	@property
	def reasoning(self) -> str:
		return self._joined("reasoning")

	@property
	def finish(self) -> str:
		return self.behaviour.finish or ("tool_calls" if self.calls else "stop")

	def _joined(self, kind: Kind) -> str:
		return "".join(piece.text for piece in self.pieces if piece.kind == kind)


def _word(letter: str, number: int, behaviour: Behaviour) -> str:
	word = f"{letter}{number}"
	if behaviour.stamp:
		word += f"@{STAMP}"
	if behaviour.unicode:
		word += _UNICODE[number % len(_UNICODE)]
	return f"{word:.<{max(behaviour.size - 1, 0)}} "
