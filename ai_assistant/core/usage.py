"""What an answer took and what that costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ai_assistant.core.deltas import Usage
from ai_assistant.core.messages import Message
from ai_assistant.core.settings import Model
from ai_assistant.core.text import as_text

_CHARACTERS_PER_TOKEN = 4
"""The usual rule of thumb for English; an estimate says that it is one."""

_TOKENS_PER_IMAGE = 1_000
"""The same for images of the size that providers scale them to."""


def estimate(messages: Sequence[Message], reasoning: str, text: str) -> Usage:
	"""Tokens by length, for a stream that was cut before the provider counted them."""
	asked, thought = sum(map(tokens_in, messages)), tokens_of(reasoning)
	answered = thought + tokens_of(text)
	return Usage(asked, answered, thought, 0, asked + answered, "estimated")


def tokens_of(text: str) -> int:
	"""Estimated."""
	return len(text) // _CHARACTERS_PER_TOKEN


def tokens_in(message: Message) -> int:
	"""Estimated, with what came along; one at least."""
	characters = len(message.content) + sum(len(call.arguments) for call in message.tool_calls)
	characters += len(as_text(message.context)) if message.context else 0
	characters += sum(file.size for file in message.attachments if file.kind == "text")
	images = len(message.images) + sum(file.kind == "image" for file in message.attachments)
	return max(1, characters // _CHARACTERS_PER_TOKEN) + _TOKENS_PER_IMAGE * images


def total(parts: Sequence[Usage]) -> Usage:
	"""Of several requests; estimated if one of them is."""
	numbers = (name for name in Usage.__struct_fields__ if name != "basis")
	sums = {name: sum(getattr(part, name) for part in parts) for name in numbers}
	is_exact = all(part.basis == "exact" for part in parts)
	return Usage(**sums, basis="exact" if is_exact else "estimated")


def total_cost(parts: Iterable[tuple[Usage, Model]]) -> float | None:
	"""Each at the price of its own model; None where none has a price."""
	costs = [price for usage, model in parts if (price := cost(usage, model)) is not None]
	return sum(costs) if costs else None


def cost(usage: Usage, model: Model) -> float | None:
	"""In the currency of the model's prices; None where they are not set."""
	if model.input_price is None or model.output_price is None:
		return None
	cached_price = model.input_price if model.cache_read_price is None else model.cache_read_price
	fresh = usage.input_tokens - usage.cache_read_tokens
	return (
		fresh * model.input_price
		+ usage.cache_read_tokens * cached_price
		+ usage.output_tokens * model.output_price
	) / 1_000_000
