"""The command line against a site that runs as its own process."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ai_assistant.core.events import Completion
from ai_assistant.hosts.standalone.client import Answer, NoRealtime, Site
from tests.site_process import FAST, SLOW, WAIT, SiteProcess, command, environment, served


@pytest.fixture(scope="module")
def running() -> Iterator[SiteProcess]:
	with served() as site:
		yield site


def test_help_names_every_command() -> None:
	shown = command("--help").stdout
	for name in ("serve", "worker", "ask", "listen", "user", "token", "doctor", "demo"):
		assert re.search(rf"\b{name}\b", shown)


def test_the_command_line_starts_without_what_single_commands_need() -> None:
	heavy = {
		"aiohttp",
		"alembic",
		"anthropic",
		"openai",
		"pydantic",
		"redis",
		"socketio",
		"sqlalchemy",
		"uvicorn",
	}
	code = "import sys, ai_assistant.hosts.standalone.command; print(*sys.modules)"
	loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=WAIT).stdout
	assert not heavy & set(loaded.split())


def test_an_answer_is_shown_with_its_reasoning_and_a_summary(running: SiteProcess) -> None:
	asked = command("ask", "Why is the sky blue?", "--model", FAST, "--url", running.url, token=running.token)
	assert asked.returncode == 0
	reasoning, text, summary = asked.stdout.split("\n\n", 2)[0], asked.stdout, asked.stdout.splitlines()[-1]
	assert reasoning.startswith("> The user asks: “Why is the sky blue?”.\n> ")
	assert "\n\nYou asked: **Why is the sky blue?**\n\nI am" in text
	assert re.fullmatch(
		rf"\d+ events · first event after [\d,]+ ms · \d+ tokens/s · provider scripted · model {FAST} · stop",
		summary,
	)


def test_a_conversation_goes_on(running: SiteProcess) -> None:
	options = ("--conversation", 7, "--model", FAST, "--url", running.url)
	command("ask", "First?", *options, token=running.token)
	assert (
		"question 2 of this conversation" in command("ask", "Second?", *options, token=running.token).stdout
	)


@pytest.mark.parametrize(
	("options", "sentence"),
	[
		(("--token", ""), "Give --token key:secret or set AI_ASSISTANT_TOKEN"),
		(("--token", "key:secret"), "does not know this token"),
		(("--model", "none"), "There is no model 'none'"),
		(("--conversation", "a b"), "A conversation_id is"),
		(("--url", "http://127.0.0.1:9"), "No site answers at http://127.0.0.1:9"),
		(("--url", "nowhere"), "nowhere is not the address of a site"),
	],
)
def test_what_cannot_be_asked_ends_with_one_sentence(
	running: SiteProcess, options: tuple[str, ...], sentence: str
) -> None:
	asked = command("ask", "Why?", "--url", running.url, *options, token=running.token)
	assert asked.returncode == 1
	assert sentence in asked.stderr
	assert len(asked.stderr.splitlines()) == 1


def test_an_interrupt_stops_the_run_and_shows_what_was_kept(running: SiteProcess) -> None:
	arguments = [sys.executable, "-m", "ai_assistant", "ask", "Why?", "--model", SLOW, "--url", running.url]
	with subprocess.Popen(
		arguments, env=environment(running.token), stdout=subprocess.PIPE, text=True
	) as asking:
		assert asking.stdout is not None
		assert asking.stdout.readline().startswith("> The user asks")
		asking.send_signal(signal.SIGINT)
		shown, _ = asking.communicate(timeout=WAIT)
	assert asking.returncode == 130
	assert shown.splitlines()[-1].endswith("stopped, the answer so far is kept")


def test_listening_prints_each_event_as_a_line_of_json(running: SiteProcess) -> None:
	arguments = [sys.executable, "-m", "ai_assistant", "listen", "--url", running.url, "--count", "3"]
	with subprocess.Popen(
		arguments, env=environment(running.token), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
	) as listening:
		assert listening.stderr is not None
		assert listening.stderr.readline().startswith(f"Listening at {running.url}")
		command("ask", "Why?", "--model", FAST, "--url", running.url, token=running.token)
		shown, _ = listening.communicate(timeout=WAIT)
	assert [json.loads(line)["type"] for line in shown.splitlines()] == ["status", "status", "reasoning"]
	assert listening.returncode == 0


def test_a_user_is_made_once_and_gets_tokens(tmp_path: Path) -> None:
	assert "password" in command("user", "add", "eve", "--admin", "--data", tmp_path).stdout
	again = command("user", "add", "eve", "--data", tmp_path)
	assert (again.returncode, again.stderr) == (1, "There is a user eve already.\n")
	made = command("token", "create", "--user", "eve", "--data", tmp_path)
	assert re.fullmatch(r"\w+:\S+", made.stdout.splitlines()[-1])
	nobody = command("token", "create", "--user", "bob", "--data", tmp_path)
	assert (nobody.returncode, nobody.stdout) == (1, "")


def test_a_worker_without_a_redis_says_what_to_do(tmp_path: Path) -> None:
	refused = command("worker", "--data", tmp_path)
	assert refused.returncode == 1
	assert "REDIS_URL" in refused.stderr.splitlines()[-1]


def test_a_bad_setting_is_named_by_every_command(tmp_path: Path) -> None:
	(tmp_path / "ai-assistant.toml").write_text("[limits]\nmessages = 0\n")
	for arguments in (("serve", "--port", 0), ("worker",), ("user", "add", "eve")):
		refused = command(*arguments, "--data", tmp_path)
		assert refused.returncode == 1
		assert "ai-assistant.toml:2: limits.messages" in refused.stderr


def test_the_doctor_finds_a_running_site_well(running: SiteProcess) -> None:
	found = command("doctor", "--data", running.data, "--url", running.url)
	assert "wrong" not in found.stdout
	for part in ("settings", "database", "redis", "worker", "realtime", "provider scripted"):
		assert part in found.stdout
	assert found.returncode == 0


def test_the_doctor_tells_what_to_do_about_a_site_that_is_down(tmp_path: Path) -> None:
	(tmp_path / "ai-assistant.toml").write_text(
		'[[providers]]\nname = "lost"\nkind = "openai_compatible"\nbase_url = "http://127.0.0.1:9/v1"\n'
		'models = [{ name = "m" }]\n'
	)
	found = command("doctor", "--data", tmp_path, "--url", "http://127.0.0.1:9")
	assert found.returncode == 1
	rows = [
		[cell.strip() for cell in line.split("│")[1:4]] for line in found.stdout.splitlines() if "│" in line
	]
	assert {part: state for state, part, _ in rows if state} == {
		"settings": "well",
		"database": "wrong",
		"redis": "wrong",
		"worker": "wrong",
		"realtime": "wrong",
		"provider lost": "wrong",
	}
	assert "base URL" in found.stdout


def test_the_doctor_makes_no_tables(tmp_path: Path) -> None:
	def examined() -> str:
		found = command("doctor", "--data", tmp_path, "--url", "http://127.0.0.1:9")
		return next(line for line in found.stdout.splitlines() if "database" in line)

	assert "wrong" in examined()
	with closing(sqlite3.connect(tmp_path / "ai-assistant.db")) as database:
		assert database.execute("SELECT name FROM sqlite_master").fetchall() == []
	command("user", "add", "ann", "--data", tmp_path)
	assert "well" in examined()


class Line:
	"""A TCP line to the site that can be cut; with `is_deaf` it carries no WebSocket."""

	def __init__(self, url: str, is_deaf: bool):
		self._site = urlsplit(url)
		self._is_deaf = is_deaf
		self._writers: list[asyncio.StreamWriter] = []
		self._carrying: set[asyncio.Future[None]] = set()

	async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
		site_reader, site_writer = await asyncio.open_connection(self._site.hostname, self._site.port)
		self._writers += (writer, site_writer)
		pumps = (self._pump(reader, site_writer), self._pump(site_reader, writer))
		self._carrying |= {asyncio.ensure_future(pump) for pump in pumps}

	async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
		try:
			while data := await reader.read(65536):
				if self._is_deaf and data.startswith(b"GET /socket.io"):
					return self.cut()
				writer.write(data)
		except OSError:
			pass
		writer.transport.abort()

	def cut(self) -> None:
		for writer in self._writers:
			writer.transport.abort()
		self._writers.clear()

	async def close(self) -> None:
		self.cut()
		await asyncio.gather(*self._carrying)


@asynccontextmanager
async def line(url: str, *, is_deaf: bool = False) -> AsyncIterator[tuple[str, Line]]:
	carrier = Line(url, is_deaf)
	server = await asyncio.start_server(carrier.carry, "127.0.0.1", 0)
	host, port = server.sockets[0].getsockname()
	yield f"http://{host}:{port}", carrier
	server.close()
	await carrier.close()


async def test_a_client_whose_line_is_cut_shows_all_that_one_does_that_never_lost_it(
	running: SiteProcess,
) -> None:
	async with line(running.url) as (url, carrier), Site(url, running.token) as site:
		await site.connect()
		answer = await site.ask(message="Why?", model=FAST)
		async for grown in site.follow([answer]):
			if grown.events in (20, 60):
				carrier.cut()
		assert_whole(answer)


async def test_without_realtime_the_answer_is_read_from_the_journal(running: SiteProcess) -> None:
	async with line(running.url, is_deaf=True) as (url, _), Site(url, running.token) as site:
		with pytest.raises(NoRealtime):
			await site.connect()
		answer = await site.ask(message="Why?", model=FAST)
		async for _ in site.follow([answer]):
			pass
		assert_whole(answer)


def assert_whole(answer: Answer) -> None:
	final = answer.final
	assert isinstance(final, Completion)
	assert answer.events == final.seq + 1, "every numbered event, and the one of the queue"
	assert answer.transcript.text == final.text
	assert answer.transcript.text.endswith("a real model.")
