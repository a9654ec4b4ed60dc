"""What it costs to read a provider's stream: CPU of this process alone, through the gateway."""

from __future__ import annotations

import time
from contextlib import aclosing

from ai_assistant.core.deltas import TextDelta
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.messages import Message
from ai_assistant.core.settings import Model, Provider, ProviderKind, Retries

_FLAT_OUT = "sim:text=20000,rate=0,stamp=1"
_ALONE = "sim:text=400,rate=400,stamp=1"

_KINDS: tuple[tuple[ProviderKind, str], ...] = (
	("openai", "/v1"),
	("openai_compatible", "/v1"),
	("anthropic", ""),
)

Decoding = dict[ProviderKind, tuple[float, float]]
"""Microseconds a delta, by kind: flat out, and when each arrives alone."""


async def decoding(simulator: str) -> Decoding:
	return {
		kind: (await _cost(kind, simulator + path, _FLAT_OUT), await _cost(kind, simulator + path, _ALONE))
		for kind, path in _KINDS
	}


async def _cost(kind: ProviderKind, url: str, model: str) -> float:
	"""The lower of two: the first one also pays for imports and connections."""
	gateway = Gateway([Provider("simulator", kind, (Model(model),), url, "key")], Retries())
	costs = []
	for _ in range(2):
		costs.append(await _read(gateway))
	await gateway.close()
	return min(costs)


async def _read(gateway: Gateway) -> float:
	"""Microseconds of CPU a delta."""
	words = 0
	before = time.process_time()
	async with aclosing(gateway.stream_generate([Message("user", "Hello?")])) as deltas:
		async for delta in deltas:
			if isinstance(delta, TextDelta):
				words += delta.text.count("@")
	return (time.process_time() - before) * 1e6 / words
