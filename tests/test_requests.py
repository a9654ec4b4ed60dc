"""What a request may be, without a site."""

from typing import Any

import msgspec
import pytest

from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.incoming import new_messages
from ai_assistant.core.requests import ChatRequest, CreateConversationRequest, parse
from ai_assistant.core.settings import Limits

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def ask(**parameters: Any) -> ChatRequest:
	request = parse(ChatRequest, {"message": "Hello?"} | parameters)
	new_messages(request, Limits())
	return request


def conversation(arguments: str = "{}", call: str = "c1", name: str = "f") -> dict[str, Any]:
	calls = [{"id": call, "function": {"name": name, "arguments": arguments}}]
	return {
		"message": None,
		"messages": [
			{"role": "user", "content": "a"},
			{"role": "assistant", "content": "", "tool_calls": calls},
			{"role": "tool", "content": "b", "tool_call_id": call},
		],
	}


@pytest.mark.parametrize(
	"parameters",
	[
		conversation(arguments="x" * 1_000_001),
		{"tools": [{"function": {"name": "f", "description": "x" * 1_000_001}}]},
		{"context": {"page": ["x" * 1_000_001]}},
	],
	ids=["arguments", "tools", "context"],
)
def test_everything_in_a_request_counts_to_its_size(parameters: dict[str, Any]) -> None:
	with pytest.raises(InvalidRequest, match="1,000,000 characters in all"):
		ask(**parameters)


@pytest.mark.parametrize(
	("parameters", "place"),
	[
		({"message": "a\0"}, "$.message"),
		(conversation(arguments="\0"), "$.messages[1].tool_calls[0].function.arguments"),
		(conversation(call="\x1b"), "$.messages[1].tool_calls[0].id"),
		(conversation(name="\x1b"), "$.messages[1].tool_calls[0].function.name"),
		({"request_id": "\0"}, "$.request_id"),
		({"context": {"a": [{"b\0": 1}]}}, "$.context.a[0]"),
		(
			{"tools": [{"function": {"name": "f", "description": "\ud83d"}}]},
			"$.tools[0].function.description",
		),
	],
)
def test_control_characters_are_refused_wherever_they_are(parameters: dict[str, Any], place: str) -> None:
	with pytest.raises(InvalidRequest) as refused:
		ask(**parameters)
	assert str(refused.value).endswith(f"at `{place}`.")


def test_titles_without_control_characters_too() -> None:
	with pytest.raises(InvalidRequest, match=r"\$\.title"):
		parse(CreateConversationRequest, {"title": "a\0b"})


@pytest.mark.parametrize(
	"tool",
	[
		{"a": 1},
		{"type": "function", "function": "x"},
		{"type": "function", "function": {"name": ""}},
		{"type": "function", "function": {"name": "f", "parameters": []}},
		{"type": "web_search", "function": {"name": "f"}},
	],
)
def test_tools_that_no_provider_could_be_given_are_refused(tool: dict[str, Any]) -> None:
	with pytest.raises(InvalidRequest, match=r"\$\.tools"):
		ask(tools=[tool])


def test_a_tool_is_passed_on_as_it_came() -> None:
	assert msgspec.to_builtins(ask(tools=[TOOL]).tools) == [TOOL]
