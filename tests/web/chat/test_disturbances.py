"""The chat over connections that break, and before a site that ends."""

from __future__ import annotations

import re

import psutil
from playwright.sync_api import expect

from tests.system.conftest import Served
from tests.web.chat.conftest import Open
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
		expect(device.page.get_by_text(re.compile(r"^Thinking \d s"))).to_be_visible()
		device.check_whole("thinking")


def test_an_answer_goes_on_when_the_site_is_started_anew(open_chat: Open, own_site: Served) -> None:
	with Proxy(own_site.url) as proxy:
		device = open_chat(url=proxy.url, at=own_site)
		device.ask("Think for longer than a site takes to stop.", "pondering")
		expect(device.page.get_by_text(re.compile(r"^Thinking \d s"))).to_be_visible()
		own_site.stop()
		own_site.start()
		proxy.target = own_site.url
		device.wait_done(RECOVERY)
		device.check_whole("pondering")


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
