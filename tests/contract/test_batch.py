"""Many requests in one, on either host."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from uuid import uuid4

from tests.contract.host import MODELS, Host, text_of
from tests.contract.test_methods import new_id


def ask_all(host: Host, *requests: Any) -> list[Any]:
	status, body = host.call("batch", requests=list(requests))
	assert status == 200, body
	reply = body["message"]
	assert reply["success"] is True
	assert reply["data"]["count"] == len(requests)
	assert datetime.fromisoformat(reply["data"]["timestamp"].replace("Z", "+00:00")).utcoffset() is not None
	responses: list[Any] = reply["data"]["responses"]
	return responses


def question(id: str, conversation: object, model: str = "plain", **more: Any) -> dict[str, Any]:
	params = {"message": f"{id}?", "model": MODELS[model], "conversation_id": conversation} | more
	return {"id": id, "name": "chat_completion", "params": params}


def history(id: str, conversation: object) -> dict[str, Any]:
	return {"id": id, "name": "chat.get_conversation_history", "params": {"conversation_id": conversation}}


def test_each_request_is_answered_as_its_method_answers_alone(host: Host) -> None:
	conversation = new_id()
	host.call("chat.create_conversation", conversation_id=conversation, title="Kept")
	path = "/api/method/ai_assistant.api.chat.get_conversation_history"
	responses = ask_all(
		host,
		{"id": "models", "name": "models"},
		{"id": 2, "path": "/api/method/ai_assistant.api.chat.list_conversations?limit=1"},
		{"id": 3, "method": "get", "path": path, "params": {"conversation_id": conversation}},
		{"id": 4, "method": "POST", "name": "stop", "params": {"task_id": "none"}},
	)
	alone = [
		host.get("models"),
		host.get("chat.list_conversations", limit=1),
		host.get("chat.get_conversation_history", conversation_id=conversation),
		host.call("stop", task_id="none"),
	]
	assert [response["id"] for response in responses] == ["models", 2, 3, 4]
	assert [(response["status"], response["body"]) for response in responses] == alone


def test_a_bad_request_fails_alone(host: Host) -> None:
	models = {"name": "models"}
	responses = ask_all(
		host,
		{"id": 1, **models},
		"not an object",
		models,
		{"id": 1, **models},
		{"id": [], **models},
		{"id": 3},
		{"id": 4, **models, "path": "/api/method/ai_assistant.api.models"},
		{"id": 5, "name": "batch", "params": {"requests": []}},
		{"id": 6, "name": "stream_events", "params": {"task_id": "none"}},
		{"id": 7, "path": "/api/method/frappe.auth.get_logged_user"},
		{"id": 8, "method": "POST", **models},
		{"id": 9, **models, "params": {"unknown": 1}},
		{"id": 10, **models, "unknown": 1},
		{"id": 11, "name": "chat.list_conversations", "params": {"limit": 1000}},
		question("12", "../etc", stream=True),
		{"id": 13, **models},
	)
	statuses = [response["status"] for response in responses]
	assert statuses == [200, 422, 422, 422, 422, 422, 422, 404, 404, 404, 403, 422, 422, 422, 422, 200]
	for response in responses:
		assert ("message" in response["body"]) == (response["status"] == 200)
		assert response["status"] == 200 or response["body"]["error"]["message"]
	ids: list[object] = [1, None, None, None, None, 3, 4, 5, 6, 7, 8, 9, 10, 11, "12", 13]
	assert [response["id"] for response in responses] == ids


def test_a_batch_holds_up_to_twenty_requests(host: Host) -> None:
	many = [{"id": number, "name": "models"} for number in range(21)]
	assert len(ask_all(host, *many[:20])) == 20
	assert ask_all(host) == []
	status, body = host.call("batch", requests=many)
	assert (status, body["error"]["code"]) == (400, "invalid_request")
	for bad in ({}, {"requests": "all"}, {"requests": [], "more": 1}):
		status, body = host.call("batch", **bad)
		assert (status, body["error"]["code"]) == (422, "invalid_request")


def test_what_touches_one_conversation_keeps_its_order(host: Host) -> None:
	one, other = str(uuid4()), str(uuid4())
	responses = ask_all(
		host,
		history("before", one),
		question("first", one),
		history("between", one),
		question("second", None, thread_id=one),
		history("after", one),
		{"id": "created", "name": "chat.create_conversation", "params": {"conversation_id": other}},
		history("empty", other),
	)
	assert [response["status"] for response in responses] == [404, 200, 200, 200, 200, 200, 200]
	bodies = {response["id"]: response["body"].get("message") for response in responses}
	assert bodies["first"]["response"] == text_of("plain")
	assert len(bodies["between"]["messages"]) == 2
	assert len(bodies["after"]["messages"]) == 4
	assert bodies["empty"]["messages"] == []


def test_answers_of_several_conversations_are_made_side_by_side(host: Host) -> None:
	began = time.monotonic()
	responses = ask_all(host, *(question(str(number), new_id(), "paced") for number in range(4)))
	took = time.monotonic() - began
	assert [response["body"]["message"]["response"] for response in responses] == [text_of("paced")] * 4
	alone = max(response["body"]["message"]["usage"]["output_tokens"] for response in responses) / 50
	assert took < 3 * alone


def test_a_stream_of_a_batch_is_answered_at_once(host: Host) -> None:
	conversation = new_id()
	started, seen = ask_all(host, question("new", conversation, stream=True), history("seen", conversation))
	task_id = started["body"]["message"]["task_id"]
	assert [message["content"] for message in seen["body"]["message"]["messages"]][:1] == ["new?"]
	assert host.final(task_id).text == text_of("plain")


def test_nobody_asks_for_another_user_or_without_signing_in(host: Host) -> None:
	conversation = new_id()
	host.call("chat.create_conversation", conversation_id=conversation)
	status, body = host.call("batch", "bob", requests=[history("not mine", conversation)])
	assert status == 200
	assert [response["status"] for response in body["message"]["data"]["responses"]] == [404]
	status, body = host.call("batch", None, requests=[])
	assert (status, body["exc_type"]) == (403, "PermissionError")
