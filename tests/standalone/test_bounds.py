"""What one request may carry, over HTTP: sizes, control characters, tools and cursors."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ai_assistant.core.requests import DEEPEST
from ai_assistant.hosts.standalone.database import database_engine
from ai_assistant.hosts.standalone.store import SqlStore
from tests.standalone.conftest import Answer, RunningSite

LARGE = "x" * 1_000_001


def function(**fields: Any) -> list[dict[str, Any]]:
	return [{"type": "function", "function": {"name": "f", **fields}}]


def called(arguments: str = "{}", call: str = "c", name: str = "f") -> list[dict[str, Any]]:
	calls = [{"id": call, "function": {"name": name, "arguments": arguments}}]
	return [{"role": "assistant", "tool_calls": calls}, {"role": "user", "content": "hi"}]


def nested(levels: int) -> list[Any]:
	value: list[Any] = []
	for _ in range(levels - 1):
		value = [value]
	return value


async def post(site: RunningSite, parameters: dict[str, Any], name: str = "chat_completion") -> Answer:
	body = io.BytesIO(msgspec.json.encode(parameters))
	return await site.call(
		f"ai_assistant.api.{name}", data=body, headers={"Content-Type": "application/json"}
	)


def sentence(answer: Answer) -> str:
	assert (answer.status, answer.body["error"]["code"]) == (422, "invalid_request")
	assert len(answer.body["exception"]) < 500
	return str(answer.body["exception"])


async def assert_nothing_was_stored(site: RunningSite) -> None:
	listed = await site.ask("chat.list_conversations", "GET")
	assert listed.body["message"]["conversations"] == []


@pytest.mark.parametrize(
	"parameters",
	[
		{"messages": called(arguments=LARGE)},
		{"message": "hi", "tools": function(description=LARGE)},
		{"message": "hi", "context": {"page": [LARGE]}},
		{"message": "hi", "context": {"x" * 500_000: [0] * 300_000}},
	],
	ids=["arguments", "tools", "context", "context of numbers"],
)
async def test_every_part_of_a_request_counts(site: RunningSite, parameters: dict[str, Any]) -> None:
	assert "1,000,000 characters in all" in sentence(await post(site, parameters))
	await assert_nothing_was_stored(site)


CONTROL: list[tuple[dict[str, Any], str]] = [
	({"message": "hi\0"}, "$.message"),
	({"message": "hi", "request_id": "r\0"}, "$.request_id"),
	({"message": "hi", "chatbot": "\x1b"}, "$.chatbot"),
	({"messages": [{"role": "user", "content": "hi", "name": "\x7f"}]}, "$.messages[0].name"),
	({"messages": called(call="\0")}, "$.messages[0].tool_calls[0].id"),
	({"messages": called(name="\0")}, "$.messages[0].tool_calls[0].function.name"),
	({"messages": called(arguments="\0")}, "$.messages[0].tool_calls[0].function.arguments"),
	({"message": "hi", "tools": function(description="\0")}, "$.tools[0].function.description"),
	({"message": "hi", "tools": function(parameters={"\0": 1})}, "$.tools[0].function.parameters"),
	({"message": "hi", "context": {"a": ["\0"]}}, "$.context.a[0]"),
	({"message": "hi", "context": {"x" * 500_000: ["\0"] * 50_000}}, "x[0]"),
]


async def test_control_characters_are_refused_wherever_they_are(site: RunningSite) -> None:
	for parameters, place in CONTROL:
		said = sentence(await post(site, parameters))
		assert "control character U+00" in said
		assert said.endswith(f"{place}` does.")
	title = sentence(await post(site, {"title": "a\0b"}, "chat.create_conversation"))
	assert title == "A text may not hold the control character U+0000, as `$.title` does."
	await assert_nothing_was_stored(site)


async def test_tabs_and_line_breaks_are_text(site: RunningSite) -> None:
	given = {"message": "a\tb\r\nc", "stream": True, "tools": function(description="a\tb\r\nc")}
	assert (await post(site, given)).status == 200


async def test_what_is_nested_too_deeply_is_refused(site: RunningSite) -> None:
	for levels in (DEEPEST + 1, 500):
		said = sentence(await post(site, {"message": "hi", "context": nested(levels)}))
		assert f"more than {DEEPEST} levels" in said
	assert (await post(site, {"message": "hi", "stream": True, "context": nested(DEEPEST)})).status == 200


NO_TOOLS: list[tuple[Any, str]] = [
	({"a": 1}, "$.tools[0]"),
	("f", "$.tools[0]"),
	({"type": "function"}, "$.tools[0]"),
	({"type": "function", "function": "x"}, "$.tools[0].function"),
	({"type": "function", "function": {}}, "$.tools[0].function"),
	({"type": "function", "function": {"name": ""}}, "$.tools[0].function.name"),
	({"type": "function", "function": {"name": "f", "parameters": []}}, "$.tools[0].function.parameters"),
	({"type": "function", "function": {"name": "f", "surprise": 1}}, "$.tools[0].function"),
	({"type": "web_search", "function": {"name": "f"}}, "$.tools[0].type"),
]


async def test_what_is_no_tool_is_refused(site: RunningSite) -> None:
	for tool, place in NO_TOOLS:
		said = sentence(await post(site, {"message": "hi", "tools": [tool]}))
		assert said.endswith(f"`{place}`."), said
	await assert_nothing_was_stored(site)


async def test_tools_are_kept_for_the_provider_as_they_came(site: RunningSite, tmp_path: Path) -> None:
	schema = {"type": "object", "properties": {"city": {"type": "string"}}}
	tools = [
		*function(),
		*function(description="Tells it.", parameters=schema, strict=True),
		*function(strict=None),
	]
	started = (await post(site, {"message": "hi", "stream": True, "tools": tools})).body["message"]
	database = database_engine(None, tmp_path)
	run = SqlStore(database).get_run("ann", started["task_id"])
	database.dispose()
	assert run is not None
	assert list(run.generation.tools) == tools


async def test_cursor_that_was_never_given_is_refused(site: RunningSite) -> None:
	for cursor in ("nan_x", "inf_x", "-inf_x", "1e999_x", "x", "_", "1_\0", "x" * 141):
		answer = await site.ask("chat.list_conversations", "GET", cursor=cursor)
		assert "$.cursor" in sentence(answer), cursor
