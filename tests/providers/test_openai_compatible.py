"""What the many servers that speak Chat Completions do differently."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ai_assistant.core.answer import Answer, collected
from ai_assistant.core.errors import ErrorCode, ProviderError
from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.messages import Message
from ai_assistant.core.providers.provider import Prompt
from ai_assistant.core.settings import Model
from tests.providers.conftest import Connect
from tests.providers.kinds import OPENAI_COMPATIBLE, prompt
from tests.providers.replay import Replay
from tests.simulator import Simulator

DONE = b"data: [DONE]\n\n"


def chunk(finish: str | None = None, **delta: Any) -> bytes:
	choice = {"index": 0, "delta": delta, "finish_reason": finish}
	return b"data: %b\n\n" % msgspec.json.encode({"choices": [choice]})


def call(index: int | None, id: str | None, name: str | None, arguments: str) -> bytes:
	function = {"name": name, "arguments": arguments}
	return chunk(tool_calls=[{"index": index, "id": id, "function": function}])


async def answer(body: bytes, replay: Replay, connected: Connect) -> Answer:
	replay.body = body
	client = connected(OPENAI_COMPATIBLE.provider(replay.url, "model"))
	return collected([delta async for delta in client.stream(prompt("model"))])


@pytest.mark.parametrize(
	"end",
	[
		chunk("stop") + DONE,
		chunk("stop"),
		chunk("stop").rstrip(b"\n"),
		DONE,
		b"data: [DONE]",
		b"data:[DONE]\r\n\r\n",
	],
)
async def test_a_finish_reason_or_done_completes_an_answer(
	end: bytes, replay: Replay, connected: Connect
) -> None:
	whole = await answer(chunk(content="Hello") + end, replay, connected)
	assert (whole.text, whole.finish_reason) == ("Hello", "stop")


@pytest.mark.parametrize("end", [b"", b"\n", chunk("stop")[:-15], b": keep-alive\n\n"])
async def test_the_end_of_the_body_alone_completes_nothing(
	end: bytes, replay: Replay, connected: Connect
) -> None:
	with pytest.raises(ProviderError) as caught:
		await answer(chunk(content="Hello") + end, replay, connected)
	assert caught.value.code == "network"


async def test_what_is_no_event_stream_is_a_broken_one(replay: Replay, connected: Connect) -> None:
	with pytest.raises(ProviderError) as caught:
		await answer(b"<html><body>Welcome to nginx!</body></html>", replay, connected)
	assert caught.value.code == "network"


@pytest.mark.parametrize(
	("error", "code"),
	[
		({"code": 502, "message": "Provider returned error"}, "overloaded"),
		({"code": 429, "message": "Slow down"}, "rate_limit"),
		({"code": 400, "type": "BadRequestError", "message": "bad"}, "invalid_request"),
		({"type": "exceed_context_size_error", "message": "too many tokens"}, "context_length"),
		({"message": "This model's maximum context length is 4096 tokens"}, "context_length"),
		({"message": "anything"}, "overloaded"),
		("anything", "overloaded"),
	],
)
async def test_error_chunks_are_named_by_what_they_hold(
	error: Any, code: ErrorCode, replay: Replay, connected: Connect
) -> None:
	with pytest.raises(ProviderError) as caught:
		await answer(b"data: %b\n\n" % msgspec.json.encode({"error": error}), replay, connected)
	assert caught.value.code == code


async def test_a_finish_reason_may_tell_of_a_failure(replay: Replay, connected: Connect) -> None:
	with pytest.raises(ProviderError) as caught:
		await answer(chunk(content="So") + chunk("insufficient_system_resource") + DONE, replay, connected)
	assert caught.value.code == "overloaded"


@pytest.mark.parametrize(
	"pieces",
	[
		[call(0, "a", "f", "{"), call(0, None, None, "}"), call(1, "b", "g", "{}")],
		[call(0, "a", "f", "{"), call(0, "a", "f", "}"), call(1, "b", "g", "{}")],
		[call(0, "a", "f", "{}"), call(0, "b", "g", "{}")],
		[call(0, "a", "f", "{"), call(1, "b", "g", "{"), call(0, "", "", "}"), call(1, None, None, "}")],
		[call(None, "a", "f", "{"), call(None, None, None, "}"), call(None, "b", "g", "{}")],
	],
)
async def test_tool_calls_are_told_apart_by_index_or_id(
	pieces: list[bytes], replay: Replay, connected: Connect
) -> None:
	whole = await answer(b"".join(pieces) + chunk("stop") + DONE, replay, connected)
	assert whole.tool_calls == (FinishedToolCall("a", "f", "{}"), FinishedToolCall("b", "g", "{}"))
	assert whole.finish_reason == "tool_calls"


async def test_a_tool_call_without_an_id_is_given_one(replay: Replay, connected: Connect) -> None:
	whole = await answer(call(0, None, "f", "{}") + chunk("stop") + DONE, replay, connected)
	assert whole.tool_calls == (FinishedToolCall("call_0", "f", "{}"),)


async def test_tags_are_text_where_reasoning_has_a_field(replay: Replay, connected: Connect) -> None:
	body = chunk(reasoning_content="Hm. ") + chunk(content="<think> is a tag.") + chunk("stop")
	whole = await answer(body, replay, connected)
	assert (whole.reasoning, whole.text) == ("Hm. ", "<think> is a tag.")


async def test_reasoning_in_both_fields_is_shown_once(replay: Replay, connected: Connect) -> None:
	whole = await answer(chunk(reasoning="Hm.", reasoning_content="Hm.") + DONE, replay, connected)
	assert whole.reasoning == "Hm."


async def test_an_unfinished_tag_is_what_it_looks_like(replay: Replay, connected: Connect) -> None:
	whole = await answer(chunk(content="<thi") + chunk("length"), replay, connected)
	assert (whole.reasoning, whole.text) == ("", "<thi")


async def test_a_request_is_written_in_chat_completions(simulator: Simulator, connected: Connect) -> None:
	model = "sim:tag=request-chat"
	tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
	messages = [
		Message("system", "Be brief."),
		Message("user", "Hi"),
		Message("assistant", "", "Hm.", (FinishedToolCall("a", "f", "{}"),), None, "other", ({"x": 1},)),
		Message("tool", "42", tool_call_id="a"),
	]
	client = connected(OPENAI_COMPATIBLE.provider(simulator.url, model))
	asked = Prompt(messages, Model(model, max_tokens=100), 0.5, None, [tool])
	assert [delta async for delta in client.stream(asked)]
	assert simulator.requests_of(model)[0].body == {
		"model": model,
		"messages": [
			{"role": "system", "content": "Be brief."},
			{"role": "user", "content": "Hi"},
			{
				"role": "assistant",
				"content": "",
				"tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
			},
			{"role": "tool", "content": "42", "tool_call_id": "a"},
		],
		"stream": True,
		"stream_options": {"include_usage": True},
		"temperature": 0.5,
		"max_tokens": 100,
		"tools": [tool],
	}
