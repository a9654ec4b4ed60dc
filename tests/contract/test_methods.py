"""What the methods answer, on either host."""

from __future__ import annotations

import time
from itertools import count

from ai_assistant.core.events import Completion, Text
from docs.methods import METHODS, STANDALONE
from tests.contract.host import MODELS, Host, text_of

_ids = count(time.time_ns() // 1000)


def new_id() -> int:
	"""A conversation that no other test has."""
	return next(_ids)


def test_a_question_is_answered_over_http(host: Host) -> None:
	status, body = host.call("chat_completion", message="Hello?", model=MODELS["plain"])
	assert (status, body["message"]["response"]) == (200, text_of("plain"))
	assert body["message"]["usage"]["basis"] == "exact"


def test_bad_input_is_refused_with_a_code_and_leaves_nothing_behind(host: Host) -> None:
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
	before = newest(host)
	for request in bad:
		status, body = host.call("chat_completion", **{"model": model, "stream": True} | request)
		assert 400 <= status < 500, (request, body)
		assert body["error"]["code"], body
		assert body["error"]["message"], body
	assert newest(host) == before
	assert "very-secret-key" not in "".join(host.output)


def test_half_a_surrogate_pair_is_refused_and_leaves_nothing_behind(host: Host) -> None:
	"""Frappe 16 does so itself, before it looks for the method."""
	before = newest(host)
	for request in {"\ud800": 1}, {"tools": [{"\ud800": 1}]}:
		asked = {"model": MODELS["plain"], "stream": True, "message": "hi"} | request
		status, body = host.call("chat_completion", **asked)
		assert 400 <= status < 500, (request, body)
		assert "error" in body or body["exc_type"] == "DataError", body
	assert newest(host) == before


def test_another_user_finds_nothing(host: Host) -> None:
	conversation = new_id()
	status, body = host.call(
		"chat_completion", message="Hello?", model=MODELS["plain"], conversation_id=conversation
	)
	assert status == 200, body
	task_id = body["message"]["task_id"]
	for status, body in (
		host.call("stop", "bob", task_id=task_id),
		host.call("get_events", "bob", task_id=task_id),
		host.get("stream_events", "bob", task_id=task_id),
		host.get("chat.get_conversation_history", "bob", conversation_id=conversation),
	):
		assert (status, body["error"]["code"]) == (404, "not_found")
	status, body = host.get("chat.list_conversations", "bob")
	assert status == 200
	assert str(conversation) not in [one["id"] for one in body["message"]["conversations"]]


def test_nobody_gets_an_answer_without_signing_in(host: Host) -> None:
	for name, method in METHODS.items():
		if name in STANDALONE:
			continue
		status, body = (host.call if "POST" in method.verbs else host.get)(name, None)
		assert (status, body["exc_type"]) == (403, "PermissionError"), name


def test_a_conversation_goes_on_with_what_was_said(host: Host) -> None:
	conversation = new_id()
	for question in ("One?", "Two?"):
		host.call("chat_completion", message=question, model=MODELS["plain"], conversation_id=conversation)
	status, body = host.get("chat.get_conversation_history", conversation_id=conversation)
	assert status == 200, body
	history = body["message"]
	said = [(message["role"], message["content"]) for message in history["messages"]]
	answer = ("assistant", text_of("plain"))
	assert said == [("user", "One?"), answer, ("user", "Two?"), answer]
	assert history["conversation"]["title"] == "One?"
	assert history["messages"][1]["usage"]["basis"] == "exact"
	assert newest(host) == str(conversation)


def test_a_stopped_run_keeps_what_was_shown_and_its_connection_is_closed(host: Host) -> None:
	task_id = host.ask(MODELS["paced"])
	host.wait_event(task_id, Text)
	status, _ = host.call("stop", task_id=task_id)
	assert status == 200
	final = host.final(task_id)
	assert isinstance(final, Completion)
	assert final.finish_reason == "cancelled"
	assert text_of("paced").startswith(final.text)
	assert 0 < len(final.text) < len(text_of("paced"))
	host.simulator.wait_closed(MODELS["paced"])
	assert host.shown(task_id).text == final.text


def test_a_request_that_is_repeated_is_answered_once(host: Host) -> None:
	request = {"message": "Hello?", "model": MODELS["plain"], "request_id": str(new_id()), "stream": True}
	(_, first), (_, second) = (host.call("chat_completion", **request) for _ in range(2))
	assert first["message"]["task_id"] == second["message"]["task_id"]
	status, body = host.call("chat_completion", **request | {"message": "Another?"})
	assert (status, body["error"]["code"]) == (409, "conflict")


def test_clients_are_told_what_to_choose_from_and_where_to_connect(host: Host) -> None:
	_, body = host.get("models")
	assert MODELS["plain"] in [choice["model"] for choice in body["message"]]
	_, body = host.get("get_realtime_config")
	found = body["message"]
	assert (found["namespace"], found["path"], found["event"]) == (
		f"/{host.site}",
		"/socket.io",
		"ai_progress",
	)


def newest(host: Host) -> str | None:
	_, body = host.get("chat.list_conversations", limit=1)
	found = body["message"]["conversations"]
	return found[0]["id"] if found else None
