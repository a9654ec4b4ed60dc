"""What a doctor finds, on either host, and how providers are tried."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from ai_assistant.core.deltas import Started
from ai_assistant.core.errors import AssistantError, ProviderError
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.messages import Message
from ai_assistant.core.settings import Provider, Retries

_REMEDIES = {
	"auth": "Correct its API key, or the variable that holds it.",
	"quota": "Its credit is used up; top up the account.",
	"network": "Check its base URL, and that this machine may reach it.",
	"invalid_request": "Check the name of its first model.",
}
_LATER = "Try again later; meanwhile the other providers are asked."


@dataclass(frozen=True)
class Finding:
	part: str
	detail: str
	remedy: str = ""
	"""What to do; empty where all is well."""


def examined(
	part: str, look: Callable[[], str], remedy: str, expected: tuple[type[Exception], ...] = ()
) -> Finding:
	"""What `look` says, or the remedy if it raises an AssistantError or one of those `expected`."""
	try:
		return Finding(part, look())
	except AssistantError as error:
		return Finding(part, str(error), remedy)
	except expected as error:
		return Finding(part, f"It cannot be reached: {type(error).__name__}.", remedy)


async def examined_providers(providers: Sequence[Provider]) -> list[Finding]:
	"""Each is asked for an answer, and left at the first word."""
	return await asyncio.gather(*map(_examined_provider, providers))


async def _examined_provider(provider: Provider) -> Finding:
	part, start = f"provider {provider.name}", time.perf_counter()
	gateway = Gateway([provider], Retries(attempts=1))
	deltas = gateway.stream_generate([Message("user", "Say yes.")])
	try:
		async with aclosing(deltas):
			async for delta in deltas:
				if not isinstance(delta, Started):
					break
	except ProviderError as error:
		return Finding(part, f"{error} ({error.code})", _REMEDIES.get(error.code, _LATER))
	finally:
		await gateway.close()
	return Finding(part, f"{provider.models[0].name} answers after {milliseconds(start)}")


def milliseconds(start: float) -> str:
	"""Since that moment of `time.perf_counter`."""
	return f"{(time.perf_counter() - start) * 1000:,.0f} ms"
