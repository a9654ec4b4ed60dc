"""What may happen to a site, done to real processes."""

import signal
from concurrent.futures import ThreadPoolExecutor

import psutil

from ai_assistant.core.events import Completion, Error, Reasoning, Text
from tests.simulator import Answer, Behaviour
from tests.system.conftest import MODELS, Served, wait_for


def text_of(model: str) -> str:
	return Answer.to(Behaviour.parse(MODELS[model])).text


def test_a_question_is_answered_over_http(served: Served) -> None:
	status, body = served.call("chat_completion", message="Hello?", model=MODELS["plain"])
	assert (status, body["message"]["response"]) == (200, text_of("plain"))
	assert body["message"]["usage"]["basis"] == "exact"


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


def test_bad_input_is_refused_with_a_code_and_leaves_nothing_behind(served: Served) -> None:
	model = MODELS["plain"]
	bad = [
		{"message": 7},
		{"messages": []},
		{"messages": [{"role": "user", "content": "hi"}] * 1000},
		{"message": "x" * 5_000_000},
		{"message": "hi", "provider": "nobody"},
		{"message": "hi", "model": "none"},
		{"message": "hi", "temperature": 99},
		{"message": "hi", "temperature": "warm"},
		{"message": "a\x00b"},
		{"message": "a\x1bb"},
		{"message": "hi", "conversation_id": "../etc"},
		{"message": "hi", "unknown": 1},
		{"message": ""},
		{},
		{"message": "hi", "messages": [{"role": "robot", "content": "hi"}]},
	]
	for request in bad:
		status, body = served.call("chat_completion", **{"model": model, "stream": True} | request)
		assert 400 <= status < 500, (request, body)
		assert body["error"]["code"], body
		assert body["error"]["message"], body
	for raw in (b"{", b"[]", b'{"message":"hi","temperature":NaN}', b"\xff", b"[" * 100_000):
		status, body = served.post("chat_completion", raw)
		assert (status, body["error"]["code"]) == (400, "invalid_request")
	status, body = served.get("chat.list_conversations")
	assert (status, body["message"]["conversations"]) == (200, [])
	assert "very-secret-key" not in "".join(served.output)


def test_another_user_finds_nothing(served: Served) -> None:
	status, body = served.call("chat_completion", message="Hello?", model=MODELS["plain"], conversation_id=7)
	task_id = body["message"]["task_id"]
	for status, body in (
		served.call("stop", "bob", task_id=task_id),
		served.call("get_events", "bob", task_id=task_id),
		served.get("stream_events", "bob", task_id=task_id),
		served.get("chat.get_conversation_history", "bob", conversation_id=7),
	):
		assert (status, body["error"]["code"]) == (404, "not_found")
	status, body = served.get("chat.list_conversations", "bob")
	assert (status, body["message"]["conversations"]) == (200, [])
	for status, _ in (served.get("models", None), served.call("chat_completion", None, message="hi")):
		assert status == 403
