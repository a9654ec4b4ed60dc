"""The port that every provider implements."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ai_assistant.core.deltas import Delta
from ai_assistant.core.messages import Message
from ai_assistant.core.settings import Model


@dataclass(frozen=True)
class Prompt:
	"""One request to a provider."""

	messages: Sequence[Message]
	"""Their context and attachments are a part of their text; of images there are none if the model reads none."""
	model: Model
	temperature: float | None = None
	max_tokens: int | None = None
	tools: Sequence[dict[str, Any]] = ()
	"""Functions the model may call, in the form of OpenAI's Chat Completions."""


class ProviderClient(Protocol):
	"""Asks one provider; the class `Client` of its file. Used from one event loop, made from `settings.Provider`."""

	def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
		"""Yields the answer's deltas, joined as far as they arrived together, and `Finish` last.

		Closing the iterator, or cancelling the task that reads it, closes the connection within 100 ms. Raises
		ProviderError; one with code `network` if the stream ended without the provider's own terminal event.
		"""

	async def close(self) -> None:
		"""Closes idle connections."""
