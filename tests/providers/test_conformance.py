"""What every provider promises, asked of all kinds over real connections."""

from __future__ import annotations

import asyncio
import re
import time
import traceback
from contextlib import aclosing
from itertools import groupby

import pytest

from ai_assistant.core.answer import collected
from ai_assistant.core.deltas import Delta, Finish, FinishReason, Source, TextDelta, Usage
from ai_assistant.core.errors import ErrorCode, ProviderError
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.providers.event_stream import LONGEST
from ai_assistant.core.providers.provider import ProviderClient
from ai_assistant.core.settings import Model, Provider, Retries
from tests.providers.conftest import Connect
from tests.providers.kinds import ANTHROPIC, HTTP_KINDS, KEY, OPENAI, OPENAI_COMPATIBLE, Kind, prompt
from tests.providers.replay import Replay
from tests.simulator import Answer, Behaviour, Simulator
from tests.simulator.server import BAD_KEY

CLOSES_WITHIN = 0.1
"""Seconds from closing a stream to the provider's seeing it."""

every_kind = pytest.mark.parametrize("kind", HTTP_KINDS, ids=lambda kind: kind.kind)


async def outcome(client: ProviderClient, model: str) -> tuple[list[Delta], ProviderError | None]:
	"""All deltas, and the error that ended them."""
	deltas: list[Delta] = []

	async def read() -> None:
		async with aclosing(client.stream(prompt(model))) as stream:
			async for delta in stream:
				deltas.append(delta)

	try:
		await asyncio.wait_for(read(), 10)
	except ProviderError as error:
		return deltas, error
	return deltas, None


async def failure(client: ProviderClient, model: str) -> ProviderError:
	deltas, error = await outcome(client, model)
	assert error is not None, f"It did not fail, but ended with {deltas[-1]}."
	assert not any(isinstance(delta, Finish) for delta in deltas)
	return error


def simulated(model: str) -> Answer:
	return Answer.to(Behaviour.parse(model))


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


REFUSALS: dict[str, ErrorCode] = {
	"error=400": "invalid_request",
	"error=401": "auth",
	"error=402": "quota",
	"error=403": "auth",
	"error=404": "invalid_request",
	"error=413": "context_length",
	"error=429": "rate_limit",
	"error=500": "overloaded",
	"error=502": "overloaded",
	"error=503": "overloaded",
	"error=504": "timeout",
	"error=529": "overloaded",
	"error=quota": "quota",
	"error=context": "context_length",
	"error=policy": "content_policy",
}

BREAKS: dict[str, ErrorCode] = {
	"error_after=3": "overloaded",
	"error=429,error_after=3": "rate_limit",
	"error=529,error_after=0": "overloaded",
	"error=context,error_after=1": "context_length",
	"error=policy,failed_after=2": "content_policy",
	"failed_after=3": "overloaded",
	"malformed_after=3": "network",
	"eof_after=3": "network",
	"eof_after=0": "network",
	"cut_after=3": "network",
}


@every_kind
@pytest.mark.parametrize(("order", "code"), [*REFUSALS.items(), *BREAKS.items()])
async def test_each_failure_has_its_code(
	kind: Kind, order: str, code: ErrorCode, simulator: Simulator, connected: Connect
) -> None:
	model = f"sim:reasoning=1,text=9,{order}"
	error = await failure(connected(kind.provider(simulator.url, model)), model)
	assert error.code == code


@every_kind
@pytest.mark.parametrize("order", ["error_after=3", "malformed_after=3", "eof_after=3"])
async def test_what_came_before_a_break_is_shown(
	kind: Kind, order: str, simulator: Simulator, connected: Connect
) -> None:
	model = f"sim:text=9,{order}"
	deltas, _ = await outcome(connected(kind.provider(simulator.url, model)), model)
	assert collected(deltas).text == "t0 t1 t2 "


