from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from ai_assistant.core.providers import connect
from ai_assistant.core.providers.provider import ProviderClient
from ai_assistant.core.settings import Provider
from tests.providers.replay import Replay
from tests.simulator import Simulator

Connect = Callable[[Provider], ProviderClient]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
	with Simulator() as simulator:
		yield simulator


@pytest.fixture
async def connected() -> AsyncIterator[Connect]:
	"""Makes clients that are closed after the test."""
	closings: list[Callable[[], Awaitable[None]]] = []

	def make(provider: Provider) -> ProviderClient:
		client = connect(provider)
		closings.append(client.close)
		return client

	yield make
	for close in closings:
		await close()


@pytest.fixture
async def replay() -> AsyncIterator[Replay]:
	async with Replay() as replay:
		yield replay
