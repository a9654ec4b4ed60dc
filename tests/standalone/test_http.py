"""Methods over HTTP: what is refused and how, and what needs no worker to answer."""

from __future__ import annotations

import asyncio
import io
from typing import Any, NoReturn

import aiohttp
import msgspec
import pytest
import uvicorn

from ai_assistant.hosts.standalone.credentials import Credentials
from ai_assistant.hosts.standalone.http import Http
from ai_assistant.hosts.standalone.methods import Call, Method
from ai_assistant.hosts.standalone.parameters import GUESTS_BODY, LARGEST_BODY
from tests.standalone.conftest import API, CHAT, SITE, WAIT, Answer, RunningSite, refusal, serving

JSON = {"Content-Type": "application/json"}


async def test_ping_needs_no_login(site: RunningSite) -> None:
	for verb in ("GET", "POST"):
		assert (await site.call("ping", verb, user=None)).body == {"message": "pong"}


async def test_wrong_verb_is_403_and_an_unknown_method_404(site: RunningSite) -> None:
	for method, verb in ((CHAT, "GET"), (f"{API}.models", "POST"), (f"{API}.stop", "DELETE")):
		assert refusal(await site.call(method, verb)) == (403, "PermissionError", "permission")
	for method in (f"{API}.nonsense", f"{API}.Assistant.stop", "frappe.client.get", "", "../login"):
		assert refusal(await site.call(method, "GET")) == (404, "DoesNotExistError", "not_found")


NOT_JSON = [
	b"{",
	b'{"message": NaN}',
	b'{"message": "hi", "temperature": Infinity}',
	b'{"message": "\xff"}',
	b'{"message": "\\ud800"}',
	b"[]",
	b'"hi"',
	b"null",
	b"[" * 200_000,
	b'{"message": "a\x00b"}',
]


async def test_broken_json_is_400(site: RunningSite) -> None:
	for body in NOT_JSON:
		answer = await site.call(CHAT, data=body, headers=JSON)
		assert refusal(answer) == (400, "ValidationError", "invalid_request"), body[:30]


async def test_other_content_types_are_400(site: RunningSite) -> None:
	for kind in ("text/plain", "application/xml", "application/octet-stream", "nonsense"):
		answer = await site.call(CHAT, data=b'{"message": "hi"}', headers={"Content-Type": kind})
		assert refusal(answer) == (400, "ValidationError", "invalid_request"), kind


async def test_files_and_broken_forms_are_400(site: RunningSite) -> None:
	form = aiohttp.FormData()
	form.add_field("message", b"hi", filename="hi.txt")
	assert refusal(await site.call(CHAT, data=form))[0] == 400
	broken = {"Content-Type": "multipart/form-data; boundary=b"}
	assert refusal(await site.call(CHAT, data=b"--x\r\nnonsense", headers=broken))[0] == 400