@every_kind
async def test_retry_after_is_read_in_seconds(kind: Kind, simulator: Simulator, connected: Connect) -> None:
	model = "sim:error=429,retry_after=7"
	error = await failure(connected(kind.provider(simulator.url, model)), model)
	assert (error.retry_after, error.retryable) == (7.0, True)


@every_kind
@pytest.mark.parametrize("order", ["stall_after=2", "stall_after=0"])
async def test_silence_times_out(kind: Kind, order: str, simulator: Simulator, connected: Connect) -> None:
	model = f"sim:text=5,{order},tag=silent-{kind.kind}"
	error = await failure(connected(kind.provider(simulator.url, model, timeout=0.2)), model)
	assert error.code == "timeout"
	await asyncio.to_thread(simulator.wait_closed, model)


@every_kind
async def test_a_slow_stream_does_not_time_out(kind: Kind, simulator: Simulator, connected: Connect) -> None:
	model = "sim:text=30,rate=20"
	deltas, error = await outcome(connected(kind.provider(simulator.url, model, timeout=1)), model)
	assert error is None
	assert collected(deltas).text == simulated(model).text


@every_kind
async def test_a_line_without_end_is_the_networks_fault(
	kind: Kind, replay: Replay, connected: Connect
) -> None:
	replay.body = b"data: " + b"x" * (LONGEST + 1)
	assert (await failure(connected(kind.provider(replay.url, "m")), "m")).code == "network"


@every_kind
async def test_comments_do_not_keep_a_stream_alive_for_ever(
	kind: Kind, replay: Replay, connected: Connect
) -> None:
	replay.body, replay.size, replay.pause = b": wait\n\n" * 1000, 8, 0.05
	assert (await failure(connected(kind.provider(replay.url, "m", timeout=0.1)), "m")).code == "timeout"


@every_kind
async def test_a_refused_connection_is_the_networks_fault(kind: Kind, connected: Connect) -> None:
	error = await failure(connected(kind.provider("http://127.0.0.1:9", "sim")), "sim")
	assert error.code == "network"


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


@every_kind
@pytest.mark.parametrize("order", [*REFUSALS, *BREAKS])
async def test_errors_are_sentences_without_keys_addresses_or_bodies(
	kind: Kind, order: str, simulator: Simulator, connected: Connect
) -> None:
	model = f"sim:text=9,{order}"
	error = await failure(connected(kind.provider(simulator.url, model)), model)
	assert re.fullmatch(r"[A-Z_a-z].*\.", str(error))
	for foreign in ("127.0.0.1", "http", "{", "sim:", "Traceback"):
		assert foreign not in str(error)
	for secret in (KEY, "bad-key", simulator.url):
		assert secret not in "".join(traceback.format_exception(error))


async def test_the_scripted_provider_always_gives_the_same_answer(connected: Connect) -> None:
	provider = Provider("scripted", "scripted", (Model("reasoner@2000"),))
	(first, _), (second, _) = [await outcome(connected(provider), "reasoner@2000") for _ in range(2)]
	answer = collected(first)
	assert first == second
	assert [kind for kind, _ in groupby(type(delta).__name__ for delta in first)] == [
		"ReasoningDelta",
		"TextDelta",
		"Usage",
		"Finish",
	]
	assert "What is a rainbow?" in answer.text
	assert "What is a rainbow?" in answer.reasoning
	assert answer.usage is not None
	assert answer.usage.output_tokens == len(first) - 2


async def test_the_scripted_provider_keeps_its_pace_and_stops_at_once(connected: Connect) -> None:
	stream = connected(Provider("scripted", "scripted", (Model("reasoner"),))).stream(prompt("reasoner"))
	start = time.monotonic()
	for _ in range(10):
		await anext(stream)
	assert 0.19 < time.monotonic() - start < 2
	closed = time.monotonic()
	await stream.aclose()
	assert time.monotonic() - closed < CLOSES_WITHIN
