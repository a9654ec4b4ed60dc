import asyncio
from contextlib import aclosing

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from ai_assistant.core.queue import EngineQueue, Queue, QueuedRun

RUNS = [QueuedRun("site.test", f"run{number}") for number in range(5)]


@pytest.fixture
def queue(redis: Redis) -> Queue:
	return Queue(redis)


async def test_runs_are_taken_in_order_and_no_more_than_there_is_room(
	queue: Queue, client: AsyncRedis
) -> None:
	for run in RUNS:
		queue.put(run)
	engine = EngineQueue(client, lease=5)
	assert await engine.take(3, timeout=1) == RUNS[:3]
	assert await engine.take(3, timeout=1) == RUNS[3:]
	assert await engine.take(3, timeout=0.01) == []


async def test_a_run_that_was_taken_is_known_until_it_is_released(queue: Queue, client: AsyncRedis) -> None:
	queue.put(RUNS[0])
	engine = EngineQueue(client, lease=5)
	await engine.renew([])
	await engine.take(1, timeout=1)
	assert queue.length() == 0
	assert queue.known() == {RUNS[0]}
	assert not queue.withdraw(RUNS[0])
	await engine.release(RUNS[0])
	assert queue.known() == set()


async def test_a_run_that_nobody_took_can_be_withdrawn(queue: Queue, client: AsyncRedis) -> None:
	queue.put(RUNS[0])
	assert queue.withdraw(RUNS[0])
	assert await EngineQueue(client, lease=5).take(1, timeout=0.01) == []


async def test_an_engine_is_alive_while_its_lease_holds(queue: Queue, client: AsyncRedis) -> None:
	assert not queue.has_engine()
	engine = EngineQueue(client, lease=5)
	await engine.renew([])
	assert queue.has_engine()
	await engine.leave()
	assert not queue.has_engine()


async def test_a_late_sign_of_life_of_an_engine_that_has_left_counts_for_nothing(
	queue: Queue, client: AsyncRedis
) -> None:
	engine = EngineQueue(client, lease=5)
	await engine.renew([])
	queue.put(RUNS[0])
	await engine.leave()
	assert await engine.renew([]) is None
	assert not queue.has_engine()
	assert queue.needs_engine()


async def test_runs_of_a_lost_engine_go_back_and_it_is_told_so(queue: Queue, client: AsyncRedis) -> None:
	for run in RUNS:
		queue.put(run)
	asleep, awake = EngineQueue(client, lease=0), EngineQueue(client, lease=5)
	await asleep.renew([])
	await asleep.take(5, timeout=1)
	await awake.renew([])
	assert set(await awake.reap()) == set(RUNS)
	assert await awake.take(5, timeout=1) == RUNS
	assert await asleep.renew(RUNS) is None
	begun_anew = await asleep.renew([])
	assert begun_anew is not None
	assert begun_anew.claims == set()


async def test_a_run_that_a_lost_engine_was_given_after_its_lease_goes_back_too(
	queue: Queue, client: AsyncRedis
) -> None:
	asleep, awake = EngineQueue(client, lease=0), EngineQueue(client, lease=5)
	await asleep.renew([])
	assert await awake.reap() == []
	queue.put(RUNS[0])
	await asleep.take(1, timeout=1)
	assert await awake.reap() == [RUNS[0]]
	assert queue.length() == 1


async def test_an_engine_that_was_asleep_and_alone_keeps_its_runs(queue: Queue, client: AsyncRedis) -> None:
	for run in RUNS:
		queue.put(run)
	engine = EngineQueue(client, lease=0)
	await engine.renew([])
	await engine.take(5, timeout=1)
	assert await engine.reap() == []
	lease = await engine.renew(RUNS)
	assert lease is not None
	assert lease.claims == set(RUNS)


