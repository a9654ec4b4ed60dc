"""The page of a site in a real browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.web.browser import WAIT

_AXE = Path(__file__).parent.parent.parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"


@dataclass
class Window:
	"""`errors`: what went wrong in it, and what the site's policy kept it from."""

	context: BrowserContext
	page: Page
	errors: list[str] = field(default_factory=list)

	@classmethod
	def open(cls, context: BrowserContext, url: str) -> Window:
		window = cls(context, context.new_page())
		window.page.set_default_timeout(WAIT)
		window.page.on("pageerror", lambda error: window.errors.append(str(error)))
		window.page.on("console", window._notice)
		window.page.goto(url)
		return window

	def _notice(self, message: ConsoleMessage) -> None:
		if message.type == "error" and "Content Security Policy" in message.text:
			self.errors.append(message.text)

	def sign_in(self, user: str, password: str) -> None:
		self.page.get_by_label("User name").fill(user)
		self.page.get_by_label("Password").fill(password)
		self.page.keyboard.press("Enter")

	def view(self, name: str) -> None:
		"""One of those of administrators."""
		self.page.get_by_role("link", name=name).click()
		self.page.get_by_role("heading", name=name, exact=True).wait_for()

	def serious(self) -> list[str]:
		"""What axe finds that would keep somebody out."""
		self.page.evaluate(_AXE.read_text())
		found: list[dict[str, Any]] = self.page.evaluate("axe.run().then(found => found.violations)")
		return [
			f"{one['id']}: {one['nodes'][0]['html']}"
			for one in found
			if one["impact"] in ("serious", "critical")
		]