@pytest.mark.parametrize("is_chunked", [True, False])
async def test_body_beyond_the_bound_is_413(site: RunningSite, is_chunked: bool) -> None:
	async def chunks() -> Any:
		for _ in range(LARGEST_BODY // 2**20 + 1):
			yield b" " * 2**20

	data = chunks() if is_chunked else io.BytesIO(b" " * (LARGEST_BODY + 1))
	answer = await site.call(CHAT, data=data, headers=JSON)
	assert refusal(answer) == (413, "ValidationError", "too_large")


async def test_large_body_is_taken_only_of_those_who_are_known(site: RunningSite) -> None:
	async def post(method: str, user: str | None = None, **headers: str) -> Answer:
		body = io.BytesIO(b'{"messages":[' + b"{}," * GUESTS_BODY + b"{}]}")
		return await site.call(method, user=user, data=body, headers=JSON | headers)

	assert refusal(await post("login")) == (413, "ValidationError", "too_large")
	for wrong in ({"Authorization": "token no:body"}, {"Cookie": "sid=none"}):
		assert refusal(await post(CHAT, **wrong)) == (401, "AuthenticationError", "auth")
	answer = await post(CHAT, "ann")
	assert refusal(answer)[0] == 422
	assert "`$.messages[0]`" in answer.body["exception"]


BAD: list[tuple[dict[str, Any], str]] = [
	({}, "message"),
	({"message": "hi", "surprise": 1}, "surprise"),
	({"message": 5}, "$.message"),
	({"messages": []}, "1 to"),
	({"messages": [{"role": "user", "content": "hi"}] * 1000}, "1000"),
	({"messages": [{"role": "king", "content": "hi"}]}, "role"),
	({"message": "bell \x07"}, "U+0007"),
	({"message": " "}, "empty"),
	({"message": "hi", "temperature": 9}, "temperature"),
	({"message": "hi", "temperature": "warm"}, "temperature"),
	({"message": "hi", "conversation_id": "../7"}, "conversation_id"),
	({"message": "hi", "provider": "nobody"}, "nobody"),
	({"message": "hi", "model": "nothing"}, "nothing"),
	({"message": "hi", "stream": "yes"}, "stream"),
]


async def test_bad_parameters_are_422_with_the_place_and_store_nothing(site: RunningSite) -> None:
	for parameters, place in BAD:
		answer = await site.ask("chat_completion", **parameters)
		assert refusal(answer) == (422, "ValidationError", "invalid_request"), place
		assert place in answer.body["exception"]
	listed = await site.ask("chat.list_conversations", "GET")
	assert listed.body["message"]["conversations"] == []


async def test_five_megabytes_of_text_are_refused(site: RunningSite) -> None:
	body = io.BytesIO(msgspec.json.encode({"message": "x" * 5_000_000}))
	answer = await site.call(CHAT, data=body, headers=JSON)
	assert refusal(answer) == (422, "ValidationError", "invalid_request")


async def test_form_and_query_bring_numbers_and_lists_as_text(site: RunningSite) -> None:
	messages = msgspec.json.encode([{"role": "user", "content": "hi"}]).decode()
	form = {"messages": messages, "conversation_id": "7", "temperature": "0.5", "stream": "true"}
	started = await site.call(CHAT, data=form)
	assert started.body["message"]["conversation_id"] == "7"
	history = await site.ask("chat.get_conversation_history", "GET", conversation_id=7, limit=1)
	assert history.body["message"]["messages"][0]["content"] == "hi"


async def test_unexpected_failure_is_500_and_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
	async def fail(_call: Call) -> NoReturn:
		raise LookupError("a secret")

	async def prove(_proof: Credentials) -> None:
		pass

	broken = Http({"broken": Method(("GET",), fail, is_for_guests=True)}, prove)
	async with (
		serving(uvicorn.Config(broken, lifespan="off", log_config=None)) as url,
		aiohttp.request("GET", f"{url}/api/method/broken") as response,
	):
		answer = Answer(response.status, response.headers, await response.json())
	assert refusal(answer) == (500, "InternalError", "internal")
	assert "secret" not in answer.body["exception"]
	assert answer.body["exception"].split()[-1].rstrip(".") in caplog.text


async def test_realtime_config_names_the_address_that_was_asked(site: RunningSite) -> None:
	answer = await site.ask("get_realtime_config", "GET")
	expected = {
		"url": site.url,
		"namespace": f"/{SITE}",
		"path": "/socket.io",
		"event": "ai_progress",
		"site": SITE,
	}
	assert answer.body == {"message": expected}
	assert answer.headers["Cache-Control"] == "no-store"


async def test_models_are_those_of_the_settings(site: RunningSite) -> None:
	answer = await site.ask("models", "GET")
	assert answer.body["message"] == [{"provider": "scripted", "model": "reasoner", "is_default": True}]


async def test_started_run_is_announced_replayed_and_stopped(site: RunningSite) -> None:
	ann = await site.connect(f"/{SITE}", auth=site.auth())
	started = (await site.ask("chat_completion", message="hi", stream=True)).body["message"]
	assert started["status"] == "queued"
	_, _, queued = await ann.next()
	page = (await site.ask("get_events", task_id=started["task_id"])).body["message"]
	assert page == {"events": [queued], "cursor": "0-1", "done": False}
	stopped = (await site.ask("stop", task_id=started["task_id"])).body["message"]
	assert stopped["status"] == "completed"
	_, _, final = await ann.next()
	assert (final["type"], final["finish_reason"]) == ("completion", "cancelled")


async def test_waiting_reply_comes_with_the_end_of_the_run(site: RunningSite) -> None:
	ann = await site.connect(f"/{SITE}", auth=site.auth())
	waiting = asyncio.ensure_future(site.ask("chat_completion", message="hi"))
	_, _, queued = await ann.next()
	await site.ask("stop", task_id=queued["task_id"])
	reply = (await asyncio.wait_for(waiting, WAIT)).body["message"]
	assert (reply["status"], reply["finish_reason"]) == ("completed", "cancelled")


async def test_waiting_reply_is_running_when_the_wait_is_over(site: RunningSite) -> None:
	reply = (await site.ask("chat_completion", message="hi")).body["message"]
	assert (reply["success"], reply["status"]) == (True, "queued")


async def test_what_belongs_to_another_is_404(site: RunningSite) -> None:
	started = (await site.ask("chat_completion", message="hi", stream=True, conversation_id=7)).body[
		"message"
	]
	run = {"task_id": started["task_id"]}
	for name, verb, parameters in (
		("stop", "POST", run),
		("get_events", "GET", run),
		("stream_events", "GET", run),
		("chat.get_conversation_history", "GET", {"conversation_id": "7"}),
	):
		answer = await site.ask(name, verb, "bob", **parameters)
		assert refusal(answer) == (404, "DoesNotExistError", "not_found")


async def test_stream_begins_at_once_goes_on_and_ends_with_the_run(site: RunningSite) -> None:
	started = (await site.ask("chat_completion", message="hi", stream=True)).body["message"]
	async with open_stream(site, started["task_id"]) as stream:
		assert stream.headers["Content-Type"].startswith("text/event-stream")
		assert stream.headers["Cache-Control"] == "no-store, no-transform"
		assert stream.headers["X-Accel-Buffering"] == "no"
		first = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), WAIT)
		queued = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), WAIT)
		await site.ask("stop", task_id=started["task_id"])
		rest = await asyncio.wait_for(stream.content.read(), WAIT)
	assert first.startswith(b":")
	assert queued.startswith(b"id: 0-1\nevent: ai_progress\ndata: {")
	assert rest.startswith(b"id: 0-2\nevent: ai_progress\ndata: {")
	assert b'"type":"completion"' in rest