async def test_what_is_carried_is_claimed_again_when_redis_forgot_it(
	queue: Queue, client: AsyncRedis, redis: Redis
) -> None:
	engine = EngineQueue(client, lease=5)
	redis.flushall()
	lease = await engine.renew(RUNS)
	assert lease is not None
	assert lease.claims == set(RUNS)
	assert queue.known() == set(RUNS)


async def test_a_leaving_engine_gives_back_what_it_still_claims(queue: Queue, client: AsyncRedis) -> None:
	for run in RUNS:
		queue.put(run)
	engine = EngineQueue(client, lease=5)
	await engine.renew([])
	await engine.take(5, timeout=1)
	await engine.leave()
	assert await EngineQueue(client, lease=5).take(5, timeout=1) == RUNS


async def _listening(client: AsyncRedis) -> None:
	while not (await client.pubsub_numsub("ai_assistant:stop"))[0][1]:
		await asyncio.sleep(0)


async def _needing_engine(queue: Queue) -> None:
	while not queue.needs_engine():
		await asyncio.sleep(0.02)


async def test_a_stop_is_heard_at_once_and_remembered(queue: Queue, client: AsyncRedis) -> None:
	engine = EngineQueue(client, lease=5)
	async with aclosing(engine.stops()) as stops:
		heard = asyncio.create_task(anext(stops))
		await asyncio.wait_for(_listening(client), timeout=5)
		queue.stop(RUNS[0])
		assert await asyncio.wait_for(heard, timeout=5) == RUNS[0]
	lease = await engine.renew([])
	assert lease is not None
	assert lease.stops == {RUNS[0]}
	await engine.release(RUNS[0])
	assert (await engine.renew([])).stops == set()  # type: ignore[union-attr]


def test_only_one_looks_after_a_sites_orphans_at_a_time(queue: Queue) -> None:
	assert queue.lock_orphans("site.test", 60)
	assert not queue.lock_orphans("site.test", 60)
	assert queue.lock_orphans("other.test", 60)


async def test_a_closed_engine_keeps_its_runs_but_is_no_longer_counted_on(
	queue: Queue, client: AsyncRedis
) -> None:
	engine = EngineQueue(client, lease=5)
	queue.put(RUNS[0])
	await engine.renew([])
	assert queue.has_engine()
	taken = await engine.take(1, timeout=1)
	await engine.close()
	lease = await engine.renew(taken)
	assert lease is not None
	assert lease.claims == set(taken)
	assert not queue.has_engine()
	assert not queue.needs_engine()
	queue.put(RUNS[1])
	assert queue.needs_engine()


async def test_a_run_that_is_set_aside_is_known_and_not_taken_until_its_site_is_back(
	queue: Queue, client: AsyncRedis, redis: Redis
) -> None:
	other = QueuedRun("other.test", "run9")
	engine = EngineQueue(client, lease=5)
	await engine.renew([])
	for run in (*RUNS[:2], other):
		queue.put(run)
	for run in await engine.take(3, timeout=1):
		await engine.set_aside(run)
	assert queue.known() == {*RUNS[:2], other}
	assert queue.length() == 0
	assert 0 < redis.ttl("ai_assistant:aside") <= 86_400
	queue.put(RUNS[2])
	queue.recall("site.test")
	assert await engine.take(5, timeout=1) == RUNS[:3]
	assert queue.withdraw(other)
	assert queue.known() == set(RUNS[:3])


async def test_what_an_engine_left_behind_needs_another(queue: Queue, client: AsyncRedis) -> None:
	engine = EngineQueue(client, lease=0.2)
	queue.put(RUNS[0])
	await engine.renew([])
	await engine.take(1, timeout=1)
	assert not queue.needs_engine()
	await asyncio.wait_for(_needing_engine(queue), timeout=5)


def test_only_one_wakes_an_engine_at_a_time(queue: Queue) -> None:
	assert queue.lock_wake(60)
	assert not queue.lock_wake(60)
	queue.unlock_wake()
	assert queue.lock_wake(60)
