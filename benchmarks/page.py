"""What a growing answer costs the page: script between two frames, from the trace that Chromium keeps of itself."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from rich.console import Console

from ai_assistant.hosts.standalone.page import BUILT
from benchmarks.budgets import Budget
from benchmarks.figures import Spread
from benchmarks.servers import PASSWORD, prepare, process
from tests.simulator import Answer, Behaviour
from tests.web.browser import CHROMIUM, browser
from tests.web.page.window import Window

_CASES = {"many blocks": "tour", "one paragraph": "paragraph", "one list": "list", "one table": "table"}
"""Texts in `tests/fixtures/answers`, said again and again."""

_GROWN, _TRACED = 15_000, 8_000
"""Milliseconds that an answer grows before it is traced, and that it is traced: from word 1,500 to word 2,300."""

_SEED = "sim:text=5"
_TURNS, _WORDS = 20, 5_000
"""Of the long conversation: answers, and words of each."""

_SCRIPT = frozenset(
	(
		"FunctionCall",
		"FireAnimationFrame",
		"TimerFire",
		"EventDispatch",
		"BlinkScheduler_PerformMicrotaskCheckpoint",
	)
)
_CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel"]
"""`toplevel` has the microtasks, in which the chat draws."""


def page_budgets(console: Console) -> list[Budget]:
	"""None, which is said, where there is no Chromium or the page could not be built."""
	if CHROMIUM is None or not BUILT.exists():
		console.print("There is no Chromium here, or no Node.js to build the page with: it is left out.")
		return []
	models = [_SEED, *map(_model, _CASES.values())]
	with (
		tempfile.TemporaryDirectory() as directory,
		process("tests.simulator", "--port", "0") as (provider, _),
	):
		prepare(Path(directory), provider, models, 1)
		with (
			process("ai_assistant", "serve", "--data", directory, "--port", "0") as (url, _),
			browser() as chromium,
		):
			return list(_measured(chromium, url, console))


def _measured(chromium: Browser, url: str, console: Console) -> Iterator[Budget]:
	window = Window.open(chromium.new_context(), url)
	page = window.page
	window.sign_in("user0", PASSWORD)
	for name, text in _CASES.items():
		page.keyboard.press("Control+Shift+O")
		yield _budget(name, text, chromium, page, console)
	page.goto(f"{url}/#/{_long_conversation(page, url)}")
	page.reload()
	yield _budget(f"many blocks after {_TURNS * _WORDS:,} words", "tour", chromium, page, console)


def _budget(name: str, text: str, chromium: Browser, page: Page, console: Console) -> Budget:
	console.print(f"page, {name} …", style="dim")
	page.get_by_label("Model", exact=True).select_option(label=_model(text))
	page.get_by_label("Message", exact=True).fill("Tell me more.")
	page.keyboard.press("Enter")
	page.wait_for_timeout(_GROWN)
	chromium.start_tracing(page=page, categories=_CATEGORIES)
	page.wait_for_timeout(_TRACED)
	frames = script_of_frames(chromium.stop_tracing())
	page.keyboard.press("Escape")
	page.get_by_role("button", name="Stop").wait_for(state="hidden")
	return Budget(f"page, 100 deltas/s, {name}: script a frame, p95 ms", Spread.of(frames).p95, 8)


def script_of_frames(trace: bytes) -> list[float]:
	"""Seconds of CPU that script takes between each two commits of the page's thread."""
	events = [event for event in json.loads(trace)["traceEvents"] if event["ph"] == "X"]
	(thread, _), *_ = Counter(_thread(event) for event in events if event["name"] == "Commit").most_common(1)
	frames, ended = [0.0], 0.0
	own = (event for event in events if _thread(event) == thread)
	for event in sorted(own, key=lambda event: (event["ts"], -event["dur"])):
		if event["name"] == "Commit":
			frames.append(0.0)
		elif event["name"] in _SCRIPT and event["ts"] >= ended:
			ended = event["ts"] + event["dur"]
			frames[-1] += event.get("tdur", event["dur"]) / 1_000_000
	return frames[1:-1]


def _thread(event: dict[str, Any]) -> tuple[int, int]:
	return event["pid"], event["tid"]


def _long_conversation(page: Page, url: str) -> str:
	answer = Answer.to(Behaviour.parse(f"sim:say=tour,text={_WORDS}")).text
	turn = [{"role": "user", "content": "Tell me."}, {"role": "assistant", "content": answer}]
	body = {"messages": [*turn * _TURNS, turn[0]], "model": _SEED}
	reply = page.request.post(f"{url}/api/method/ai_assistant.api.chat_completion", data=body).json()
	return str(reply["message"]["conversation_id"])


def _model(text: str) -> str:
	return f"sim:say={text},text=6000,rate=100"
