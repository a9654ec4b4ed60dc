"""The kinds of provider, and how all are asked."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from ai_assistant.core.deltas import Delta
from ai_assistant.core.errors import ProviderError
from ai_assistant.core.messages import Message
from ai_assistant.core.providers.provider import Prompt, ProviderClient
from ai_assistant.core.settings import Model, Provider, ProviderKind
from tests.simulator import Answer, Behaviour

KEY = "sk-a-secret-key"

CLOSES_WITHIN = 0.1
"""Seconds from closing a stream to the provider's seeing it."""


@dataclass(frozen=True)
class Kind:
	"""`root` is where that kind's API begins below a server's address."""

	kind: ProviderKind
	root: str

	def provider(
		self, url: str, *models: str, name: str = "", key: str | None = KEY, timeout: float = 5.0
	) -> Provider:
		offered = tuple(Model(model, reasoning=True) for model in models)
		base_url = url + self.root
		return Provider(name or self.kind, self.kind, offered, base_url, api_key=key, timeout=timeout)


OPENAI = Kind("openai", "/v1")
OPENAI_COMPATIBLE = Kind("openai_compatible", "/v1")
ANTHROPIC = Kind("anthropic", "")
HTTP_KINDS = (OPENAI, OPENAI_COMPATIBLE, ANTHROPIC)

every_kind = pytest.mark.parametrize("kind", HTTP_KINDS, ids=lambda kind: kind.kind)


def prompt(model: str, question: str = "What is a rainbow?") -> Prompt:
	return Prompt([Message("user", question)], Model(model, reasoning=True))


async def outcome(client: ProviderClient, model: str) -> tuple[list[Delta], ProviderError | None]:
	"""All deltas, and the error that ended them."""
	deltas: list[Delta] = []

	async def read() -> None:
		async with aclosing(client.stream(prompt(model))) as stream:
			async for delta in stream:
				deltas.append(delta)

	try:
		await asyncio.wait_for(read(), 10)
	except ProviderError as error:
		return deltas, error
	return deltas, None


def simulated(model: str) -> Answer:
	return Answer.to(Behaviour.parse(model))
