import asyncio

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from ai_assistant.core.deltas import TextDelta, Usage
from ai_assistant.core.emission import Emission
from ai_assistant.core.events import Completion, Heartbeat, Text, decode
from ai_assistant.core.journal import Address, Entry, Journal, JournalWriter
from ai_assistant.core.settings import Retention
from tests.core.conftest import Bus

ADDRESS = Address("site.test", "ada@example.com", "run1")


def entry(attempt: int, seq: int, *, is_final: bool = False) -> Entry:
	return Entry(ADDRESS.journal, ADDRESS.envelope_end, attempt, seq, b'{"n":%d}' % seq, is_final)


@pytest.fixture
def journal(redis: Redis) -> Journal:
	return Journal(redis, Retention(journal=60))


def test_what_is_appended_is_read_back_in_order_and_after_a_cursor(journal: Journal) -> None:
	assert journal.append([entry(1, 1), entry(1, 2), entry(1, 3)]) == ["written"] * 3
	assert [record.cursor for record in journal.read(ADDRESS)] == ["1-1", "1-2", "1-3"]
	assert [record.event for record in journal.read(ADDRESS, "1-2")] == [b'{"n":3}']


def test_an_older_attempt_cannot_write_one_more_event(journal: Journal) -> None:
	journal.append([entry(1, 1), entry(1, 2)])
	journal.append([entry(2, 1)])
	assert journal.append([entry(1, 3)]) == ["fenced"]
	assert [record.cursor for record in journal.read(ADDRESS)] == ["1-1", "1-2", "2-1"]


def test_repeating_a_call_writes_and_publishes_once(journal: Journal, redis: Redis) -> None:
	subscription = redis.pubsub(ignore_subscribe_messages=True)
	subscription.subscribe("events")
	subscription.get_message(timeout=2)
	journal.append([entry(1, 1)])
	assert journal.append([entry(1, 1), entry(1, 2)]) == ["written", "written"]
	published = [subscription.get_message(timeout=2)["data"] for _ in range(2)]
	assert published == [
		b'{"event":"ai_progress","message":{"n":%d},"room":"user:ada@example.com","namespace":"site.test"}'
		% n
		for n in (1, 2)
	]
	assert subscription.get_message(timeout=0.05) is None
	subscription.close()


def test_a_journal_that_redis_forgot_is_reported_and_not_begun_in_the_middle(
	journal: Journal, redis: Redis
) -> None:
	journal.append([entry(1, 1)])
	redis.flushall()
	assert journal.append([entry(1, 2)]) == ["lost"]
	assert journal.read(ADDRESS) == []


def test_an_event_whose_predecessor_is_missing_is_reported_and_leaves_no_hole(
	journal: Journal, redis: Redis
) -> None:
	journal.append([entry(1, 1), entry(1, 2), entry(1, 3)])
	redis.xdel(ADDRESS.journal, "1-3")
	assert journal.append([entry(1, 4), entry(1, 5)]) == ["lost", "lost"]
	assert journal.append([entry(2, 2)]) == ["lost"]
	assert [record.cursor for record in journal.read(ADDRESS)] == ["1-1", "1-2"]
	assert journal.append([entry(2, 1), entry(2, 2)]) == ["written", "written"]


def test_a_heartbeat_is_published_only_if_clients_can_have_all_that_was_before_it(
	journal: Journal, bus: Bus
) -> None:
	emission = Emission(ADDRESS, "c", 0.0, 1)
	emission.add(TextDelta("Yes."))
	text = emission.take(0)
	assert emission.add_heartbeat()
	heartbeat = emission.take(0)
	assert journal.append(heartbeat) == ["lost"]
	assert journal.append([*text, *heartbeat]) == ["written", "written"]
	assert [type(event) for event in bus.heard()] == [Text, Heartbeat]
	assert [record.cursor for record in journal.read(ADDRESS)] == ["1-1"]
	emission.replay(2)
	assert journal.append([*emission.take(0), *heartbeat]) == ["written", "fenced"]
	assert [type(event) for event in bus.heard()] == [Text]


def test_a_journal_lives_long_while_it_grows_and_shortly_after_its_final_event(
	journal: Journal, redis: Redis
) -> None:
	journal.append([entry(1, 1)])
	assert redis.ttl(ADDRESS.journal) > 80_000
	journal.append([entry(1, 2, is_final=True)])
	assert 0 < redis.ttl(ADDRESS.journal) <= 60


def test_waiting_returns_with_the_first_event_or_nothing(journal: Journal) -> None:
	assert journal.wait(ADDRESS, "0-0", timeout=0.01) == []
	journal.append([entry(1, 1)])
	assert [record.cursor for record in journal.wait(ADDRESS, "0-0", timeout=5)] == ["1-1"]


async def test_the_engine_writes_many_journals_in_one_call(client: AsyncRedis, redis: Redis) -> None:
	writer = JournalWriter(client, Retention())
	addresses = [Address("site.test", "ada", f"run{number}") for number in range(50)]
	entries = [Entry(a.journal, a.envelope_end, 1, 1, b"{}") for a in addresses]
	assert await writer.append(entries) == ["written"] * 50
	journal = Journal(redis, Retention())
	assert all(await asyncio.gather(*(asyncio.to_thread(journal.read, a) for a in addresses)))


def test_a_user_name_cannot_break_out_of_its_room() -> None:
	hostile = Address("site", 'x","room":"all', "run").envelope_end
	assert hostile == ',"room":"user:x\\",\\"room\\":\\"all","namespace":"site"}'


def test_an_answer_of_any_size_becomes_events_below_the_bound() -> None:
	emission = Emission(ADDRESS, "c", 0.0, 1)
	text = "\x01😀é" * 300_000
	emission.add(TextDelta(text))
	entries = emission.take(0)
	assert max(len(entry.event) for entry in entries) < 256 * 1024
	events = [decode(entry.event) for entry in entries]
	assert "".join(event.text for event in events) == text  # type: ignore[union-attr]
	assert [event.seq for event in events] == list(range(1, len(events) + 1))


def test_a_final_event_that_is_too_large_goes_without_its_text() -> None:
	emission = Emission(ADDRESS, "c", 0.0, 1)
	head = {"task_id": "run1", "conversation_id": "c", "attempt": 1, "seq": 0, "timestamp": "", "t": 0}
	emission.add_final(
		Completion(
			**head,
			text="x" * 300_000,
			reasoning="",
			finish_reason="stop",
			message_id="m",
			provider="p",
			model="m",
			usage=Usage(),
		)
	)
	(entry,) = emission.take(0)
	final = decode(entry.event)
	assert isinstance(final, Completion)
	assert (final.truncated, final.text, final.message_id) == (True, "", "m")
	assert entry.is_final
