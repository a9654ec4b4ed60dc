"""What may happen to a site, done to real processes."""

import asyncio
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psutil

from ai_assistant.core.events import AnyEvent, Completion, Error, Reasoning, Text
from tests.contract.device import Device, connected
from tests.contract.host import MODELS, PATIENCE, text_of, wait_for
from tests.system.conftest import Served

STRANDED = 20
"""Seconds within which a run whose worker is gone has ended or begun again."""


def moment(event: AnyEvent) -> float:
	return datetime.fromisoformat(event.timestamp.replace("Z", "+00:00")).timestamp()


def test_a_killed_worker_strands_no_run(served: Served) -> None:
	writing = [served.ask(MODELS["paced"]) for _ in range(3)]
	thinking = [served.ask(MODELS["thinking"]) for _ in range(3)]
	for task_id in writing:
		served.wait_event(task_id, Text)
	for task_id in thinking:
		served.wait_event(task_id, Reasoning)
	worker = served.worker()
	assert worker
	killed = time.time()
	worker.send_signal(signal.SIGKILL)
	with ThreadPoolExecutor(6) as threads:
		ended = list(threads.map(served.final, writing))
		for final in ended:
			assert isinstance(final, Error)
			assert (final.code, final.retryable) == ("worker_lost", True)
			assert final.text
			assert text_of("paced").startswith(final.text)
			assert moment(final) - killed < STRANDED
		for final in threads.map(served.final, thinking):
			assert isinstance(final, Completion)
			assert (final.attempt, final.text) == (2, text_of("thinking"))
	for task_id in thinking:
		restarted = next(event for event in served.events(task_id) if event.attempt == 2)
		assert moment(restarted) - killed < STRANDED


async def test_a_worker_that_was_asleep_shows_nothing_more_when_another_has_its_runs(served: Served) -> None:
	served.configure(engine={"lease": 2, "heartbeat": 0.2})
	device = Device(served, "ann")
	async with connected(device):
		task_ids = await asyncio.to_thread(taken_over, served)
		for task_id in task_ids:
			await device.until(task_id, 1_000)
	for task_id in task_ids:
		attempts = [event.attempt for event in device.heard if event.task_id == task_id]
		assert attempts == sorted(attempts)
		final = device.shown[task_id].final
		assert isinstance(final, Completion)
		assert final.attempt == 2


def taken_over(served: Served) -> list[str]:
	"""Runs, one of them stopped, that a second worker carries while the first is asleep, and when it is awake again."""
	silent, thinking = served.ask(MODELS["silent"]), served.ask(MODELS["thinking"])
	served.simulator.wait_started(MODELS["silent"])
	served.wait_event(thinking, Reasoning)
	asleep = served.worker()
	assert asleep
	asleep.suspend()
	with served.another_worker():
		for task_id in (silent, thinking):
			wait_for(lambda id=task_id: served.shown(id).attempt == 2, PATIENCE, str)
		asleep.resume()
		served.simulator.wait_closed(MODELS["silent"], PATIENCE)
		served.final(thinking)
		served.call("stop", task_id=silent)
		served.final(silent)
	return [silent, thinking]


def test_runs_go_on_when_redis_is_killed_under_them(served: Served) -> None:
	writing, thinking = served.ask(MODELS["paced"]), served.ask(MODELS["thinking"])
	served.wait_event(writing, Text)
	served.wait_event(thinking, Reasoning)
	served.redis().kill()
	ended = {model: served.final(run) for model, run in (("paced", writing), ("thinking", thinking))}
	for model, final in ended.items():
		assert isinstance(final, Completion)
		assert final.text == text_of(model)
		assert served.shown(final.task_id).text == text_of(model)
	_, body = served.get("chat.get_conversation_history", conversation_id=ended["paced"].conversation_id)
	assert body["message"]["messages"][-1]["content"] == text_of("paced")
	assert served.final(served.ask(MODELS["plain"])).text == text_of("plain")


def test_a_site_that_is_stopped_and_started_again_goes_on_where_it_was(served: Served) -> None:
	thinking, writing = served.ask(MODELS["thinking"]), served.ask(MODELS["paced"])
	served.wait_event(thinking, Reasoning)
	served.wait_event(writing, Text)
	family = psutil.Process(served.process.pid).children(recursive=True)
	assert served.stop() == 0
	assert not [child for child in family if child.is_running()]
	served.start()
	assert served.final(writing).text
	assert served.final(thinking).text == text_of("thinking")


def test_nothing_is_left_running_when_the_site_is_killed(served: Served) -> None:
	wait_for(served.worker, 10, str)
	family = psutil.Process(served.process.pid).children(recursive=True)
	served.kill()
	_, alive = psutil.wait_procs(family, timeout=20)
	assert alive == []


def test_a_body_that_cannot_be_read_is_400(served: Served) -> None:
	for raw in (b"{", b"[]", b'{"message":"hi","temperature":NaN}', b"\xff", b"[" * 100_000):
		status, body = served.post("chat_completion", raw)
		assert (status, body["error"]["code"]) == (400, "invalid_request")
