"""Who may do what on a bench, by role, over HTTP and on sockets."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from socketio.exceptions import ConnectionError

from ai_assistant.core.methods import RUNS, USE_CASES, WRITTEN
from tests.contract.bench import Bench
from tests.contract.device import Device
from tests.contract.host import MODELS, text_of

METHODS = [(use_case.verbs[0], name) for name, use_case in (USE_CASES | WRITTEN | RUNS).items()] + [
	("POST", "batch"),
	("POST", "streaming_chat_completion"),
	("POST", "v1/chat/completions"),
	("GET", "v1/models"),
	("GET", "stream_events"),
	("GET", "get_realtime_config"),
]


@pytest.mark.parametrize("user", ["auditor", "clerk", "visitor", None])
def test_methods_are_for_those_with_the_role_only(bench: Bench, user: str | None) -> None:
	for verb, method in METHODS:
		status, _ = (bench.get if verb == "GET" else bench.call)(method, user)
		assert status in (401, 403), method


def test_usage_is_for_system_managers(bench: Bench) -> None:
	assert bench.get("admin.usage", "ann")[0] == 403


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


def spending_of(bench: Bench) -> str:
	_, body = bench.call("chat_completion", "ann", message="Hello?", model=MODELS["plain"])
	task_id = body["message"]["task_id"]
	return bench.run('print(frappe.db.get_value("AI Spending", {"run": arguments[0]}))', task_id).strip()


@pytest.mark.parametrize("user", ["ann", "auditor", "bob", "clerk", "visitor", None])
def test_what_an_answer_took_is_for_its_owner_and_the_auditors(bench: Bench, user: str | None) -> None:
	status, _ = bench.document("AI Spending", spending_of(bench), user)
	assert status in ((200,) if user in ("ann", "auditor") else (403, 404))


@pytest.mark.parametrize("user", ["bob", "auditor", "clerk", "visitor", None])
def test_preferences_are_nobody_elses(bench: Bench, user: str | None) -> None:
	bench.call("chat.set_preferences", "ann", instructions="Be short.")
	owner = "contract-ann@example.com"
	name = bench.run('print(frappe.db.get_value("AI Preferences", {"owner": arguments[0]}))', owner).strip()
	assert bench.document("AI Preferences", name, "ann")[0] == 200
	assert bench.document("AI Preferences", name, user)[0] in (403, 404)


async def pry(device: Device, bench: Bench) -> None:
	await device.emit("doc_subscribe", "User", bench.names["ann"])
	await device.emit("doctype_subscribe", "AI Run")


async def test_events_of_a_user_reach_no_socket_of_another_role(bench: Bench) -> None:
	devices = [Device(bench, user) for user in ("bob", "auditor", "clerk", "visitor", None)]
	*users, guest = devices
	for device in users:
		await device.connect()
		await pry(device, bench)
	with suppress(ConnectionError):  # a guest may be refused, too
		await guest.connect()
		await pry(guest, bench)
	own = Device(bench, "ann")
	await own.connect()
	task_id = await asyncio.to_thread(bench.ask, MODELS["plain"])
	await own.until(task_id, len(text_of("plain")) + 1)
	assert own.shown[task_id].text == text_of("plain")
	assert all(device.shown == {} for device in devices)
	for device in [*devices, own]:
		await device.disconnect()
