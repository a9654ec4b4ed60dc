"""`<think>…</think>`, in which some models put their reasoning before the answer's text."""

from __future__ import annotations

from typing import Literal

_OPEN = "<think>"
_CLOSE = "</think>"


class ThinkTags:
	"""Splits a text that arrives in pieces into reasoning and text, wherever the pieces were cut.

	The tag counts only at the very start (after white space), and the first closing tag ends it: a model may well
	write about these tags. What may still become a tag is held back.
	"""

	def __init__(self) -> None:
		self._phase: Literal["start", "reasoning", "text"] = "start"
		self._held = ""

	def feed(self, piece: str) -> tuple[str, str]:
		"""The reasoning and, after it, the text that this piece makes certain."""
		if self._phase == "text":
			return "", piece
		held, self._held = self._held + piece, ""
		if self._phase == "start":
			return self._start(held)
		return self._reason(held)

	def end(self) -> tuple[str, str]:
		"""What was held back, now that nothing follows."""
		held, self._held = self._held, ""
		return (held, "") if self._phase == "reasoning" else ("", held)

	def _start(self, held: str) -> tuple[str, str]:
		begun = held.lstrip()
		if begun.startswith(_OPEN):
			self._phase = "reasoning"
			return self._reason(begun[len(_OPEN) :])
		if _OPEN.startswith(begun):
			self._held = held
			return "", ""
		self._phase = "text"
		return "", held

	def _reason(self, held: str) -> tuple[str, str]:
		reasoning, tag, text = held.partition(_CLOSE)
		if tag:
			self._phase = "text"
			return reasoning, text
		cut = held.rfind("<", max(len(held) - len(_CLOSE) + 1, 0))
		if cut >= 0 and _CLOSE.startswith(held[cut:]):
			held, self._held = held[:cut], held[cut:]
		return held, ""
