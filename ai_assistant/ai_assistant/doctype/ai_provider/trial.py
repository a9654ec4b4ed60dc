"""One short question to a provider, to see whether it is set up as it should be."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any

from ai_assistant.core.deltas import GatewayDelta, ReasoningDelta, Started, TextDelta
from ai_assistant.core.errors import AssistantError
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.messages import Message
from ai_assistant.core.settings import Provider, Retries

LONGEST = 30.0
"""Seconds."""

_QUESTION = "Say hello in one short sentence."

_ENOUGH = 200
"""Characters of the answer."""


@dataclass
class Trial:
	"""What came of the question so far. `first_piece_ms`: from the request to the first piece of thinking or text."""

	model: str = ""
	first_piece_ms: int | None = None
	text: str = ""
	error: str = ""
	"""A sentence for people; empty if the provider answered."""


def tried(provider: Provider, model: str | None = None, longest: float = LONGEST) -> dict[str, Any]:
	"""A Trial, as JSON. Waits for the answer up to `longest` seconds, and raises nothing that a provider can cause."""
	trial = Trial()
	try:
		asyncio.run(asyncio.wait_for(_ask(provider, model, trial), longest))
	except asyncio.TimeoutError:
		if trial.first_piece_ms is None:
			trial.error = f"{provider.name} did not answer within {longest:g} seconds."
	except AssistantError as error:
		trial.error = str(error)
	if len(trial.text) > _ENOUGH:
		trial.text = trial.text[:_ENOUGH].rstrip() + "…"
	return asdict(trial)


async def _ask(provider: Provider, model: str | None, trial: Trial) -> None:
	gateway = Gateway([provider], Retries(attempts=1))
	gateway.preload()  # what the import of an SDK takes says nothing of the provider
	start = time.perf_counter()
	try:
		async with aclosing(gateway.stream_generate([Message("user", _QUESTION)], model=model)) as deltas:
			async for delta in deltas:
				_note(trial, delta, start)
				if len(trial.text) > _ENOUGH:
					break
	finally:
		await gateway.close()


def _note(trial: Trial, delta: GatewayDelta, start: float) -> None:
	if isinstance(delta, Started):
		trial.model = delta.model
	elif isinstance(delta, (ReasoningDelta, TextDelta)):
		if trial.first_piece_ms is None:
			trial.first_piece_ms = round((time.perf_counter() - start) * 1000)
		if isinstance(delta, TextDelta):
			trial.text += delta.text
