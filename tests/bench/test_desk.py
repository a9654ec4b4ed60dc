"""The chat on the real desk, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.contract.bench import Bench
from tests.contract.host import MODELS, text_of
from tests.web.browser import CHROMIUM, WAIT, browser

_DESK = re.compile("[^/]/(app|desk)")
"""Newer desks are at the second."""

_PASSWORD = "correct horse battery"

_SET_PASSWORD = """
from frappe.utils.password import update_password
update_password(arguments[0], arguments[1])
frappe.db.commit()
"""

_MAKE_TODO = """
todo = frappe.get_doc({"doctype": "ToDo", "description": "Water the plants", "owner": arguments[0]}).insert()
frappe.db.commit()
print(todo.name)
"""

_DELETE_TODO = """
frappe.delete_doc("ToDo", arguments[0])
frappe.db.commit()
"""

_COLOUR = """variable => {
	const element = document.body.appendChild(document.createElement("div"));
	element.style.color = `var(${variable})`;
	const { color } = getComputedStyle(element);
	element.remove();
	return color;
}"""


@pytest.fixture
def desk(bench: Bench) -> Iterator[Page]:
	"""As chief, who asks and administers."""
	if CHROMIUM is None:
		pytest.skip("This machine has no Chromium.")
	bench.run(_SET_PASSWORD, bench.names["chief"], _PASSWORD)
	with browser() as chromium, chromium.new_context(base_url=bench.url) as context:
		page = context.new_page()
		page.set_default_timeout(WAIT)
		page.goto("/login")
		page.fill("#login_email", bench.names["chief"])
		page.fill("#login_password", _PASSWORD)
		page.click(".btn-login")
		page.wait_for_url(_DESK)
		yield page


def ask(page: Page, text: str, model: str) -> None:
	page.get_by_label("Model", exact=True).select_option(label=MODELS[model])
	page.get_by_label("Message", exact=True).fill(text)
	page.keyboard.press("Enter")


def opener(page: Page) -> Locator:
	return page.get_by_role("button", name="AI Assistant", exact=True)


def colour(page: Page, variable: str) -> str:
	"""What a variable of the desk's is, as Chromium writes colours."""
	found: str = page.evaluate(_COLOUR, variable)
	return found


def asked(bench: Bench, model: str) -> Any:
	"""What the provider was asked last."""
	return bench.simulator.requests_of(MODELS[model])[-1].body


def test_an_answer_is_shown_on_the_page_over_the_desks_own_socket(bench: Bench, desk: Page) -> None:
	sockets: list[str] = []
	desk.on("websocket", lambda socket: sockets.append(socket.url))
	desk.goto("/app/ai-assistant")
	for theme in "light", "dark":
		desk.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
		expect(desk.locator("ai-assistant-chat")).to_have_css("background-color", colour(desk, "--fg-color"))
		expect(desk.locator("ai-assistant-chat")).to_have_css("color", colour(desk, "--text-color"))
	ask(desk, "Hello?", "plain")
	expect(desk.locator("ai-assistant-question")).to_contain_text("Hello?")
	expect(desk.locator("ai-assistant-answer")).to_contain_text(text_of("plain"))
	assert len(sockets) == 1
	desk.get_by_role("navigation").get_by_role("button", name="Hello?", exact=True).first.click()
	desk.wait_for_url("**/ai-assistant/*")
	desk.reload()
	expect(desk.locator("ai-assistant-answer")).to_contain_text(text_of("plain"))


def test_the_panel_tells_the_model_of_the_document_in_view_if_the_user_likes(
	bench: Bench, desk: Page
) -> None:
	todo = bench.run(_MAKE_TODO, bench.names["chief"]).strip()
	try:
		desk.goto(f"/app/todo/{todo}")
		button = opener(desk)
		button.press("Enter")
		panel = desk.locator("ai-assistant-panel")
		expect(panel.get_by_role("checkbox")).to_be_checked()
		ask(desk, "What is to be done?", "plain")
		expect(panel.locator("ai-assistant-answer")).to_contain_text(text_of("plain"))
		assert "Water the plants" in json.dumps(asked(bench, "plain"))
		panel.get_by_role("checkbox").uncheck()
		ask(desk, "And now?", "plain")
		expect(panel.locator("ai-assistant-answer")).to_have_count(2)
		expect(panel.locator("ai-assistant-answer").last.locator("footer")).to_be_visible()
		assert "Water the plants" not in json.dumps(asked(bench, "plain")["messages"][-1])
		desk.keyboard.press("Escape")
		expect(panel).to_be_hidden()
		expect(button).to_be_focused()
	finally:
		bench.run(_DELETE_TODO, todo)


def test_the_desk_hears_no_shortcut_of_the_chat(desk: Page) -> None:
	desk.goto("/app/ai-assistant")
	desk.evaluate("window.heard = []; addEventListener('keydown', ({ key }) => heard.push(key))")
	desk.get_by_label("Message", exact=True).press("Control+k")
	expect(desk.get_by_role("navigation").get_by_role("searchbox")).to_be_focused()
	desk.get_by_role("button", name="Archived").press("?")
	expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
	assert not {"k", "?"} & set(desk.evaluate("heard"))


def test_the_panel_stays_while_the_user_goes_on_and_one_button_closes_it(desk: Page) -> None:
	opener(desk).click()
	expect(desk.locator("ai-assistant-panel")).to_be_visible()
	desk.evaluate("frappe.set_route('List', 'AI Provider')")
	expect(desk.locator(".frappe-list:visible")).to_be_visible()
	expect(opener(desk)).to_have_attribute("aria-expanded", "true")
	opener(desk).click()
	expect(desk.locator("ai-assistant-panel")).to_be_hidden()


def test_the_overview_leads_to_the_lists(desk: Page) -> None:
	for name, path in ("Runs", "ai-run"), ("Spending", "ai-spending"):
		desk.goto("/app/ai-assistant-overview")
		desk.locator(".shortcut-widget-box").filter(has_text=name).click()
		desk.wait_for_url(f"**/{path}/**")
		expect(desk.locator(".frappe-list:visible")).to_be_visible()
