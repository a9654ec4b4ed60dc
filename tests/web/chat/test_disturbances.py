"""The chat over connections that break, and before a site that ends."""

from __future__ import annotations

import re

import psutil
import pytest
from playwright.sync_api import expect

from tests.system.conftest import Served
from tests.web.chat.conftest import Open
from tests.web.chat.device import Device
from tests.web.proxy import Proxy

RECOVERY = 60_000
"""Milliseconds in which a site that is started anew has done what was left undone."""


def test_a_connection_that_is_away_for_five_seconds_loses_nothing(open_chat: Open, site: Served) -> None:
	with Proxy(site.url) as proxy:
		device = open_chat(url=proxy.url)
		with device.page.expect_response("**/ai_assistant.api.chat_completion") as asked:
			device.ask("A long story, please.", "long")
		task_id = asked.value.json()["message"]["task_id"]
		expect(device.answer()).to_contain_text("t20 ")
		proxy.cut()
		expect(device.page.get_by_text("No connection.")).to_be_visible()
		site.wait_words(task_id, len(site.shown(task_id).text.split()) + 5 * 50)
		proxy.mend()
		expect(device.page.get_by_text("No connection.")).to_be_hidden()
		device.check_whole("long")


def test_without_websockets_the_answer_comes_as_a_stream(open_chat: Open, site: Served) -> None:
	with Proxy(site.url) as proxy:
		proxy.refused = ("websocket",)
		device = open_chat(url=proxy.url)
		with device.page.expect_request("**/ai_assistant.api.stream_events?*"):
			device.ask("Think first.", "thinking")
		expect(device.page.get_by_text(re.compile(r"^Thinking \d\ss"))).to_be_visible()
		device.check_whole("thinking")


def test_an_answer_goes_on_when_the_site_is_started_anew(open_chat: Open, own_site: Served) -> None:
	with Proxy(own_site.url) as proxy:
		device = open_chat(url=proxy.url, at=own_site)
		device.ask("Think for longer than a site takes to stop.", "interrupted")
		expect(device.page.get_by_text(re.compile(r"^Thinking \d\ss"))).to_be_visible()
		own_site.stop()
		own_site.start()
		proxy.target = own_site.url
		device.wait_done(RECOVERY)
		device.check_whole("interrupted")


def test_what_a_killed_site_had_written_is_kept_and_can_be_asked_again(
	open_chat: Open, own_site: Served
) -> None:
	with Proxy(own_site.url) as proxy:
		device = open_chat(url=proxy.url, at=own_site)
		device.ask("A long story, please.", "long")
		expect(device.answer()).to_contain_text("t20 ")
		family = psutil.Process(own_site.process.pid).children(recursive=True)
		own_site.kill()
		psutil.wait_procs(family, timeout=20)
		own_site.start()
		proxy.target = own_site.url
		again = device.answer().get_by_role("button", name="Try again")
		expect(again).to_be_enabled(timeout=RECOVERY)
		expect(device.answer()).to_contain_text("t20 ")
		device.choose_model("quick")
		again.click()
		expect(device.answer()).to_contain_text("2/2")
		device.check_whole("quick")


def test_who_is_not_signed_in_any_more_is_told_so_and_where_to_do_it(open_chat: Open) -> None:
	page = open_chat('token="no:body" sign-in="/login"').page
	expect(page.get_by_text("You are not signed in any more.")).to_be_visible()
	expect(page.get_by_role("link", name="Sign in again")).to_have_attribute("href", "/login")
	expect(page.get_by_text("No connection.")).to_be_hidden()


def test_a_page_that_was_opened_without_a_connection_is_filled_when_there_is_one(
	open_chat: Open, site: Served
) -> None:
	with Proxy(site.url) as proxy:
		proxy.cut()
		page = open_chat(url=proxy.url).page
		expect(page.get_by_role("navigation").get_by_role("button", name="Try again")).to_be_visible()
		expect(page.get_by_text("Loading…")).to_be_hidden()
		proxy.mend()
		expect(page.get_by_label("Model", exact=True)).to_be_visible()
		expect(page.get_by_role("navigation").get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize(
	"signal",
	["window.dispatchEvent(new Event('online'))", "document.dispatchEvent(new Event('visibilitychange'))"],
)
def test_the_connection_is_tried_at_once_when_the_network_or_the_reader_is_back(
	open_chat: Open, site: Served, signal: str
) -> None:
	with Proxy(site.url) as proxy:
		page = open_chat(url=proxy.url).page
		page.get_by_label("Model", exact=True).wait_for()
		page.clock.install()
		proxy.cut()
		expect(page.get_by_text("No connection.")).to_be_visible()
		page.clock.pause_at(page.evaluate("Date.now()") + 1_000)
		proxy.mend()
		with page.expect_response("**/ai_assistant.api.get_realtime_config"):
			page.evaluate(signal)
		page.clock.resume()
		expect(page.get_by_text("No connection.")).to_be_hidden()


def test_a_question_stays_while_it_is_answered_though_it_cannot_be_read(device: Device) -> None:
	page, history = device.page, "**/ai_assistant.api.chat.get_conversation_history*"
	device.ask("The first one")
	device.wait_done()
	device.context.route(history, lambda route: route.fulfill(status=500, body="{}"))
	device.ask("The second one", "both")
	expect(device.answer()).to_contain_text("t5 ")
	expect(page.get_by_role("article", name="You").last).to_have_text("The second one")
	device.context.unroute(history)
	device.wait_done()
	expect(page.locator("ai-assistant-question").last).to_contain_text("The second one")
	expect(page.get_by_role("article", name="You")).to_have_count(2)


def test_nothing_stays_of_a_conversation_that_is_deleted_elsewhere(open_chat: Open) -> None:
	here, there = open_chat(), open_chat()
	here.ask("To be deleted elsewhere", "long")
	expect(here.answer()).to_contain_text("t20 ")
	there.arrange("To be deleted elsewhere", "Delete")
	there.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
	expect(here.page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
	expect(here.page.locator("ai-assistant-answer")).to_have_count(0)
