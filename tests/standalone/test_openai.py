"""The OpenAI-compatible endpoint over HTTP, where its clients cannot show it: waits, refusals and their headers."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from tests.standalone.conftest import SITE, WAIT, Answer, RunningSite

V1 = "ai_assistant.api.v1"
ASKED: dict[str, Any] = {"model": "reasoner", "messages": [{"role": "user", "content": "Hello?"}]}
REMOTE = {"type": "image_url", "image_url": {"url": "https://one.example/a.png"}}


async def complete(site: RunningSite, **more: Any) -> Answer:
	return await site.call(f"{V1}/chat/completions", json=ASKED | more)


async def ask_and_wait(site: RunningSite) -> Answer:
	return await site.ask("chat_completion", message="Hello?")


def lose_runs(data: Path) -> None:
	"""The database can say nothing of them any more."""
	with closing(sqlite3.connect(data / "ai-assistant.db")) as database:
		database.execute("ALTER TABLE runs RENAME TO lost")


def refusal(answer: Answer) -> tuple[int, str, str, str | None]:
	"""Status, type, code and param of a refused request, whose envelope is checked."""
	error = answer.body["error"]
	assert set(error) == {"message", "type", "code", "param"}
	assert answer.headers["Cache-Control"] == "no-store"
	return answer.status, error["type"], error["code"], error["param"]


async def test_wait_that_is_over_names_the_run_that_goes_on_and_asks_for_no_second_one(
	site: RunningSite,
) -> None:
	answer = await complete(site)
	error = answer.body["error"]
	assert (answer.status, error["type"], error["code"]) == (504, "server_error", "timeout")
	assert answer.headers["x-should-retry"] == "false"
	page = (await site.ask("get_events", task_id=error["task_id"])).body["message"]
	assert page["done"] is False
	assert page["events"][0]["conversation_id"] == error["conversation_id"]


async def test_wait_that_loses_sight_of_its_run_ends_in_the_same_way(
	site: RunningSite, tmp_path: Path
) -> None:
	ann = await site.connect(f"/{SITE}", auth=site.auth())
	waiting = [asyncio.ensure_future(complete(site)), asyncio.ensure_future(ask_and_wait(site))]
	begun = {(await ann.next())[2]["task_id"] for _ in waiting}
	lose_runs(tmp_path)
	completion, reply = [(await asyncio.wait_for(one, WAIT)) for one in waiting]
	error, message = completion.body["error"], reply.body["message"]
	assert (completion.status, error["code"]) == (504, "timeout")
	assert completion.headers["x-should-retry"] == "false"
	assert (reply.status, message["success"], message["status"]) == (200, True, "running")
	assert {error["task_id"], message["task_id"]} == begun


async def test_too_many_runs_are_a_rate_limit_that_tells_when_to_ask_again(site: RunningSite) -> None:
	for _ in range(20):
		assert (await site.ask("chat_completion", message="hi", stream=True)).status == 200
	for stream in (False, True):
		answer = await complete(site, stream=stream)
		assert refusal(answer) == (429, "rate_limit_error", "rate_limit_exceeded", None)
		assert answer.headers["x-should-retry"] == "true"
		assert int(answer.headers["Retry-After"]) > 0


REFUSED: list[tuple[str, str, dict[str, Any], tuple[int, str, str, str | None]]] = [
	("chat/completions", "POST", {"json": {}}, (400, "invalid_request_error", "invalid_request", None)),
	(
		"chat/completions",
		"POST",
		{"json": ASKED | {"model": "gpt-0"}},
		(404, "not_found_error", "model_not_found", "model"),
	),
	(
		"chat/completions",
		"POST",
		{"json": ASKED | {"stop": "."}},
		(400, "invalid_request_error", "invalid_request", "stop"),
	),
	(
		"chat/completions",
		"POST",
		{"json": ASKED | {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}},
		(400, "invalid_request_error", "invalid_request", "messages[0].content[0].type"),
	),
	(
		"chat/completions",
		"POST",
		{"json": ASKED | {"messages": [{"role": "user", "content": [REMOTE]}]}},
		(400, "invalid_request_error", "invalid_request", "messages[0].content"),
	),
	("chat/completions", "POST", {"data": b"{"}, (400, "invalid_request_error", "invalid_request", None)),
	("chat/completions", "GET", {}, (404, "not_found_error", "not_found", None)),
	("embeddings", "POST", {"json": {}}, (404, "not_found_error", "not_found", None)),
	("models/gpt-0", "GET", {}, (404, "not_found_error", "model_not_found", "model")),
	("models", "DELETE", {}, (403, "permission_error", "permission", None)),
	("", "GET", {}, (404, "not_found_error", "not_found", None)),
]


async def test_refusals_are_in_the_shape_that_openai_gives_them(site: RunningSite) -> None:
	for path, verb, options, expected in REFUSED:
		assert refusal(await site.call(f"{V1}/{path}", verb, **options)) == expected, (path, verb)


async def test_guest_and_unknown_key_are_401(site: RunningSite) -> None:
	expected = (401, "authentication_error", "invalid_api_key", None)
	for headers in ({}, {"Authorization": "Bearer no:body"}, {"Authorization": "Bearer nonsense"}):
		answer = await site.call(f"{V1}/models", "GET", None, headers=headers)
		assert refusal(answer) == expected, headers


async def test_bearer_carries_the_same_pair_to_every_method(site: RunningSite) -> None:
	headers = {"Authorization": f"Bearer {site.tokens['bob']}"}
	answer = await site.call("frappe.auth.get_logged_user", "GET", None, headers=headers)
	assert answer.body == {"message": "bob"}


async def test_models_are_named_with_their_provider(site: RunningSite) -> None:
	model = {"id": "scripted/reasoner", "object": "model", "owned_by": "scripted", "created": 0}
	assert (await site.call(f"{V1}/models", "GET")).body == {"object": "list", "data": [model]}
	for id in ("scripted/reasoner", "scripted%2Freasoner", "reasoner"):
		answer = await site.call(f"{V1}/models/{id}", "GET")
		assert answer.body == model | {"id": id.replace("%2F", "/")}


async def test_stream_that_the_site_must_end_says_that_the_run_goes_on(site: RunningSite) -> None:
	ann = await site.connect(f"/{SITE}", auth=site.auth())
	stream = asyncio.ensure_future(complete(site, stream=True))
	_, _, queued = await ann.next()
	await site.application.close()
	body = (await asyncio.wait_for(stream, WAIT)).body
	*_, failure, done = body.decode().strip().split("\n\n")
	error = msgspec.json.decode(failure.removeprefix("data: "))["error"]
	assert (error["code"], error["task_id"], done) == ("timeout", queued["task_id"], "data: [DONE]")
