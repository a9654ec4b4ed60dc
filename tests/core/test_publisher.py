import asyncio
from collections.abc import AsyncIterator

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from ai_assistant.core.deltas import TextDelta
from ai_assistant.core.emission import Emission
from ai_assistant.core.events import decode
from ai_assistant.core.journal import Address, Journal, JournalWriter
from ai_assistant.core.pacing import Pace
from ai_assistant.core.publisher import Publisher
from ai_assistant.core.settings import Retention
from ai_assistant.core.transcript import Transcript

ADDRESSES = [Address("site", "ada", f"run{number}") for number in range(20)]


@pytest.fixture
async def publisher(client: AsyncRedis, redis: Redis) -> AsyncIterator[Publisher]:
	publisher = Publisher(JournalWriter(client, Retention()), Pace(0.033))
	running = asyncio.create_task(publisher.run())
	yield publisher
	running.cancel()
	await asyncio.gather(running, return_exceptions=True)


async def read(journal: Journal, address: Address, count: int) -> Transcript:
	"""What a client shows once it has that many characters of text."""
	transcript, cursor = Transcript(), "0-0"
	while len(transcript.text) < count:
		records = await asyncio.to_thread(journal.wait, address, cursor, 5)
		assert records, f"only {len(transcript.text)} of {count} characters came"
		for record in records:
			assert transcript.apply(decode(record.event)) == "applied"
		cursor = records[-1].cursor
	return transcript


async def test_bursts_of_many_runs_arrive_whole_in_order_and_joined(
	publisher: Publisher, redis: Redis
) -> None:
	emissions = [Emission(address, "c", 0.0, 1) for address in ADDRESSES]
	for number in range(500):
		for emission in emissions:
			publisher.add(emission, TextDelta(f"{number:04d} "))
		if number % 10 == 0:
			await asyncio.sleep(0)
	expected = "".join(f"{number:04d} " for number in range(500))
	journal = Journal(redis, Retention())
	for address in ADDRESSES:
		shown = await read(journal, address, len(expected))
		assert shown.text == expected
		assert shown.seq < 250


async def test_a_forgotten_journal_is_told_once_and_the_run_can_go_on(
	publisher: Publisher, redis: Redis
) -> None:
	told: list[str] = []
	lost = asyncio.Event()

	def on_lost() -> None:
		told.append("lost")
		lost.set()

	emission = Emission(ADDRESSES[0], "c", 0.0, 1, on_lost=on_lost)
	journal = Journal(redis, Retention())
	publisher.add(emission, TextDelta("one "))
	await read(journal, ADDRESSES[0], 4)
	redis.flushall()
	publisher.add(emission, TextDelta("two "))
	await asyncio.wait_for(lost.wait(), 5)
	publisher.add(emission, TextDelta("three "))
	emission.replay(2)
	publisher.flush(emission)
	shown = await read(journal, ADDRESSES[0], 14)
	assert (shown.text, shown.attempt, told) == ("one two three ", 2, ["lost"])
