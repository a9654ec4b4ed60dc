"""What an answer took and what that costs."""

from __future__ import annotations

from collections.abc import Sequence

from ai_assistant.core.deltas import Usage
from ai_assistant.core.messages import Message
from ai_assistant.core.settings import Model

_CHARACTERS_PER_TOKEN = 4
"""The usual rule of thumb for English; an estimate says that it is one."""


def estimate(messages: Sequence[Message], reasoning: str, text: str) -> Usage:
	"""Tokens by length, for a stream that was cut before the provider counted them."""
	asked = sum(len(message.content) for message in messages) // _CHARACTERS_PER_TOKEN
	thought = len(reasoning) // _CHARACTERS_PER_TOKEN
	answered = thought + len(text) // _CHARACTERS_PER_TOKEN
	return Usage(asked, answered, thought, 0, asked + answered, "estimated")


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
