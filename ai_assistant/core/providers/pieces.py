"""The deltas that arrived together, joined."""

from __future__ import annotations

from ai_assistant.core.deltas import Delta, ReasoningDelta, Source, TextDelta, ToolCallDelta


class Pieces:
	"""Joins pieces while their kind, or the tool call they belong to, stays the same; empty ones make no delta."""

	def __init__(self) -> None:
		self._deltas: list[Delta] = []
		self._kind: type[ReasoningDelta] | type[TextDelta] | None = None
		self._call = ("", "")
		self._joined: list[str] = []
		self._sources: dict[tuple[str, str, str], Source] = {}

	def add_reasoning(self, text: str) -> None:
		if text:
			self._begin(ReasoningDelta)
			self._joined.append(text)

	def add_text(self, text: str) -> None:
		if text:
			self._begin(TextDelta)
			self._joined.append(text)

	def add_call(self, id: str, name: str, arguments: str) -> None:
		"""A call shows by its name before it has any arguments."""
		if self._kind is not None or self._call != (id, name):
			self._flush()
			self._kind, self._call = None, (id, name)
		self._joined.append(arguments)

	def add_source(self, title: str | None, url: str | None = None, excerpt: str | None = None) -> None:
		"""A passage that is cited again makes no second source."""
		cited = title or "", url or "", excerpt or ""
		if cited not in self._sources and any(cited):
			self._flush()
			self._sources[cited] = Source(f"s{len(self._sources) + 1}", *cited)
			self._deltas.append(self._sources[cited])

	def take(self) -> list[Delta]:
		"""All since the last time, in order."""
		self._flush()
		deltas, self._deltas = self._deltas, []
		return deltas

	def _begin(self, kind: type[ReasoningDelta] | type[TextDelta]) -> None:
		if self._kind is not kind:
			self._flush()
			self._kind = kind

	def _flush(self) -> None:
		if self._joined:
			joined = "".join(self._joined)
			self._deltas.append(self._kind(joined) if self._kind else ToolCallDelta(*self._call, joined))
			self._joined = []
