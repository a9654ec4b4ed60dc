"""The simulated provider, asked over plain HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.simulator import Answer, Behaviour, Simulator

PATHS = ("/v1/chat/completions", "/v1/responses", "/v1/messages")
TERMINAL = (b"[DONE]", b"response.completed", b"message_stop")


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
	with Simulator() as simulator:
		yield simulator


async def read(url: str, model: str, path: str = PATHS[0], key: str = "some-key") -> tuple[int, bytes, bool]:
	"""Status and body of a streamed answer, and whether the body came to a proper end."""
	body, headers = {"model": model, "stream": True}, {"Authorization": f"Bearer {key}"}
	received = b""
	async with (
		aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as session,
		session.post(url + path, json=body, headers=headers) as response,
	):
		try:
			async for part in response.content.iter_any():
				received += part
		except aiohttp.ClientPayloadError:
			return response.status, received, False
		return response.status, received, True


@pytest.mark.parametrize("error", ["400", "401", "402", "403", "404", "413", "429", "500", "503", "529"])
@pytest.mark.parametrize("path", PATHS)
async def test_a_request_is_refused_with_the_ordered_status(
	simulator: Simulator, path: str, error: str
) -> None:
	status, body, _ = await read(simulator.url, f"sim:error={error}", path)
	assert status == int(error)
	assert json.loads(body)["error"]["message"]


def test_a_text_is_said_once_or_as_many_words_of_it_as_are_ordered() -> None:
	once = Answer.to(Behaviour.parse("sim:say=tour")).text
	words = len(once.split())
	assert once.startswith("Leave is")
	assert once.endswith("يومًا.\n")
	assert Answer.to(Behaviour.parse(f"sim:say=tour,text={words + 2}")).text == f"{once}Leave is"


@pytest.mark.parametrize("key", ["bad-key", ""])
async def test_a_bad_or_missing_key_is_refused(simulator: Simulator, key: str) -> None:
	assert (await read(simulator.url, "sim", key=key))[0] == 401


@pytest.mark.parametrize(
	"model", ["gpt-5", "sim:speed=3", "sim:text=many", "sim:cut_after=1,eof_after=2", "sim:error=nonsense"]
)
async def test_an_order_that_makes_no_sense_is_refused(simulator: Simulator, model: str) -> None:
	assert (await read(simulator.url, model))[0] == 404


async def test_only_the_first_requests_fail(simulator: Simulator) -> None:
	model = "sim:error=500,fail_times=2"
	statuses = [(await read(simulator.url, model))[0] for _ in range(4)]
	assert statuses == [500, 500, 200, 200]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["error", "failed", "cut", "malformed", "eof"])
async def test_a_stream_breaks_after_the_ordered_deltas(simulator: Simulator, path: str, kind: str) -> None:
	model = f"sim:text=6,{kind}_after=3,tag={path.rpartition('/')[2]}"
	status, body, has_ended = await read(simulator.url, model, path)
	entry = simulator.wait_ended(model)
	is_whole = kind == "malformed"
	assert (status, has_ended) == (200, kind != "cut")
	assert b"t2 " in body
	assert (b"t3 " in body) == is_whole
	assert any(terminal in body for terminal in TERMINAL) == is_whole
	assert (entry.ending, entry.deltas) == (("completed", 6) if is_whole else ("broken off", 3))


@pytest.mark.parametrize(
	("path", "kind", "says"),
	[
		(PATHS[0], "error", b'data: {"error":{"message":"The engine is currently overloaded."'),
		(PATHS[1], "error", b'event: error\ndata: {"type":"error","code":"overloaded"'),
		(PATHS[1], "failed", b"event: response.failed\n"),
		(PATHS[2], "error", b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"'),
	],
)
async def test_an_error_event_names_the_ordered_error(
	simulator: Simulator, path: str, kind: str, says: bytes
) -> None:
	_, body, _ = await read(simulator.url, f"sim:{kind}_after=1,error=529", path)
	assert says in body


async def test_a_client_that_leaves_is_seen_at_once(simulator: Simulator) -> None:
	model = "sim:stall_after=4"
	headers = {"Authorization": "Bearer some-key"}
	async with aiohttp.ClientSession() as session:
		response = await session.post(
			simulator.url + PATHS[0], json={"model": model, "stream": True}, headers=headers
		)
		await asyncio.to_thread(simulator.wait_deltas, model, 4)
		left = time.monotonic()
		response.close()
		entry = await asyncio.to_thread(simulator.wait_closed, model)
	assert entry.deltas == 4
	assert entry.ended is not None
	assert left <= entry.ended < left + 1


async def test_deltas_keep_to_the_ordered_rate(simulator: Simulator) -> None:
	started = time.monotonic()
	await read(simulator.url, "sim:text=21,rate=100,delay=0.05")
	assert time.monotonic() - started >= 0.25


async def test_stamps_tell_when_a_delta_was_sent(simulator: Simulator) -> None:
	started = time.monotonic_ns()
	_, body, _ = await read(simulator.url, "sim:text=5,rate=100,stamp=1")
	stamps = [int(stamp) for stamp in re.findall(rb"t\d@(\d{20}) ", body)]
	assert len(stamps) == 5
	assert stamps == sorted(stamps)
	assert started < stamps[0] < stamps[-1] < time.monotonic_ns()


async def test_deltas_are_as_long_as_ordered(simulator: Simulator) -> None:
	_, body, _ = await read(simulator.url, "sim:text=1,size=12")
	assert b'"t0......... "' in body


async def test_the_log_over_http_holds_requests_without_their_key(simulator: Simulator) -> None:
	await read(simulator.url, "sim:tag=logged")
	async with (
		aiohttp.ClientSession() as session,
		session.get(f"{simulator.url}/log", params={"model": "sim:tag=logged"}) as response,
	):
		text = await response.text()
	(entry,) = json.loads(text)
	assert (entry["path"], entry["ending"], entry["deltas"]) == (PATHS[0], "completed", 10)
	assert entry["body"] == {"model": "sim:tag=logged", "stream": True}
	assert "some-key" not in text


def test_waiting_is_bounded(simulator: Simulator) -> None:
	with pytest.raises(TimeoutError):
		simulator.wait_started("sim:tag=never", timeout=0.01)


def test_it_serves_as_a_process_until_sigterm() -> None:
	command = [sys.executable, "-m", "tests.simulator", "--port", "0"]
	root = Path(__file__).parent.parent
	with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
		assert process.stdout is not None
		url = process.stdout.readline().strip()
		assert asyncio.run(read(url, "sim"))[0] == 200
		process.send_signal(signal.SIGTERM)
		assert process.wait(10) == 0
