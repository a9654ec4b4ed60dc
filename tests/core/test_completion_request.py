"""Requests of OpenAI's clients as requests of ours."""

from __future__ import annotations

from typing import Any

import pytest

from ai_assistant.core import requests
from ai_assistant.core.completion_request import CompletionRequest, chat_request
from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.model_list import ModelNotFound
from ai_assistant.core.replies import ModelChoice
from ai_assistant.core.requests import ChatRequest
from docs.protocol_page import SECTIONS, TEXT

CHOICES = [
	ModelChoice("first", "gpt-5", is_default=True),
	ModelChoice("second", "gpt-5", is_default=False),
	ModelChoice("router", "meta/llama", is_default=False),
]


def translated(**asked: Any) -> ChatRequest:
	given = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello?"}]} | asked
	return chat_request(requests.parse(CompletionRequest, given), CHOICES)


@pytest.mark.parametrize(
	("model", "expected"),
	[
		("gpt-5", (None, "gpt-5")),
		("second/gpt-5", ("second", "gpt-5")),
		("meta/llama", (None, "meta/llama")),
		("router/meta/llama", ("router", "meta/llama")),
	],
)
def test_model_may_name_its_provider(model: str, expected: tuple[str | None, str]) -> None:
	request = translated(model=model)
	assert (request.provider, request.model) == expected


@pytest.mark.parametrize("model", ["gpt-0", "third/gpt-5", "first/", "/gpt-5"])
def test_unknown_model_is_not_found(model: str) -> None:
	with pytest.raises(ModelNotFound):
		translated(model=model)


def test_answer_that_is_sent_back_brings_only_what_was_said_and_called() -> None:
	function = {"name": "find", "arguments": "{}", "parsed_arguments": {}}
	call = {"id": "c1", "type": "function", "index": 0, "function": function}
	answer = {
		"role": "assistant",
		"content": None,
		"refusal": None,
		"annotations": [],
		"parsed": None,
		"reasoning_content": "Let me see.",
		"tool_calls": [call],
	}
	result = {"role": "tool", "tool_call_id": "c1", "content": "Found."}
	request = translated(messages=[{"role": "developer", "content": "Be brief."}, answer, result])
	assert request.messages is not None
	assert [message.role for message in request.messages] == ["system", "assistant", "tool"]
	assert request.messages[1].tool_calls[0].function.name == "find"


def test_what_else_clients_know_of_parts_and_tools_is_passed_over() -> None:
	parts = [{"type": "text", "text": "Hello?", "cache_control": {"type": "ephemeral"}}]
	function = {"name": "find", "parameters": {"type": "object", "extra": 1}, "parse": None}
	request = translated(
		messages=[{"role": "user", "content": parts}], tools=[{"type": "function", "function": function}]
	)
	assert request.messages is not None
	assert request.messages[0].text == "Hello?"
	assert request.tools[0].function.parameters == {"type": "object", "extra": 1}


def test_what_is_no_message_is_refused_with_its_place() -> None:
	call = {"id": "c1", "function": {"name": "find", "arguments": 7}}
	for message, place in (
		({"role": "user", "content": [{"type": "input_audio"}]}, r"content\[0\]\.type"),
		({"role": "assistant", "tool_calls": [call]}, r"tool_calls\[0\]\.function\.arguments"),
		({"role": "assistant", "tool_calls": ["c1"]}, r"tool_calls\[0\]"),
	):
		with pytest.raises(InvalidRequest, match=rf"\$\.messages\[0\]\.{place}"):
			translated(messages=[message])


def test_answer_without_calls_may_say_so() -> None:
	said = {"role": "assistant", "content": "Four.", "tool_calls": None}
	request = translated(messages=[said, {"role": "user", "content": "Sure?"}])
	assert request.messages is not None
	assert request.messages[0].tool_calls == []


def test_newer_name_of_the_bound_on_tokens_goes_first() -> None:
	assert translated(max_tokens=5).max_tokens == 5
	assert translated(max_tokens=5, max_completion_tokens=7).max_tokens == 7


def test_no_tools_are_sent_where_none_may_be_chosen() -> None:
	tools = [{"type": "function", "function": {"name": "find"}}]
	assert len(translated(tools=tools, tool_choice="auto").tools) == 1
	assert translated(tools=tools, tool_choice="none").tools == []


def test_conversation_may_be_named_beside_or_in_the_metadata() -> None:
	assert translated(conversation_id=7).conversation_id == 7
	assert translated(metadata={"conversation_id": "7", "topic": "sums"}).conversation_id == "7"
	assert translated(metadata=None).conversation_id is None


def test_null_is_the_same_as_left_out() -> None:
	names = [name for name in CompletionRequest.__struct_fields__ if name not in ("model", "messages")]
	assert translated(**dict.fromkeys(names)) == translated()


def test_refusal_says_what_is_allowed_and_where() -> None:
	with pytest.raises(InvalidRequest, match=r'null or "auto" or "none" - at `\$\.tool_choice`'):
		translated(tool_choice="required")


def test_temperature_that_is_no_number_is_refused() -> None:
	for temperature in ({}, [1], "warm"):
		with pytest.raises(InvalidRequest, match="temperature"):
			translated(temperature=temperature)


def test_page_names_every_parameter() -> None:
	title = "For OpenAI's clients"
	assert title in SECTIONS
	section = TEXT.partition(f"## {title}")[2].partition("\n## ")[0]
	assert [name for name in CompletionRequest.__struct_fields__ if f"`{name}" not in section] == []
