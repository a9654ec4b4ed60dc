"""What may happen to a site, done to real processes."""

import signal
from concurrent.futures import ThreadPoolExecutor

import psutil

from ai_assistant.core.events import Completion, Error, Reasoning, Text
from tests.contract.host import MODELS, text_of, wait_for
from tests.system.conftest import Served


def test_a_killed_worker_strands_no_run(served: Served) -> None:
	writing = [served.ask(MODELS["paced"]) for _ in range(3)]
	thinking = [served.ask(MODELS["thinking"]) for _ in range(3)]
	for task_id in writing:
		served.wait_event(task_id, Text)
	for task_id in thinking:
		served.wait_event(task_id, Reasoning)
	worker = served.worker()
	assert worker
	worker.send_signal(signal.SIGKILL)
	with ThreadPoolExecutor(6) as threads:
		ended = list(threads.map(lambda task_id: served.final(task_id, 20), writing))
		for final in ended:
			assert isinstance(final, Error)
			assert (final.code, final.retryable) == ("worker_lost", True)
			assert final.text
			assert text_of("paced").startswith(final.text)
		for final in threads.map(lambda task_id: served.final(task_id, 30), thinking):
			assert isinstance(final, Completion)
			assert (final.attempt, final.text) == (2, text_of("thinking"))


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
