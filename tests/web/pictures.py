"""Takes the pictures of `docs/images` anew, light and dark: `python -m tests.web.pictures`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.npm import build
from tests.simulator import Simulator
from tests.system.conftest import Served
from tests.web.browser import browser
from tests.web.page.window import Window
from tests.web.proxy import Proxy

_ROOT = Path(__file__).parent.parent.parent
_IMAGES = _ROOT / "docs" / "images"

_WIDE: dict[str, Any] = {"viewport": {"width": 1240, "height": 760}}
_PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "is_mobile": True, "has_touch": True}

_ANSWER = "sim:muse=thoughts,reasoning=75,say=tour,sources=2,rate=60"
_SLOW = "sim:muse=thoughts,reasoning=75,say=tour,rate=16"
_BROKEN = "sim:say=tour,error=503,error_after=25"
_BUSY = "sim:say=tour,error=429,retry_after=20,fail_times=1,tag={}"
_CALLING = "sim:say=tour,tool=look_up+calendar,rate=200"
_OTHER = "sim:text=5"
_SCHEMES = ("light", "dark")
_MODELS = [_ANSWER, _SLOW, _BROKEN, _CALLING, *map(_BUSY.format, _SCHEMES)]

_QUESTION = "How many days of leave do I have, and how are they counted?"

_NAMES = {
	_ANSWER: "lighthouse-large",
	_SLOW: "lighthouse-small",
	_BROKEN: "beacon-1",
	**{_BUSY.format(scheme): f"beacon-{place}" for place, scheme in enumerate(_SCHEMES, 2)},
	_CALLING: "beacon-4",
	_OTHER: "harbour-1",
	"simulator": "lighthouse",
}
"""What stands in the pictures for the simulator's models, which are called after what they do."""

_NAME = """names => {
	const nodes = [document];
	for (const node of nodes) {
		if (node.shadowRoot) nodes.push(node.shadowRoot);
		nodes.push(...node.childNodes);
		if (node.nodeType === Node.TEXT_NODE)
			for (const [model, name] of Object.entries(names))
				if (node.data.includes(model)) node.data = node.data.replaceAll(model, name);
	}
}"""


class Camera:
	"""What one window shows, in a picture called after it and its colours."""

	def __init__(self, page: Page, scheme: str):
		self.page = page
		self._suffix = "" if scheme == "light" else f"-{scheme}"

	def take(self, name: str) -> None:
		self.page.evaluate(_NAME, _NAMES)
		self.page.screenshot(path=_IMAGES / f"{name}{self._suffix}.png", animations="disabled")

	def ask(self, model: str, question: str) -> None:
		"""In a new conversation."""
		self.page.keyboard.press("Control+Shift+O")
		self.page.get_by_label("Model", exact=True).select_option(index=_MODELS.index(model))
		self.send(question)

	def send(self, question: str) -> None:
		self.page.get_by_label("Message", exact=True).fill(question)
		self.page.keyboard.press("Enter")

	@property
	def answer(self) -> Locator:
		return self.page.locator("ai-assistant-answer").last

	def wait_done(self) -> None:
		expect(self.answer.locator("footer")).to_be_visible()


def _visit(camera: Camera, window: Window, password: str) -> None:
	expect(camera.page.get_by_label("User name")).to_be_focused()
	camera.take("page-sign-in")
	window.sign_in("Administrator", password)
	expect(camera.page.get_by_label("Model", exact=True)).to_be_visible()
	camera.take("chat-empty")
	camera.page.keyboard.press("Control+/")
	camera.take("chat-shortcuts")
	camera.page.keyboard.press("Escape")


def _converse(camera: Camera) -> None:
	camera.ask(_SLOW, "Explain how leave is counted")
	expect(camera.page.get_by_text(re.compile(r"^Thinking [2-9]\ss"))).to_be_visible()
	camera.take("chat-thinking")
	expect(camera.answer.get_by_text("They differ by region")).to_be_visible()
	camera.take("chat-writing")
	camera.page.get_by_role("button", name="Stop").click()
	camera.wait_done()
	camera.take("chat-stopped")

	camera.ask(_ANSWER, _QUESTION)
	camera.wait_done()
	camera.answer.get_by_text("Thought for").click()
	camera.page.get_by_role("region", name="Messages").hover()
	camera.page.mouse.wheel(0, -5000)
	expect(camera.page.get_by_role("button", name="Jump to latest")).to_be_visible()
	camera.take("chat")
	camera.page.get_by_role("button", name="Jump to latest").click()
	camera.answer.get_by_role("button", name="Answer again").click()
	expect(camera.answer).to_contain_text("2/2")
	camera.wait_done()
	camera.page.get_by_role("button", name="Page 1").click()
	camera.take("chat-sources")


