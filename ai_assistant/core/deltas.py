"""What a provider's stream is made of, whoever the provider is."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "refusal", "cancelled"]


class ReasoningDelta(Struct, frozen=True, gc=False):
	text: str


class TextDelta(Struct, frozen=True, gc=False):
	text: str


class ToolCallDelta(Struct, frozen=True, gc=False):
	"""A piece of one tool call; `arguments` of the same `id` join to JSON text."""

	id: str
	name: str
	arguments: str


class Source(Struct, frozen=True, gc=False, omit_defaults=True):
	"""Where a statement of the answer comes from."""

	id: str
	title: str = ""
	url: str = ""
	excerpt: str = ""
	score: float | None = None


class Usage(Struct, frozen=True, gc=False):
	"""Tokens of one attempt. `input_tokens` includes those read from a cache, `output_tokens` those of reasoning."""

	input_tokens: int = 0
	output_tokens: int = 0
	reasoning_tokens: int = 0
	cache_read_tokens: int = 0
	total_tokens: int = 0
	basis: Literal["exact", "estimated"] = "exact"


class Started(Struct, frozen=True, gc=False):
	"""The provider that is being asked; comes again when another one takes over."""

	provider: str
	model: str


class Retrying(Struct, frozen=True, gc=False):
	"""Nothing was shown yet and the request is sent again after `retry_after` seconds."""

	reason: str
	retry_after: float


class Finish(Struct, frozen=True):
	"""The provider's own end of the stream, always last.

	`opaque` holds what this provider wants back with the next turn (signatures, encrypted reasoning): a list of
	JSON values to be sent to the same provider only and shown to nobody.
	"""

	reason: FinishReason
	opaque: list[Any] = []


Delta = ReasoningDelta | TextDelta | ToolCallDelta | Source | Usage | Finish
"""What a provider yields."""

GatewayDelta = Started | Retrying | Delta
"""What the gateway yields: a provider's deltas and how it came to them."""


def shown_length(delta: GatewayDelta) -> int:
	"""Characters that it adds to an answer; a piece of a tool call, or a source, is never nothing."""
	match delta:
		case TextDelta() | ReasoningDelta():
			return len(delta.text)
		case ToolCallDelta():
			return 1 + len(delta.arguments)
		case Source():
			return 1 + len(delta.title) + len(delta.url) + len(delta.excerpt)
	return 0
