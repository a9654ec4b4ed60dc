"""What OpenAI and Anthropic are sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.messages import File, Message
from ai_assistant.core.providers.provider import Prompt
from ai_assistant.core.settings import Model
from tests.providers.conftest import Connect
from tests.providers.kinds import ANTHROPIC, OPENAI, OPENAI_COMPATIBLE, Kind
from tests.simulator import Simulator

TOOL = {
	"type": "function",
	"function": {"name": "f", "description": "Does f.", "parameters": {"type": "object", "properties": {}}},
}
CALLS = (FinishedToolCall("a", "f", '{"n":1}'), FinishedToolCall("b", "f", "{broken"))
THINKING = {"type": "thinking", "thinking": "Hm.", "signature": "signed"}


def conversation(provider: str) -> list[Message]:
	return [
		Message("system", "Be brief."),
		Message("user", "Hi"),
		Message("assistant", "Let me see.", "Hm.", CALLS, None, provider, (THINKING,)),
		Message("tool", "1", tool_call_id="a"),
		Message("tool", "2", tool_call_id="b"),
	]


async def sent(kind: Kind, asked: Prompt, simulator: Simulator, connected: Connect) -> dict[str, Any]:
	"""The body that the provider received."""
	client = connected(kind.provider(simulator.url, asked.model.name))
	assert [delta async for delta in client.stream(asked)]
	return simulator.requests_of(asked.model.name)[-1].body


async def test_openai_is_asked_in_responses(simulator: Simulator, connected: Connect) -> None:
	model = Model("sim:tag=request-openai")
	body = await sent(OPENAI, Prompt(conversation("openai"), model, 0.5, 99, [TOOL]), simulator, connected)
	assert body == {
		"model": model.name,
		"input": [
			{"role": "system", "content": "Be brief."},
			{"role": "user", "content": "Hi"},
			THINKING,
			{"role": "assistant", "content": "Let me see."},
			{"type": "function_call", "call_id": "a", "name": "f", "arguments": '{"n":1}'},
			{"type": "function_call", "call_id": "b", "name": "f", "arguments": "{broken"},
			{"type": "function_call_output", "call_id": "a", "output": "1"},
			{"type": "function_call_output", "call_id": "b", "output": "2"},
		],
		"store": False,
		"stream": True,
		"temperature": 0.5,
		"max_output_tokens": 99,
		"tools": [{"type": "function", "strict": False, **TOOL["function"]}],  # type: ignore[dict-item]
	}


PNG = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(
	("kind", "place", "content"),
	[
		(
			OPENAI,
			"input",
			[
				{"type": "input_image", "detail": "auto", "image_url": PNG},
				{"type": "input_text", "text": "What is this?"},
			],
		),
		(
			OPENAI_COMPATIBLE,
			"messages",
			[{"type": "image_url", "image_url": {"url": PNG}}, {"type": "text", "text": "What is this?"}],
		),
		(
			ANTHROPIC,
			"messages",
			[
				{
					"type": "image",
					"source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
				},
				{"type": "text", "text": "What is this?"},
			],
		),
	],
	ids=lambda value: getattr(value, "kind", ""),
)
async def test_images_go_before_the_text(
	kind: Kind, place: str, content: list[Any], simulator: Simulator, connected: Connect
) -> None:
	model = Model(f"sim:tag=images-{kind.kind}")
	for text, expected in (("What is this?", content), ("", content[:1])):
		image = File("image", "image-1.png", "image/png", 8, PNG)
		asked = Prompt([Message("user", text, files=(image,))], model)
		body = await sent(kind, asked, simulator, connected)
		assert body[place] == [{"role": "user", "content": expected}]


async def test_openai_is_asked_for_summaries_and_encrypted_reasoning(
	simulator: Simulator, connected: Connect
) -> None:
	model = Model("sim:tag=reasoning-openai", reasoning=True)
	body = await sent(OPENAI, Prompt([Message("user", "Hi")], model, 0.5), simulator, connected)
	assert body["reasoning"] == {"summary": "auto"}
	assert body["include"] == ["reasoning.encrypted_content"]
	assert "temperature" not in body


async def test_anthropic_is_asked_in_messages(simulator: Simulator, connected: Connect) -> None:
	model = Model("sim:tag=request-anthropic")
	asked = Prompt(conversation("anthropic"), model, 1.5, None, [TOOL])
	assert await sent(ANTHROPIC, asked, simulator, connected) == {
		"model": model.name,
		"system": "Be brief.",
		"messages": [
			{"role": "user", "content": [{"type": "text", "text": "Hi"}]},
			{
				"role": "assistant",
				"content": [
					THINKING,
					{"type": "text", "text": "Let me see."},
					{"type": "tool_use", "id": "a", "name": "f", "input": {"n": 1}},
					{"type": "tool_use", "id": "b", "name": "f", "input": {}},
				],
			},
			{
				"role": "user",
				"content": [
					{"type": "tool_result", "tool_use_id": "a", "content": "1"},
					{"type": "tool_result", "tool_use_id": "b", "content": "2"},
				],
			},
		],
		"max_tokens": 16_000,
		"stream": True,
		"temperature": 1.0,
		"tools": [
			{
				"name": "f",
				"description": "Does f.",
				"input_schema": {"type": "object", "properties": {}},
			}
		],
	}


@pytest.mark.parametrize("kind", [OPENAI, ANTHROPIC], ids=lambda kind: kind.kind)
async def test_opaque_reasoning_goes_to_no_other_provider(
	kind: Kind, simulator: Simulator, connected: Connect
) -> None:
	model = Model(f"sim:tag=opaque-{kind.kind}")
	body = await sent(kind, Prompt(conversation("somebody else"), model), simulator, connected)
	assert "signed" not in str(body)


@pytest.mark.parametrize(
	("name", "max_tokens", "thinking"),
	[
		("claude-sonnet-4-5", None, {"type": "enabled", "budget_tokens": 8000}),
		("claude-opus-4-20250514", 4000, {"type": "enabled", "budget_tokens": 2000}),
		("claude-3-7-sonnet-latest", 2048, {"type": "enabled", "budget_tokens": 1024}),
		("claude-haiku-4-5-20251001", 2000, None),
		("claude-opus-4-6", None, {"type": "adaptive", "display": "summarized"}),
		("claude-sonnet-5", 500, {"type": "adaptive", "display": "summarized"}),
	],
)
async def test_anthropic_thinks_in_the_way_of_the_model(
	name: str, max_tokens: int | None, thinking: Any, simulator: Simulator, connected: Connect
) -> None:
	asked = Prompt([Message("user", "Hi")], Model(name, reasoning=True), 0.5, max_tokens)
	client = connected(ANTHROPIC.provider(simulator.url, name))
	with pytest.raises(Exception, match="cannot do what was asked"):
		await anext(client.stream(asked))
	body = simulator.requests_of(name)[-1].body
	assert body.get("thinking") == thinking
	assert ("temperature" in body) == (thinking is None)


async def test_anthropic_does_not_think_after_calls_whose_thinking_is_lost(
	simulator: Simulator, connected: Connect
) -> None:
	model = Model("sim:tag=unsigned", reasoning=True)
	turns = conversation("anthropic")
	assert "thinking" in await sent(ANTHROPIC, Prompt(turns, model), simulator, connected)
	unsigned = [replace(turn, opaque=()) for turn in turns]
	assert "thinking" not in await sent(ANTHROPIC, Prompt(unsigned, model), simulator, connected)
