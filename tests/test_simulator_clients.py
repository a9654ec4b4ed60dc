"""The simulated provider, asked through the official SDKs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest

from tests.simulator import Answer, Behaviour, Simulator

WIRE = Path(__file__).parent / "fixtures" / "wire"
ASKED: list[Any] = [{"role": "user", "content": "Hello"}]
FULL = "sim:reasoning=3,text=15,unicode=1,tool=search+weather,cached=4,sources=2"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
	with Simulator() as simulator:
		yield simulator


@pytest.fixture
def openai_client(simulator: Simulator) -> Iterator[openai.OpenAI]:
	with openai.OpenAI(base_url=f"{simulator.url}/v1", api_key="some-key", max_retries=0) as client:
		yield client


@pytest.fixture
def anthropic_client(simulator: Simulator) -> Iterator[anthropic.Anthropic]:
	with anthropic.Anthropic(base_url=simulator.url, api_key="some-key", max_retries=0) as client:
		yield client


def answer_of(model: str) -> Answer:
	return Answer.to(Behaviour.parse(model))


def chat(client: openai.OpenAI, model: str) -> dict[str, Any]:
	"""A Chat Completions stream, joined by hand in the form of the wire fixtures."""
	joined: dict[str, Any] = {"reasoning": "", "text": "", "calls": {}, "finish_reason": None, "usage": None}
	stream = client.chat.completions.create(
		model=model, messages=ASKED, stream=True, stream_options={"include_usage": True}
	)
	for chunk in stream:
		joined["usage"] = chunk.usage or joined["usage"]
		for choice in chunk.choices:
			joined["finish_reason"] = choice.finish_reason or joined["finish_reason"]
			delta = choice.delta.model_dump()
			joined["text"] += delta["content"] or ""
			joined["reasoning"] += delta.get("reasoning_content") or delta.get("reasoning") or ""
			for call in delta["tool_calls"] or ():
				made = joined["calls"].setdefault(
					call["index"], {"id": call["id"], "name": "", "arguments": ""}
				)
				made["name"] += call["function"].get("name") or ""
				made["arguments"] += call["function"].get("arguments") or ""
	return {**joined, "tool_calls": list(joined.pop("calls").values())}


def test_chat_completions_reach_the_official_client_whole(openai_client: openai.OpenAI) -> None:
	answer, joined = answer_of(FULL), chat(openai_client, FULL)
	assert (joined["reasoning"], joined["text"]) == (answer.reasoning, answer.text)
	assert [call["arguments"] for call in joined["tool_calls"]] == [call.whole for call in answer.calls]
	assert (joined["finish_reason"], joined["usage"].completion_tokens) == ("tool_calls", answer.tokens)


def test_responses_reach_the_official_client_whole(openai_client: openai.OpenAI) -> None:
	answer, reasoning, text, numbers = answer_of(FULL), "", "", []
	stream = openai_client.responses.create(
		model=FULL, input="Hello", stream=True, include=["reasoning.encrypted_content"]
	)
	for event in stream:
		numbers.append(event.sequence_number)
		if event.type == "response.reasoning_summary_text.delta":
			reasoning += event.delta
		elif event.type == "response.output_text.delta":
			text += event.delta
	assert event.type == "response.completed"
	assert (reasoning, text) == (answer.reasoning, answer.text)
	assert numbers == list(range(len(numbers)))
	assert [item.type for item in event.response.output] == ["reasoning", "message", *["function_call"] * 2]
	assert event.response.output[0].encrypted_content
	cited = event.response.output[1].content[0].annotations
	assert [one.url for one in cited] == [one.url for one in answer.citations]


def test_messages_reach_the_official_client_whole(anthropic_client: anthropic.Anthropic) -> None:
	answer = answer_of(FULL)
	with anthropic_client.messages.stream(
		model=f"{FULL},redacted=1", messages=ASKED, max_tokens=100
	) as stream:
		message = stream.get_final_message()
	redacted, thinking, text, *calls = message.content
	assert redacted.type == "redacted_thinking"
	assert (thinking.thinking, text.text) == (answer.reasoning, answer.text)
	assert [call.input for call in calls] == [json.loads(call.whole) for call in answer.calls]
	assert (message.stop_reason, message.usage.output_tokens) == ("tool_use", answer.tokens)
	assert (message.usage.input_tokens, message.usage.cache_read_input_tokens) == (6, 4)


def test_an_answer_without_a_stream_says_the_same(
	openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic
) -> None:
	answer = answer_of(FULL)
	completion = openai_client.chat.completions.create(model=FULL, messages=ASKED)
	response = openai_client.responses.create(model=FULL, input="Hello")
	message = anthropic_client.messages.create(model=FULL, messages=ASKED, max_tokens=100)
	assert completion.choices[0].message.content == answer.text
	assert response.output_text == answer.text
	assert message.content[1].text == answer.text


@pytest.mark.parametrize("think", ["tags", "reasoning"])
def test_reasoning_goes_where_it_was_ordered(openai_client: openai.OpenAI, think: str) -> None:
	model = f"sim:reasoning=2,text=2,think={think}"
	joined = chat(openai_client, model)
	if think == "tags":
		assert (joined["reasoning"], joined["text"]) == ("", "<think>r0 r1 </think>t0 t1 ")
	else:
		assert (joined["reasoning"], joined["text"]) == ("r0 r1 ", "t0 t1 ")


def test_an_answer_ends_for_the_ordered_reason(
	openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic
) -> None:
	assert chat(openai_client, "sim:finish=length")["finish_reason"] == "length"
	cut = openai_client.responses.create(model="sim:finish=content_filter", input="Hello")
	assert cut.incomplete_details is not None
	assert cut.incomplete_details.reason == "content_filter"
	refused = anthropic_client.messages.create(model="sim:finish=refusal", messages=ASKED, max_tokens=100)
	assert refused.stop_reason == "refusal"


def test_refusals_are_what_the_official_clients_know(
	openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic
) -> None:
	with pytest.raises(openai.RateLimitError) as quota:
		openai_client.responses.create(model="sim:error=quota", input="Hello", stream=True)
	assert quota.value.code == "insufficient_quota"
	with pytest.raises(openai.BadRequestError) as context:
		chat(openai_client, "sim:error=context")
	assert context.value.code == "context_length_exceeded"
	with pytest.raises(anthropic.RateLimitError) as limited:
		anthropic_client.messages.create(
			model="sim:error=429,retry_after=7", messages=ASKED, max_tokens=100, stream=True
		)
	assert limited.value.response.headers["retry-after"] == "7"


def test_models_are_listed_for_both_clients(
	openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic
) -> None:
	assert [model.id for model in openai_client.models.list()] == ["sim"]
	assert [model.id for model in anthropic_client.models.list()] == ["sim"]


def expectations(kind: str) -> list[Any]:
	names = sorted(path.stem for path in WIRE.glob("*.json"))
	loaded = {name: json.loads((WIRE / f"{name}.json").read_text("utf-8")) for name in names}
	return [pytest.param(name, made, id=name) for name, made in loaded.items() if made["kind"] == kind]


@pytest.mark.parametrize(("name", "expected"), expectations("openai_compatible"))
def test_wire_streams_of_chat_completions_are_what_the_official_client_reads(
	openai_client: openai.OpenAI, name: str, expected: dict[str, Any]
) -> None:
	joined = chat(openai_client, f"sim:replay={name}")
	if name.startswith("think_tags"):
		joined["reasoning"], _, joined["text"] = joined["text"].removeprefix("<think>").partition("</think>")
	for field in ("reasoning", "text", "tool_calls", "finish_reason"):
		assert joined[field] == expected[field]
	assert (joined["usage"] is None) == (expected["usage"] is None)


@pytest.mark.parametrize(("name", "expected"), expectations("openai"))
def test_wire_streams_of_responses_are_what_the_official_client_reads(
	openai_client: openai.OpenAI, name: str, expected: dict[str, Any]
) -> None:
	*_, last = openai_client.responses.create(model=f"sim:replay={name}", input="Hello", stream=True)
	output = [item.model_dump(exclude_unset=True) for item in last.response.output]
	calls = [item for item in output if item["type"] == "function_call"]
	assert [item for item in output if item["type"] == "reasoning"] == expected["opaque"]
	assert [call["arguments"] for call in calls] == [call["arguments"] for call in expected["tool_calls"]]
	assert last.response.usage.total_tokens == expected["usage"]["total_tokens"]


@pytest.mark.parametrize(("name", "expected"), expectations("anthropic"))
def test_wire_streams_of_messages_are_what_the_official_client_reads(
	anthropic_client: anthropic.Anthropic, name: str, expected: dict[str, Any]
) -> None:
	with anthropic_client.messages.stream(
		model=f"sim:replay={name}", messages=ASKED, max_tokens=100
	) as stream:
		message = stream.get_final_message()
	blocks = [block.model_dump(exclude_unset=True) for block in message.content]
	calls = [block["input"] for block in blocks if block["type"] == "tool_use"]
	assert [block for block in blocks if "thinking" in block["type"]] == expected["opaque"]
	assert "".join(block["text"] for block in blocks if block["type"] == "text") == expected["text"]
	assert calls == [json.loads(call["arguments"]) for call in expected["tool_calls"]]
	assert message.usage.output_tokens == expected["usage"]["output_tokens"]
