"""What a request orders from the simulator, written into its model name."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import msgspec

Think = Literal["field", "reasoning", "tags"]
Finish = Literal["", "stop", "length", "content_filter", "refusal"]
Break = Literal["error", "failed", "cut", "stall", "malformed", "eof"]

_BREAKS: tuple[Break, ...] = ("error", "failed", "cut", "stall", "malformed", "eof")


@dataclass(frozen=True)
class Behaviour:
	"""One answer to order, as `sim:reasoning=5,text=20,rate=50`; `sim` alone is ten text deltas at once.

	`…_after=N` breaks a stream when N deltas (of all kinds) are out; at most one of them may be given.
	"""

	reasoning: int = 0
	"""Deltas of reasoning: `r0 r1 …`."""
	muse: str = ""
	"""Name of a text in `tests/fixtures/answers` whose words, again and again, are the reasoning instead."""
	text: int | None = None
	"""Deltas of text: `t0 t1 …`; ten of them, or all of `say`, if left out."""
	say: str = ""
	"""Name of a text in `tests/fixtures/answers` whose words, with `text` again and again, are said instead."""
	sources: int = 0
	"""Pages that are cited when the text is out."""
	tool: str = ""
	"""Name of a tool to call; several, joined by `+`, are called side by side."""
	arguments: int = 3
	"""Words in each call's arguments: `{"words":"a0 a1 a2 "}`, one delta a word and one for each end."""
	rate: float = 0.0
	"""Deltas per second of each stream; 0 sends them as fast as the client reads."""
	delay: float = 0.0
	"""Seconds between the head of the stream and the first delta."""
	size: int = 0
	"""Least number of characters of each reasoning or text delta."""
	unicode: bool = False
	"""Adds characters that trip decoders: astral, joined, combining, right-to-left, odd line ends."""
	stamp: bool = False
	"""Adds the moment of sending to each reasoning or text delta: `t0@` and 20 digits of `time.monotonic_ns()`."""
	think: Think = "field"
	"""Where Chat Completions puts reasoning: `reasoning_content`, `reasoning`, or `<think>` split across chunks."""
	redacted: bool = False
	"""Adds a block of redacted thinking (Messages only)."""
	finish: Finish = ""
	"""Why the answer ends; by itself `tool_calls` when a tool is called, else `stop`."""
	input: int = 10
	"""Tokens of input in the usage; output counts one token for each delta."""
	cached: int = 0
	"""Those of the input that came from a cache."""
	usage: bool = True
	"""Whether usage is reported, where the request asks for it. Messages always reports it."""
	usage_first: bool = False
	"""Whether usage is reported before the first delta as well (Chat Completions only), as vLLM can."""
	error: str = ""
	"""An HTTP status or `quota`, `context`, `policy`: refuses the request, or names what `error_after` reports."""
	retry_after: str = ""
	"""Value of the `Retry-After` header of a refusal."""
	fail_times: int = 0
	"""Only so many requests with this very model name fail, whatever the failure; the later ones succeed."""
	error_after: int | None = None
	"""An error event."""
	failed_after: int | None = None
	"""The same, but as `response.failed` in Responses."""
	cut_after: int | None = None
	"""The connection closes in the middle of the body."""
	stall_after: int | None = None
	"""Silence until the client leaves."""
	malformed_after: int | None = None
	"""A line that is not JSON, then the rest as if nothing had been."""
	eof_after: int | None = None
	"""A clean end of the body without the terminal event."""
	replay: str = ""
	"""Name of a stream in `tests/fixtures/wire` to send instead, one event as one delta."""
	tag: str = ""
	"""Nothing but a way to make the model name unique."""

	@classmethod
	def parse(cls, model: str) -> Behaviour:
		"""Raises ValueError for a name that does not begin with `sim`, an unknown key or a bad value."""
		name, _, options = model.partition(":")
		if name != "sim":
			raise ValueError(f"There is no model {model!r}.")
		given = dict(option.partition("=")[::2] for option in options.split(",") if option)
		if unknown := given.keys() - {field.name for field in fields(cls)}:
			raise ValueError(f"Unknown in {model!r}: {', '.join(sorted(unknown))}.")
		try:
			behaviour = msgspec.convert(given, cls, strict=False)
		except msgspec.ValidationError as error:
			raise ValueError(f"{error} in {model!r}.") from None
		if sum(behaviour._after(kind) is not None for kind in _BREAKS) > 1:
			raise ValueError(f"A stream breaks only once: {model!r}.")
		return behaviour

	@property
	def broken(self) -> tuple[Break, int] | None:
		"""How the stream breaks, and after how many deltas."""
		for kind in _BREAKS:
			if (after := self._after(kind)) is not None:
				return kind, after
		return None

	@property
	def refusal(self) -> str:
		"""What the request is refused with before any stream; "" for not at all."""
		return "" if self.broken else self.error

	def healthy(self) -> Behaviour:
		"""The same answer without its failure."""
		nothing: dict[str, Any] = {f"{kind}_after": None for kind in _BREAKS}
		return replace(self, error="", **nothing)

	def _after(self, kind: Break) -> int | None:
		after: int | None = getattr(self, f"{kind}_after")
		return after
