"""Whom the gateway asks, how often, and what it tells of that."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing

import pytest

from ai_assistant.core.answer import collected
from ai_assistant.core.deltas import Finish, GatewayDelta, ReasoningDelta, Retrying, Started, TextDelta, Usage
from ai_assistant.core.errors import ProviderError
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.messages import Message
from ai_assistant.core.settings import Model, Provider, Retries
from tests.simulator import Simulator

QUESTION = [Message("user", "What is a rainbow?")]
QUICK = Retries(attempts=3, backoff=0.01, longest_wait=0.5, cool_down=60)

Make = Callable[..., Gateway]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
	with Simulator() as simulator:
		yield simulator


@pytest.fixture
async def gateway(simulator: Simulator) -> AsyncIterator[Make]:
	"""Makes a gateway over the simulator: each keyword is a provider and its model (or models), in order."""
	made: list[Gateway] = []

	def make(retries: Retries = QUICK, **providers: str | tuple[str, ...]) -> Gateway:
		offered = [
			Provider(
				name,
				"openai_compatible",
				tuple(Model(model) for model in ((models,) if isinstance(models, str) else models)),
				f"{simulator.url}/v1",
				"key",
				priority=priority,
			)
			for priority, (name, models) in enumerate(providers.items())
		]
		made.append(Gateway(offered, retries))
		return made[-1]

	yield make
	for each in made:
		await each.close()


async def read(
	gateway: Gateway, provider: str | None = None, model: str | None = None
) -> tuple[list[GatewayDelta], ProviderError | None]:
	deltas: list[GatewayDelta] = []
	try:
		async with aclosing(gateway.stream_generate(QUESTION, provider, model)) as stream:
			async for delta in stream:
				deltas.append(delta)
	except ProviderError as error:
		return deltas, error
	return deltas, None


def route(deltas: list[GatewayDelta]) -> list[str]:
	"""Who was asked and why again, without the answer."""
	told = {Started: lambda delta: delta.provider, Retrying: lambda delta: delta.reason}
	return [told[type(delta)](delta) for delta in deltas if type(delta) in told]


def text(deltas: list[GatewayDelta]) -> str:
	return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


async def test_an_answer_begins_with_who_gives_it_and_ends_with_finish(gateway: Make) -> None:
	deltas, error = await read(gateway(first="sim:reasoning=2,text=3"))
	assert error is None
	assert deltas[0] == Started("first", "sim:reasoning=2,text=3")
	assert [type(delta) for delta in deltas[-2:]] == [Usage, Finish]
	assert text(deltas) == "t0 t1 t2 "


async def test_a_busy_provider_is_asked_again(gateway: Make) -> None:
	deltas, error = await read(gateway(first="sim:error=429,fail_times=2,tag=busy", second="sim"))
	assert error is None
	assert route(deltas) == ["first", "rate_limit", "rate_limit"]
	assert text(deltas).startswith("t0 ")


async def test_the_waits_double_and_vary(gateway: Make) -> None:
	retries = Retries(attempts=4, backoff=0.02, cool_down=0)
	deltas, _ = await read(gateway(retries, first="sim:error=500,tag=waits"))
	waits = [delta.retry_after for delta in deltas if isinstance(delta, Retrying)]
	assert len(waits) == 3
	for number, wait in enumerate(waits):
		assert 0.01 * 2**number <= wait <= 0.02 * 2**number


async def test_retry_after_is_kept(gateway: Make, simulator: Simulator) -> None:
	model = "sim:error=429,retry_after=0.3,fail_times=1,tag=kept"
	deltas, error = await read(gateway(first=model))
	assert error is None
	assert deltas[1] == Retrying("rate_limit", 0.3)
	first, second = simulator.requests_of(model)
	assert second.started - first.started >= 0.3


async def test_a_provider_that_wants_too_long_a_wait_is_left_for_the_next(gateway: Make) -> None:
	deltas, error = await read(gateway(first="sim:error=429,retry_after=3600", second="sim"))
	assert error is None
	assert route(deltas) == ["first", "second"]


@pytest.mark.parametrize("order", ["cut_after=0", "eof_after=0", "malformed_after=0", "error_after=0"])
async def test_a_stream_that_breaks_before_its_first_delta_is_asked_for_again(
	order: str, gateway: Make
) -> None:
	deltas, error = await read(gateway(first=f"sim:{order},fail_times=1,tag=again"))
	assert error is None
	assert len(route(deltas)) == 2


async def test_usage_that_is_told_before_the_first_delta_is_no_answer(gateway: Make) -> None:
	failing = "sim:text=3,usage_first=1,error=503,error_after=0"
	deltas, error = await read(gateway(first=failing, second="sim:text=3"))
	assert error is None
	assert route(deltas) == ["first", "overloaded", "overloaded", "second"]
	assert [type(delta) for delta in deltas].count(Usage) == 4


@pytest.mark.parametrize("error", ["401", "402", "403", "quota"])
async def test_without_key_or_credit_the_next_is_asked_at_once(error: str, gateway: Make) -> None:
	deltas, failure = await read(gateway(first=f"sim:error={error}", second="sim"))
	assert failure is None
	assert route(deltas) == ["first", "second"]


@pytest.mark.parametrize(
	("error", "code"),
	[("400", "invalid_request"), ("context", "context_length"), ("policy", "content_policy")],
)
async def test_a_request_that_cannot_be_answered_is_asked_once(
	error: str, code: str, gateway: Make, simulator: Simulator
) -> None:
	model = f"sim:error={error},tag=once"
	asked = gateway(first=model, second="sim")
	for _ in range(2):
		deltas, failure = await read(asked)
		assert failure is not None
		assert failure.code == code
		assert route(deltas) == ["first"]
	assert len(simulator.requests_of(model)) == 2


async def test_after_the_first_delta_nobody_else_is_asked(gateway: Make) -> None:
	deltas, error = await read(gateway(first="sim:reasoning=5,cut_after=2", second="sim"))
	assert error is not None
	assert error.code == "network"
	assert route(deltas) == ["first"]
	assert [delta.text for delta in deltas if isinstance(delta, ReasoningDelta)]


async def test_when_all_fail_the_failure_that_may_pass_is_told(gateway: Make) -> None:
	deltas, error = await read(gateway(first="sim:error=401", second="sim:error=503", third="sim:error=402"))
	assert error is not None
	assert (error.code, error.retryable) == ("overloaded", True)
	assert route(deltas) == ["first", "second", "overloaded", "overloaded", "third"]


async def test_a_provider_that_failed_is_asked_last_for_a_while(gateway: Make) -> None:
	asked = gateway(first="sim:error=503,tag=cooling", second="sim")
	assert route((await read(asked))[0])[0] == "first"
	assert route((await read(asked))[0]) == ["second"]
	assert route((await read(asked, "first"))[0]) == ["second"]


async def test_a_provider_that_cooled_down_is_asked_first_again(gateway: Make) -> None:
	asked = gateway(
		Retries(attempts=1, cool_down=0), first="sim:error=503,fail_times=1,tag=warm", second="sim"
	)
	assert route((await read(asked))[0]) == ["first", "second"]
	assert route((await read(asked))[0]) == ["first"]


async def test_a_provider_that_answers_again_has_cooled_down(gateway: Make) -> None:
	asked = gateway(first="sim:error=401,fail_times=1,tag=healed", second="sim:error=401")
	await read(asked)
	deltas, error = await read(asked)
	assert error is None
	assert route(deltas) == ["first"]
	assert route((await read(asked))[0]) == ["first"]


async def test_the_deltas_of_an_answer_join_to_a_whole(gateway: Make) -> None:
	deltas, _ = await read(gateway(first="sim:reasoning=2,text=3,tool=search"))
	answer = collected(deltas)
	assert (answer.reasoning, answer.text) == ("r0 r1 ", "t0 t1 t2 ")
	assert [call.name for call in answer.tool_calls] == ["search"]
	assert (answer.provider, answer.finish_reason) == ("first", "tool_calls")


async def test_closing_the_stream_closes_the_providers_connection(
	gateway: Make, simulator: Simulator
) -> None:
	model = "sim:text=500,rate=50,tag=closed"
	stream = gateway(first=model).stream_generate(QUESTION)
	while not isinstance(await anext(stream), TextDelta):
		pass
	closed = time.monotonic()
	await stream.aclose()
	request = await asyncio.to_thread(simulator.wait_closed, model)
	assert request.ended is not None
	assert request.ended - closed < 0.1


async def test_closing_the_stream_ends_a_wait(gateway: Make) -> None:
	retries = Retries(attempts=3, backoff=60)
	stream = gateway(retries, first="sim:error=503,tag=waiting").stream_generate(QUESTION)
	while not isinstance(await anext(stream), Retrying):
		pass
	await asyncio.wait_for(stream.aclose(), 1)


def test_a_console_reads_without_an_event_loop(simulator: Simulator) -> None:
	offered = Provider("first", "openai_compatible", (Model("sim:text=3"),), f"{simulator.url}/v1", "key")
	assert text(list(Gateway([offered], QUICK).stream_generate_sync(QUESTION))) == "t0 t1 t2 "


def test_a_console_may_stop_reading(simulator: Simulator) -> None:
	model = "sim:text=500,rate=50,tag=console"
	offered = Provider("first", "openai_compatible", (Model(model),), f"{simulator.url}/v1", "key")
	stream = Gateway([offered], QUICK).stream_generate_sync(QUESTION)
	while not isinstance(next(stream), TextDelta):
		pass
	stream.close()
	simulator.wait_closed(model)


def test_the_scripted_provider_imports_no_vendors_sdk() -> None:
	program = (
		"import sys\n"
		"from ai_assistant.core.gateway import Gateway\n"
		"from ai_assistant.core.settings import Model, Provider, Retries\n"
		"from ai_assistant.core.messages import Message\n"
		"gateway = Gateway([Provider('s', 'scripted', (Model('s@9999'),))], Retries())\n"
		"assert list(gateway.stream_generate_sync([Message('user', 'Hi')]))\n"
		"assert not {'openai', 'anthropic', 'httpx', 'httpx2', 'aiohttp'} & set(sys.modules)\n"
	)
	subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_preloading_imports_what_the_providers_need() -> None:
	program = (
		"import sys\n"
		"from ai_assistant.core.gateway import Gateway\n"
		"from ai_assistant.core.settings import Model, Provider, Retries\n"
		"Gateway([Provider('a', 'anthropic', (Model('m'),))], Retries()).preload()\n"
		"assert 'anthropic' in sys.modules and 'openai' not in sys.modules\n"
	)
	subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
