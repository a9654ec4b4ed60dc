"""What every provider promises, asked of all kinds over real connections."""

from __future__ import annotations

import asyncio
import time

import pytest

from ai_assistant.core.answer import collected
from ai_assistant.core.deltas import Finish, FinishReason, Source, TextDelta, Usage
from ai_assistant.core.errors import ProviderError
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.settings import Retries
from tests.providers.conftest import Connect
from tests.providers.kinds import (
	ANTHROPIC,
	CLOSES_WITHIN,
	KEY,
	OPENAI,
	OPENAI_COMPATIBLE,
	Kind,
	every_kind,
	outcome,
	prompt,
	simulated,
)
from tests.simulator import Simulator
from tests.simulator.server import BAD_KEY


@every_kind
@pytest.mark.parametrize(
	"model",
	[
		"sim",
		"sim:text=0,finish=length",
		"sim:reasoning=20,text=3000,unicode=1",
		"sim:reasoning=5,text=10,rate=200,unicode=1",
		"sim:reasoning=3,text=2,tool=search+weather,cached=4",
		"sim:text=0,tool=search",
	],
)
async def test_joined_deltas_are_the_whole_answer(
	kind: Kind, model: str, simulator: Simulator, connected: Connect
) -> None:
	deltas, error = await outcome(connected(kind.provider(simulator.url, model)), model)
	answer, expected = collected(deltas), simulated(model)
	assert error is None
	assert (answer.reasoning, answer.text) == (expected.reasoning, expected.text)
	assert [(call.id, call.name, call.arguments) for call in answer.tool_calls] == [
		(call.id, call.name, call.whole) for call in expected.calls
	]
	assert answer.finish_reason == expected.finish
	assert answer.usage is not None
	assert answer.usage.output_tokens == expected.tokens
	assert answer.usage.reasoning_tokens == expected.behaviour.reasoning
	assert (answer.usage.input_tokens, answer.usage.cache_read_tokens) == (10, expected.behaviour.cached)
	assert answer.usage.total_tokens == 10 + expected.tokens


@every_kind
def test_a_whole_answer_is_given_to_who_waits_for_it(kind: Kind, simulator: Simulator) -> None:
	model = "sim:reasoning=5,text=10,tool=search"
	gateway = Gateway([kind.provider(simulator.url, model)], Retries())
	answer, expected = gateway.generate(prompt(model).messages), simulated(model)
	assert (answer.reasoning, answer.text) == (expected.reasoning, expected.text)
	assert [call.name for call in answer.tool_calls] == ["search"]
	assert (answer.provider, answer.model) == (kind.kind, model)
	assert answer.finish_reason == "tool_calls"
	assert answer.usage is not None
	assert answer.usage.output_tokens == expected.tokens
	with pytest.raises(ProviderError):
		Gateway([kind.provider(simulator.url, "sim:error=402")], Retries()).generate(prompt("m").messages)


@every_kind
async def test_cited_pages_are_told_as_sources(kind: Kind, simulator: Simulator, connected: Connect) -> None:
	model = "sim:text=5,sources=2,tool=search"
	deltas, error = await outcome(connected(kind.provider(simulator.url, model)), model)
	assert error is None
	# Responses names the place in the answer, but not what the page says.
	assert collected(deltas).sources == tuple(
		Source(f"s{number}", one.title, one.url, "" if kind is OPENAI else one.quote)
		for number, one in enumerate(simulated(model).citations, 1)
	)


@every_kind
async def test_usage_and_then_one_finish_come_last(
	kind: Kind, simulator: Simulator, connected: Connect
) -> None:
	model = "sim:reasoning=2,text=100,tool=search"
	deltas, _ = await outcome(connected(kind.provider(simulator.url, model)), model)
	assert isinstance(deltas[-2], Usage)
	assert [n for n, delta in enumerate(deltas) if isinstance(delta, Finish)] == [len(deltas) - 1]


@every_kind
async def test_deltas_that_arrive_together_are_joined(
	kind: Kind, simulator: Simulator, connected: Connect
) -> None:
	model = "sim:text=5000,size=4"
	deltas, _ = await outcome(connected(kind.provider(simulator.url, model)), model)
	assert sum(isinstance(delta, TextDelta) for delta in deltas) < 1000


@every_kind
@pytest.mark.parametrize("finish", ["stop", "length", "content_filter", "refusal"])
async def test_the_reason_of_the_end_is_told(
	kind: Kind, finish: FinishReason, simulator: Simulator, connected: Connect
) -> None:
	model = f"sim:text=3,finish={finish}"
	deltas, error = await outcome(connected(kind.provider(simulator.url, model)), model)
	assert error is None
	assert isinstance(deltas[-1], Finish)
	# Anthropic has no content filter of its own name: it refuses.
	expected = "refusal" if kind is ANTHROPIC and finish == "content_filter" else finish
	assert deltas[-1].reason == expected


@every_kind
@pytest.mark.parametrize("where", ["delay=60", "reasoning=500,rate=50", "text=500,rate=50", "stall_after=3"])
async def test_closing_the_stream_closes_the_connection(
	kind: Kind, where: str, simulator: Simulator, connected: Connect
) -> None:
	model = f"sim:{where},tag={kind.kind}"
	stream = connected(kind.provider(simulator.url, model)).stream(prompt(model))
	reading = asyncio.ensure_future(anext(stream))
	await asyncio.to_thread(simulator.wait_started, model)
	if "delay" not in where:
		await asyncio.wait_for(reading, 5)
		closed = time.monotonic()
		await stream.aclose()
	else:
		closed = time.monotonic()
		reading.cancel()
		await asyncio.wait([reading])
	request = await asyncio.to_thread(simulator.wait_closed, model)
	assert request.ended is not None
	assert request.ended - closed < CLOSES_WITHIN


@every_kind
async def test_without_a_key_nobody_is_asked(
	kind: Kind, simulator: Simulator, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
	for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
		monkeypatch.setenv(name, KEY)
	model = f"sim:tag=keyless-{kind.kind}"
	deltas, error = await outcome(connected(kind.provider(simulator.url, model, key=None)), model)
	if kind is OPENAI_COMPATIBLE:
		assert error is None
		assert collected(deltas).text == simulated(model).text
	else:
		assert error is not None
		assert error.code == "auth"
		assert simulator.requests_of(model) == []


FOREIGN = {
	"OPENAI_ORG_ID": "foreign",
	"OPENAI_PROJECT_ID": "foreign",
	"OPENAI_ADMIN_KEY": BAD_KEY,
	"OPENAI_CUSTOM_HEADERS": f"X-Foreign: foreign\nAuthorization: Bearer {BAD_KEY}",
	"ANTHROPIC_AUTH_TOKEN": BAD_KEY,
	"ANTHROPIC_CUSTOM_HEADERS": f"X-Foreign: foreign\nAuthorization: Bearer {BAD_KEY}",
}
"""Of an environment in which other programs use a vendor's SDK."""


@every_kind
async def test_nothing_of_the_environment_goes_to_a_provider(
	kind: Kind, simulator: Simulator, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
	for name, value in FOREIGN.items():
		monkeypatch.setenv(name, value)
	model = f"sim:tag=environment-{kind.kind}"
	_, error = await outcome(connected(kind.provider(simulator.url, model)), model)
	assert error is None
	(asked,) = simulator.requests_of(model)
	assert "foreign" not in str(asked.headers)
	assert not {"openai-organization", "openai-project"} & asked.headers.keys()
