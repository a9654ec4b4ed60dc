"""The chat in a real browser, at the address of a real site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Dialog, ElementHandle, Locator, Page, Route, expect

from tests.simulator import Answer, Behaviour
from tests.web.browser import WAIT

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

MODELS = {
	"quick": "sim:text=5,reasoning=2",
	"tour": "sim:say=tour,reasoning=30,rate=60",
	"thinking": "sim:reasoning=100,text=10,rate=20",
	"both": "sim:reasoning=40,text=40,rate=20",
	"sourced": "sim:text=5,sources=2",
	"thorough": "sim:reasoning=400,text=5",
	"long": "sim:text=600,rate=50",
	"broken": "sim:text=20,error=503,error_after=5",
	"refused": "sim:text=5,error=policy,fail_times=1",
	"busy": "sim:text=5,error=429,retry_after=3,fail_times=1",
	"busy-1": "sim:text=5,error=429,retry_after=3,fail_times=1,tag=behind",
	"busy1": "sim:text=5,error=429,retry_after=3,fail_times=1,tag=ahead",
	"exhausted": "sim:error=429,retry_after=90",
	"calling": "sim:text=2,tool=get_weather",
	"interrupted": "sim:reasoning=20,text=10,rate=20,stall_after=20,fail_times=1",
	"attacks": "sim:say=attacks,rate=200",
}

REFUSED = "A long and precious text\x00"
"""A site takes no text with this character."""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Chat</title>
<link rel="icon" href="data:,">
<style>html, body {{ height: 100%; margin: 0 }}</style>
<body>
<ai-assistant-chat {attributes}></ai-assistant-chat>
<script type="module" src="/chat.js"></script>
</body>
</html>
"""


@dataclass
class Device:
	"""One user's browser window. `foreign`: what was asked of other addresses than the site's, in vain."""

	context: BrowserContext
	page: Page
	foreign: list[str] = field(default_factory=list)
	errors: list[str] = field(default_factory=list)

	@classmethod
	def open(cls, context: BrowserContext, url: str, attributes: str, script: str) -> Device:
		"""The page and the script come from the test, everything else from the site at `url`."""
		html, host = _PAGE.format(attributes=attributes), urlsplit(url).netloc
		device = cls(context, context.new_page())
		device.page.set_default_timeout(WAIT)
		context.route(f"{url}/chat.html", lambda route: route.fulfill(body=html, content_type="text/html"))
		context.route(
			f"{url}/chat.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
		)
		context.route(lambda address: urlsplit(address).netloc != host, device._refuse)
		device.page.on("pageerror", lambda error: device.errors.append(str(error)))
		device.page.on("dialog", device._dismiss)
		device.page.goto(f"{url}/chat.html")
		return device

	def choose_model(self, model: str) -> None:
		"""One of MODELS."""
		self.page.get_by_label("Model", exact=True).select_option(label=MODELS[model])

	def ask(self, text: str, model: str = "quick") -> None:
		self.choose_model(model)
		self.page.get_by_label("Message", exact=True).fill(text)
		self.page.keyboard.press("Enter")

	def entry(self, title: str) -> Locator:
		"""Of a conversation in the list."""
		return self.page.get_by_role("navigation").locator(".entry").filter(has_text=title)

	def arrange(self, title: str, what: str) -> None:
		"""By the menu of its entry: `Rename`, `Archive`, `Restore` or `Delete`."""
		self.entry(title).hover()
		self.page.get_by_role("navigation").get_by_role("button", name=f"Options of “{title}”").click()
		self.page.get_by_role("menuitem", name=what).click()

	def choose(self, title: str) -> None:
		self.entry(title).first.click()

	def answer(self, number: int = -1) -> Locator:
		"""The newest, unless a number is given."""
		return self.page.locator("ai-assistant-answer").nth(number)

	def top(self, element: Locator | ElementHandle) -> float:
		"""Pixels from the top of the window, once what changed is set."""
		self.page.evaluate(
			"new Promise((set) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(set))))"
		)
		box = element.bounding_box()
		assert box
		return box["y"]

	def check_whole(self, model: str) -> None:
		"""Waits until the newest answer has ended, and has every word in its place."""
		self.wait_done()
		shown = self.answer().locator(".answer > ai-assistant-markdown")
		expect(shown).to_have_text(Answer.to(Behaviour.parse(MODELS[model])).text.strip())

	def wait_done(self, within: float = WAIT) -> None:
		"""Until the newest answer has ended."""
		expect(self.answer().locator("footer")).to_be_visible(timeout=within)

	def _refuse(self, route: Route) -> None:
		self.foreign.append(route.request.url)
		route.abort()

	def _dismiss(self, dialog: Dialog) -> None:
		self.errors.append(dialog.message)
		dialog.dismiss()