def _arrange(camera: Camera) -> None:
	camera.page.get_by_role("main").get_by_role("button", name="Options of").click()
	camera.take("chat-menu")
	camera.page.keyboard.press("Escape")
	camera.page.get_by_label("Message", exact=True).press("ArrowUp")
	expect(camera.page.locator("ai-assistant-question textarea")).to_be_focused()
	camera.page.locator("ai-assistant-question textarea").scroll_into_view_if_needed()
	camera.take("chat-editing")
	camera.page.keyboard.press("Escape")

	camera.ask(_SLOW, "How many days are left?")
	expect(camera.answer.get_by_text("20 days a year")).to_be_visible()
	camera.send("And in the first year?")
	expect(camera.page.get_by_text("Waiting, number 1 in line")).to_be_visible()
	camera.take("chat-queued")
	camera.page.keyboard.press("Escape")
	expect(camera.page.get_by_text("This answer was stopped.")).to_have_count(2)

	camera.ask(_CALLING, "Who is away in March?")
	camera.wait_done()
	camera.answer.get_by_text("Called look_up").click()
	camera.take("chat-tool")

	camera.page.keyboard.press("Control+Shift+O")
	camera.page.get_by_label("Message", exact=True).fill("What do these say about leave?")
	notes = {"name": "notes.md", "mimeType": "text/markdown", "buffer": b"# Leave"}
	chart = {"name": "days.png", "mimeType": "image/png", "buffer": (_IMAGES / "workspace.png").read_bytes()}
	camera.page.locator("input[type=file]").set_input_files([notes, chart])
	expect(camera.page.get_by_role("button", name="Remove days.png")).to_be_visible()
	camera.take("chat-attachments")
	for name in ("notes.md", "days.png"):
		camera.page.get_by_role("button", name=f"Remove {name}").click()


def _meet_trouble(camera: Camera, proxy: Proxy, busy: str) -> None:
	camera.ask(_BROKEN, "May I carry days over?")
	expect(camera.answer.get_by_role("button", name="Try again")).to_be_visible()
	camera.take("chat-failed")
	camera.page.keyboard.press("Control+Shift+O")
	camera.send("What does the contract say?\0")
	expect(camera.page.get_by_role("button", name="Discard")).to_be_visible()
	camera.take("chat-refused")
	camera.page.get_by_role("button", name="Discard").click()
	camera.ask(busy, "Who confirms my leave?")
	expect(camera.page.get_by_text(re.compile(r"next try in 1[0-9]\ss"))).to_be_visible()
	camera.take("chat-retrying")
	camera.page.get_by_role("button", name="Stop").click()
	camera.wait_done()
	proxy.cut()
	expect(camera.page.get_by_text("No connection.")).to_be_visible()
	camera.take("chat-offline")
	proxy.mend()
	expect(camera.page.get_by_text("No connection.")).to_be_hidden()


def _add_provider(camera: Camera, window: Window, provider: str) -> None:
	window.view("Providers")
	camera.page.get_by_role("button", name="Add a provider").click()
	camera.page.get_by_label("Name", exact=True).fill("harbour")
	camera.page.get_by_label("Base URL").fill(f"{provider}/v1")
	camera.page.get_by_label("API key").fill("key")
	models = camera.page.get_by_label("Models", exact=True)
	models.fill(_NAMES[_OTHER])
	camera.take("page-provider")
	models.fill(_OTHER)
	camera.page.get_by_role("button", name="Add", exact=True).click()
	camera.page.get_by_role("button", name="Test: harbour").click()
	expect(camera.page.get_by_text("answers after")).to_be_visible()
	camera.take("page-providers")
	camera.page.get_by_role("button", name="Remove: harbour").click()
	camera.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
	expect(camera.page.get_by_role("listitem")).to_have_count(1)


def _administer(camera: Camera, window: Window) -> None:
	camera.ask(_SLOW, "Explain how leave is counted")
	for name in ("Live", "Runs", "Users"):
		window.view(name)
		expect(camera.page.locator("main").locator("[role=img], tr, li").last).to_be_visible()
		camera.take(f"page-{name.lower()}")


@contextmanager
def _window(chromium: Browser, url: str, **options: Any) -> Iterator[Window]:
	context = chromium.new_context(**options)
	yield Window.open(context, url)
	context.close()


def _hold(chromium: Browser, url: str, password: str, scheme: str) -> None:
	"""A phone, and a browser in German."""
	with _window(chromium, url, **_PHONE, color_scheme=scheme) as window:
		camera = Camera(window.page, scheme)
		window.sign_in("Administrator", password)
		camera.page.get_by_role("button", name="Conversations").click()
		expect(camera.page.get_by_role("navigation").get_by_role("listitem").first).to_be_visible()
		camera.take("chat-drawer")
		_choose(camera)
		camera.take("chat-phone")
	with _window(chromium, url, **_WIDE, color_scheme=scheme, locale="de-DE") as window:
		camera = Camera(window.page, scheme)
		camera.page.get_by_label("Benutzername").fill("Administrator")
		camera.page.get_by_label("Passwort").fill(password)
		camera.page.keyboard.press("Enter")
		_choose(camera)
		camera.take("chat-german")


def _choose(camera: Camera) -> None:
	camera.page.get_by_role("navigation").get_by_role("button", name=_QUESTION, exact=True).first.click()
	camera.wait_done()
	camera.page.locator("ai-assistant-question").first.scroll_into_view_if_needed()


def main() -> None:
	build(_ROOT / "web", "page")
	with tempfile.TemporaryDirectory() as data, Simulator() as simulator, browser() as chromium:
		site = Served(Path(data), simulator, _MODELS)
		found = re.search(r"as Administrator with the password (\S+)", "".join(site.output))
		assert found
		for scheme in _SCHEMES:
			with Proxy(site.url) as proxy:
				with _window(chromium, proxy.url, **_WIDE, color_scheme=scheme) as window:
					camera = Camera(window.page, scheme)
					_visit(camera, window, found[1])
					_converse(camera)
					_arrange(camera)
					_meet_trouble(camera, proxy, _BUSY.format(scheme))
					_administer(camera, window)
					_add_provider(camera, window, simulator.url)
				_hold(chromium, proxy.url, found[1], scheme)
		site.stop()


if __name__ == "__main__":
	main()
