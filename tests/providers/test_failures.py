"""How providers fail, asked of all kinds over real connections."""

from __future__ import annotations

import asyncio
import re
import traceback

import pytest

from ai_assistant.core.answer import collected
from ai_assistant.core.deltas import Finish
from ai_assistant.core.errors import ErrorCode, ProviderError
from ai_assistant.core.providers.event_stream import LONGEST
from ai_assistant.core.providers.provider import ProviderClient
from tests.providers.conftest import Connect
from tests.providers.kinds import KEY, Kind, every_kind, outcome, simulated
from tests.providers.replay import Replay
from tests.simulator import Simulator

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


async def failure(client: ProviderClient, model: str) -> ProviderError:
	deltas, error = await outcome(client, model)
	assert error is not None, f"It did not fail, but ended with {deltas[-1]}."
	assert not any(isinstance(delta, Finish) for delta in deltas)
	return error


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
