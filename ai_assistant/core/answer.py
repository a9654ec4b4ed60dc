"""A whole answer, for those who do not read it as a stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ai_assistant.core.deltas import (
	Finish,
	FinishReason,
	GatewayDelta,
	ReasoningDelta,
	Source,
	Started,
	TextDelta,
	ToolCallDelta,
	Usage,
)
from ai_assistant.core.events import FinishedToolCall


@dataclass(frozen=True)
class Answer:
	"""`usage` is None where the provider did not count."""

	text: str
	reasoning: str
	tool_calls: tuple[FinishedToolCall, ...]
	sources: tuple[Source, ...]
	finish_reason: FinishReason
	usage: Usage | None
	provider: str
	model: str
	opaque: tuple[Any, ...] = field(default=(), repr=False)


def collected(deltas: Iterable[GatewayDelta]) -> Answer:
	"""All the deltas of one finished answer, joined."""
	text, reasoning, calls = [], [], dict[str, tuple[str, list[str]]]()
	sources: list[Source] = []
	usage, started, finish = None, Started("", ""), Finish("stop")
	for delta in deltas:
		match delta:
			case TextDelta():
				text.append(delta.text)
			case ReasoningDelta():
				reasoning.append(delta.text)
			case ToolCallDelta():
				calls.setdefault(delta.id, (delta.name, []))[1].append(delta.arguments)
			case Source():
				sources.append(delta)
			case Usage():
				usage = delta
			case Started():
				started = delta
			case Finish():
				finish = delta
	return Answer(
		text="".join(text),
		reasoning="".join(reasoning),
		tool_calls=tuple(FinishedToolCall(id, name, "".join(parts)) for id, (name, parts) in calls.items()),
		sources=tuple(sources),
		finish_reason=finish.reason,
		usage=usage,
		provider=started.provider,
		model=started.model,
		opaque=tuple(finish.opaque),
	)
