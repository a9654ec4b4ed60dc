"""How the chat reads: where it scrolls, without a connection, in other languages and for screen readers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.system.conftest import Served
from tests.web.chat.conftest import Open
from tests.web.chat.device import MODELS, PHONE, Device
from tests.web.proxy import Proxy

SMALL = {"width": 700, "height": 420}

AT_END = """() => {
	const scroller = document.querySelector("ai-assistant-chat").shadowRoot.querySelector(".scroller");
	return scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop < 2;
}"""


def test_the_page_follows_the_answer_until_its_reader_scrolls_away(open_chat: Open) -> None:
	device = open_chat(viewport=SMALL)
	device.ask("A long story, please.", "long")
	expect(device.answer()).to_contain_text("t150 ")
	device.page.wait_for_function(AT_END)
	device.page.get_by_role("region", name="Messages").hover()
	device.page.mouse.wheel(0, -60)
	jump = device.page.get_by_role("button", name="Jump to latest")
	expect(jump).to_be_visible()
	expect(device.answer()).to_contain_text("t300 ")
	assert not device.page.evaluate(AT_END)
	jump.click()
	expect(jump).to_be_hidden()
	expect(device.answer()).to_contain_text("t400 ")
	device.page.wait_for_function(AT_END)
	device.page.get_by_role("button", name="Stop").click()


@pytest.mark.parametrize("has_room", [True, False])
def test_what_is_unfolded_stays_where_it_was_clicked(open_chat: Open, has_room: bool) -> None:
	device = open_chat(viewport={"width": 700, "height": 2_600 if has_room else 420})
	device.ask("Something before.", "tour")
	device.wait_done()
	device.ask("Think thoroughly.", "thorough")
	device.wait_done()
	expect(device.page.locator(".sending")).to_be_hidden()
	device.page.wait_for_function(AT_END)
	line = device.answer().locator("summary")
	place = device.top(line)
	line.click()
	expect(device.answer().get_by_text("r0 r1")).to_be_visible()
	assert device.top(line) == pytest.approx(place, abs=1)
	jump = device.page.get_by_role("button", name="Jump to latest")
	expect(jump).to_be_visible(visible=not has_room)
	line.click()
	expect(jump).to_be_hidden()
	question = device.page.locator("ai-assistant-question").last
	place = device.top(question)
	question.get_by_role("button", name="Edit").click()
	expect(question.get_by_role("textbox")).to_be_focused()
	assert device.top(question) == pytest.approx(place, abs=1)


def test_earlier_messages_come_before_the_one_that_is_read(open_chat: Open, site: Served) -> None:
	said = [
		{"role": ("user", "assistant")[number % 2], "content": f"Number {number}. " * 40}
		for number in range(121)
	]
	status, body = site.call("chat_completion", messages=said, model=MODELS["quick"], stream=True)
	assert status == 200
	site.final(body["message"]["task_id"])
	device = open_chat(f'conversation="{body["message"]["conversation_id"]}"', viewport=SMALL)
	device.wait_done()
	older = device.page.get_by_role("button", name="Show earlier messages")
	for count in (100, 122):
		older.scroll_into_view_if_needed()
		first = device.page.locator(".turn").first.element_handle()
		place = device.top(first)
		older.click()
		expect(device.page.locator(".turn")).to_have_count(count)
		expect(device.page.get_by_text(f"Number {122 - count}.").first).to_be_attached()
		assert device.top(first) == pytest.approx(place, abs=1)
	expect(older).to_be_hidden()
	expect(device.page.get_by_role("region", name="Messages")).to_be_focused()


def test_without_a_connection_one_can_read_and_the_answer_goes_on_after_it(
	open_chat: Open, site: Served
) -> None:
	with Proxy(site.url) as proxy:
		device = open_chat(url=proxy.url)
		device.ask("What can be read?")
		device.wait_done()
		device.ask("And what comes later?", "thinking")
		expect(device.page.get_by_text(re.compile(r"^Thinking \d\ss"))).to_be_visible()
		proxy.cut()
		expect(device.page.get_by_text("No connection.")).to_be_visible()
		expect(device.answer(0)).to_contain_text("t0 t1 t2 t3 t4")
		proxy.mend()
		expect(device.page.get_by_text("No connection.")).to_be_hidden()
		expect(device.answer()).to_contain_text("t0 t1 t2 t3 t4 t5 t6 t7 t8 t9")
		device.wait_done()
		device.errors.clear()


def test_screen_readers_are_told_at_boundaries_only(device: Device) -> None:
	device.page.evaluate("""() => {
		window.told = [];
		const status = document.querySelector("ai-assistant-chat").shadowRoot.querySelector(".unseen");
		new MutationObserver(() => window.told.push(status.textContent)).observe(status, {childList: true, subtree: true, characterData: true});
	}""")
	device.ask("Think, then say it.", "both")
	device.wait_done()
	expect(device.page.get_by_text("The answer is complete.")).to_be_attached()
	assert device.page.evaluate("window.told") == ["Thinking", "Answering", "The answer is complete."]


def test_everything_is_reached_by_keyboard(device: Device) -> None:
	message = device.page.get_by_label("Message", exact=True)
	expect(message).to_be_focused()
	device.page.keyboard.press("Control+/")
	expect(device.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
	device.page.keyboard.press("Escape")
	expect(device.page.get_by_role("dialog")).to_be_hidden()
	device.page.keyboard.press("Control+k")
	expect(device.page.get_by_role("searchbox")).to_be_focused()
	device.page.keyboard.press("Control+Shift+O")
	expect(message).to_be_focused()
	device.page.get_by_role("button", name="Archived").focus()
	device.page.keyboard.press("/")
	expect(message).to_be_focused()


def test_whoever_embeds_the_chat_hears_no_key_that_it_has_used(device: Device) -> None:
	device.page.evaluate("window.heard = []; addEventListener('keydown', ({ key }) => heard.push(key))")
	device.page.get_by_label("Message", exact=True).press("Control+k")
	expect(device.page.get_by_role("searchbox")).to_be_focused()
	device.page.keyboard.press("Control+Shift+O")
	device.page.get_by_role("button", name="Archived").press("?")
	expect(device.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
	device.page.keyboard.press("Escape")
	device.page.keyboard.press("F2")
	assert not {"k", "O", "?"} & set(device.page.evaluate("heard"))
	assert "F2" in device.page.evaluate("heard")


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_axe_finds_no_serious_violation(open_chat: Open, node: Path, options: dict[str, Any]) -> None:
	device = open_chat(**options)
	device.ask("How many days?", "tour")
	device.wait_done()
	device.answer().get_by_text("Thought for").click()
	device.page.get_by_role("main").get_by_role("button", name="Options of").click()
	expect(device.page.get_by_role("menuitem", name="Rename")).to_be_focused()
	device.page.add_script_tag(path=node / "node_modules" / "axe-core" / "axe.min.js")
	found = device.page.evaluate("axe.run().then(({violations}) => violations)")
	serious = [one for one in found if one["impact"] in ("serious", "critical")]
	assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious] == []


def test_german_is_spoken_where_it_is_asked_for(open_chat: Open) -> None:
	device = open_chat('lang="de-AT"')
	expect(device.page.get_by_role("heading", name="Was möchten Sie wissen?")).to_be_visible()
	expect(device.page.get_by_role("button", name="Neue Unterhaltung").first).to_be_visible()
	failure = device.page.get_by_role("navigation").get_by_role("alert")
	device.context.route("**/api/**", lambda route: route.abort())
	device.page.get_by_role("button", name="Archiv", exact=True).click()
	expect(failure).to_contain_text("Die Site ist nicht erreichbar.")
	device.context.route("**/api/**", lambda route: route.fulfill(status=500, body="{}"))
	failure.get_by_role("button", name="Erneut versuchen").click()
	expect(failure).to_contain_text("Die Site hat mit HTTP 500 geantwortet.")


def test_on_a_phone_the_list_is_a_drawer(open_chat: Open) -> None:
	device = open_chat(**PHONE)
	device.ask("Does it fit?", "tour")
	device.wait_done()
	assert device.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
	expect(device.page.get_by_role("navigation")).to_be_hidden()
	device.page.get_by_role("button", name="Conversations").click()
	device.choose("Does it fit?")
	expect(device.page.get_by_role("navigation")).to_be_hidden()


@pytest.mark.parametrize("way", ["keys", "button"])
def test_the_drawer_has_the_focus_and_gives_it_back(open_chat: Open, way: str) -> None:
	page = open_chat(**PHONE).page
	button = page.get_by_role("button", name="Conversations")
	message = page.get_by_label("Message", exact=True)
	before = message if way == "keys" else button
	before.focus()
	for end in ("Escape", "click", "New conversation"):
		page.keyboard.press("Control+k" if way == "keys" else "Enter")
		expect(page.get_by_role("searchbox")).to_be_focused()
		if end == "Escape":
			page.keyboard.press(end)
		elif end == "click":
			page.locator(".curtain").click(position={"x": 380, "y": 400})
		else:
			page.get_by_role("navigation").get_by_role("button", name=end).click()
		expect(page.get_by_role("navigation")).to_be_hidden()
		expect(message if end == "New conversation" else before).to_be_focused()


def test_a_drawer_is_closed_when_there_is_room_for_the_list(open_chat: Open) -> None:
	page = open_chat(**PHONE).page
	page.get_by_role("button", name="Conversations").tap()
	expect(page.get_by_role("searchbox")).to_be_focused()
	page.set_viewport_size({"width": 844, "height": 390})
	page.get_by_label("Message", exact=True).tap()
	expect(page.get_by_label("Message", exact=True)).to_be_focused()
	expect(page.get_by_role("navigation")).to_be_visible()


def test_a_picture_from_elsewhere_is_fetched_at_a_click(device: Device) -> None:
	device.ask("Show me.", "tour")
	device.wait_done()
	assert device.foreign == []
	with device.page.expect_popup():
		device.page.get_by_role("button", name="Open picture from pictures.example.com").click()
	expect(device.answer().get_by_role("link", name="The calendar")).to_be_visible()
	assert set(device.foreign) == {"https://pictures.example.com/calendar.png"}
