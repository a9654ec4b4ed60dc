"""Who may do what on a bench, by role, over HTTP and on sockets."""

from __future__ import annotations

import asyncio

import pytest

from tests.contract.bench import Bench
from tests.contract.device import Device
from tests.contract.host import MODELS, text_of

METHODS = [
	("POST", "chat_completion", {"message": "Hello?"}),
	("POST", "stop", {"task_id": "x"}),
	("GET", "get_events", {"task_id": "x"}),
	("GET", "stream_events", {"task_id": "x"}),
	("GET", "get_realtime_config", {}),
	("GET", "models", {}),
	("POST", "chat.create_conversation", {}),
	("GET", "chat.list_conversations", {}),
	("GET", "chat.get_conversation_history", {"conversation_id": 7}),
]


@pytest.mark.parametrize("user", ["auditor", "clerk", "visitor", None])
def test_methods_are_for_those_with_the_role_only(bench: Bench, user: str | None) -> None:
	for verb, method, parameters in METHODS:
		call = bench.get if verb == "GET" else bench.call
		status, body = call(method, user, **parameters)
		assert (status, body["exc_type"]) == (403, "PermissionError"), method


@pytest.mark.parametrize("user", ["ann", "auditor", "bob", "clerk", "visitor", None])
def test_documents_are_their_owners_and_the_auditors(bench: Bench, user: str | None) -> None:
	_, body = bench.call("chat_completion", "ann", message="Hello?", model=MODELS["plain"])
	reply = body["message"]
	found = {"AI Run": reply["task_id"], "AI Message": reply["message_id"]}
	_, run = bench.document("AI Run", reply["task_id"], "ann")
	found["AI Conversation"] = run["data"]["conversation"]
	for doctype, name in found.items():
		status, _ = bench.document(doctype, name, user)
		assert (status == 200) == (user in ("ann", "auditor")), (doctype, status)
		assert status in (200, 403, 404)


@pytest.mark.parametrize("user", ["ann", "auditor", "clerk", "visitor", None])
def test_providers_and_settings_are_for_system_managers(bench: Bench, user: str | None) -> None:
	for doctype, name in (
		("AI Provider", "contract-suite"),
		("AI Assistant Settings", "AI Assistant Settings"),
	):
		status, body = bench.document(doctype, name, user)
		assert status == 403
		assert "very-secret-key" not in str(body)


async def test_events_of_a_user_reach_no_socket_of_another_role(bench: Bench) -> None:
	devices = [Device(bench, user) for user in ("auditor", "clerk", "visitor")]
	for device in devices:
		await device.connect()
	own = Device(bench, "ann")
	await own.connect()
	task_id = await asyncio.to_thread(bench.ask, MODELS["plain"])
	await own.until(task_id, len(text_of("plain")) + 1)
	assert own.shown[task_id].text == text_of("plain")
	assert all(device.shown == {} for device in devices)
	for device in [*devices, own]:
		await device.disconnect()
