"""The list of conversations where it is long, and where it cannot be read."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.system.conftest import Served
from tests.web.chat.conftest import Open
from tests.web.proxy import Proxy


def test_what_cannot_be_listed_is_told_and_listed_later(open_chat: Open, site: Served) -> None:
	with Proxy(site.url) as proxy:
		device = open_chat(url=proxy.url)
		page, navigation = device.page, device.page.get_by_role("navigation")
		device.ask("Not in the archive")
		device.wait_done()
		proxy.cut()
		expect(page.get_by_text("No connection.")).to_be_visible()
		page.get_by_role("button", name="Archived").click()
		expect(navigation.get_by_role("alert")).to_contain_text("The site cannot be reached.")
		expect(device.entry("Not in the archive")).to_be_hidden()
		navigation.get_by_role("button", name="Try again").click()
		page.get_by_role("searchbox").fill("archive")
		proxy.mend()
		expect(navigation.get_by_role("alert")).to_be_hidden()
		page.get_by_role("button", name="Archived").click()
		expect(device.entry("Not in the archive").first).to_be_visible()


def test_a_list_stays_as_long_as_it_was_when_an_answer_is_made(open_chat: Open, site: Served) -> None:
	device = open_chat(user="bob")
	device.page.evaluate(
		"""async token => {
			const headers = { Authorization: `token ${token}`, "Content-Type": "application/json" };
			for (let number = 0; number < 35; number++)
				await fetch("/api/method/ai_assistant.api.chat.create_conversation",
					{ method: "POST", headers, body: JSON.stringify({ title: `Number ${number}` }) });
		}""",
		site.tokens["bob"],
	)
	device.page.reload()
	entries = device.page.get_by_role("navigation").locator(".entry")
	expect(entries).to_have_count(30)
	device.page.get_by_role("button", name="Show more").click()
	expect(entries).to_have_count(35)
	device.ask("One more")
	device.wait_done()
	expect(entries).to_have_count(36)


def test_a_device_without_room_remembers_nothing_and_goes_on(open_chat: Open) -> None:
	device = open_chat()
	device.page.get_by_label("Model", exact=True).wait_for()
	device.page.evaluate("""for (let size = 1 << 22; size >= 1; size >>= 1)
		try { for (let n = 0; ; n++) localStorage.setItem(`${size}.${n}`, "x".repeat(size)) } catch {}""")
	device.page.get_by_label("Message", exact=True).press_sequentially("No room")
	device.choose_model("quick")
	device.page.get_by_label("Message", exact=True).press("Enter")
	device.wait_done()