async def test_stream_resumes_after_last_event_id(site: RunningSite) -> None:
	started = (await site.ask("chat_completion", message="hi", stream=True)).body["message"]
	await site.ask("stop", task_id=started["task_id"])
	async with open_stream(site, started["task_id"], {"Last-Event-ID": "0-1"}) as stream:
		assert (await asyncio.wait_for(stream.content.read(), WAIT)).count(b"id: ") == 1
	async with open_stream(site, started["task_id"], {"Last-Event-ID": "yesterday"}) as stream:
		assert stream.status == 422


async def test_closing_a_stream_does_not_stop_the_run(site: RunningSite) -> None:
	started = (await site.ask("chat_completion", message="hi", stream=True)).body["message"]
	async with open_stream(site, started["task_id"]) as stream:
		await asyncio.wait_for(stream.content.readuntil(b"\n\n"), WAIT)
	page = (await site.ask("get_events", task_id=started["task_id"])).body["message"]
	assert page["done"] is False


async def test_streams_and_waits_end_when_the_site_goes_down(site: RunningSite) -> None:
	started = (await site.ask("chat_completion", message="hi", stream=True)).body["message"]
	waiting = asyncio.ensure_future(site.ask("chat_completion", message="hi"))
	async with open_stream(site, started["task_id"]) as stream:
		await asyncio.wait_for(stream.content.readuntil(b"\n\n"), WAIT)
		await site.application.close()
		await asyncio.wait_for(stream.content.read(), WAIT)
	assert (await asyncio.wait_for(waiting, WAIT)).body["message"]["status"] == "queued"


def open_stream(site: RunningSite, task_id: str, headers: dict[str, str] | None = None) -> Any:
	token = {"Authorization": f"token {site.tokens['ann']}"}
	return site.http.get(
		f"{site.url}/api/method/{API}.stream_events",
		params={"task_id": task_id, "after": "0-0"},
		headers=token | (headers or {}),
	)
