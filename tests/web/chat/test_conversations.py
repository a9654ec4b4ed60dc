"""What a person does with conversations, and with what was said."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.system.conftest import Served
from tests.web.browser import INSECURE
from tests.web.chat.conftest import Open
from tests.web.chat.device import MODELS, PHONE, REFUSED, Device


def test_a_conversation_is_renamed_archived_and_deleted_in_its_heading(device: Device) -> None:
	page = device.page
	device.ask("First name of it")
	device.wait_done()
	options = page.get_by_role("main").get_by_role("button", name="Options of")
	options.click()
	page.get_by_role("menuitem", name="Rename").click()
	page.get_by_role("textbox", name="Rename").fill("Second name of it")
	page.keyboard.press("Enter")
	expect(device.entry("Second name of it")).to_be_visible()
	options.click()
	page.get_by_role("menuitem", name="Archive").click()
	expect(device.entry("Second name of it")).to_be_hidden()
	page.get_by_role("button", name="Archived").click()
	expect(device.entry("Second name of it")).to_be_visible()
	options.click()
	page.get_by_role("menuitem", name="Delete").click()
	page.get_by_role("dialog").get_by_role("button", name="Delete").click()
	expect(device.entry("Second name of it")).to_be_hidden()
	expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()


def test_a_conversation_that_is_not_open_is_arranged_in_the_list(device: Device) -> None:
	page = device.page
	device.ask("Old name of the other")
	device.wait_done()
	page.get_by_role("button", name="New conversation").first.click()
	device.ask("The open one")
	device.wait_done()
	device.arrange("Old name of the other", "Rename")
	page.get_by_role("textbox", name="Rename").fill("New name of the other")
	page.keyboard.press("Enter")
	device.arrange("New name of the other", "Archive")
	expect(device.entry("New name of the other")).to_be_hidden()
	page.get_by_role("button", name="Archived").click()
	device.arrange("New name of the other", "Restore")
	expect(device.entry("New name of the other")).to_be_hidden()
	page.get_by_role("button", name="Archived").click()
	device.arrange("New name of the other", "Delete")
	page.get_by_role("dialog").get_by_role("button", name="Delete").click()
	expect(device.entry("New name of the other")).to_be_hidden()
	expect(page.get_by_role("heading", name="The open one")).to_be_visible()


def test_the_menu_of_an_entry_is_reached_by_keyboard(device: Device) -> None:
	page = device.page
	device.ask("By keyboard only", "long")
	expect(device.answer()).to_contain_text("t5 ")
	device.entry("By keyboard only").focus()
	page.keyboard.press("Tab")
	options = page.get_by_role("navigation").get_by_role("button", name="Options of “By keyboard only”")
	expect(options).to_be_focused()
	page.keyboard.press("Enter")
	expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
	page.keyboard.press("ArrowDown")
	expect(page.get_by_role("menuitem", name="Archive")).to_be_focused()
	page.keyboard.press("Escape")
	expect(options).to_be_focused()
	expect(page.get_by_role("menuitem")).to_have_count(0)
	expect(page.get_by_role("button", name="Stop")).to_be_visible()
	page.keyboard.press("Escape")
	expect(device.answer()).to_contain_text("This answer was stopped.")


def test_the_menu_of_an_entry_is_reached_by_touch(open_chat: Open) -> None:
	device = open_chat(**PHONE)
	device.ask("By touch only")
	device.wait_done()
	device.page.get_by_role("button", name="Conversations").tap()
	options = device.page.get_by_role("navigation").get_by_role("button", name="Options of “By touch only”")
	expect(options).to_have_css("opacity", "1")
	options.tap()
	device.page.get_by_role("menuitem", name="Archive").tap()
	expect(device.entry("By touch only")).to_be_hidden()
	expect(device.page.locator(".entries")).to_be_focused()


def test_a_new_conversation_asks_for_nothing_that_is_not_there(device: Device) -> None:
	failed: list[str] = []
	device.page.on(
		"console", lambda message: failed.append(message.text) if message.type == "error" else None
	)
	device.page.reload()
	device.ask("Is anything missing?")
	device.wait_done()
	device.page.get_by_role("button", name="New conversation").first.click()
	expect(device.page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
	device.ask("And now?")
	device.wait_done()
	assert failed == []


def test_the_model_that_was_chosen_or_asked_last_is_offered(device: Device) -> None:
	model = device.page.get_by_label("Model", exact=True)
	device.ask("With the tour.", "tour")
	device.wait_done()
	device.page.get_by_role("button", name="New conversation").first.click()
	expect(model.locator("option:checked")).to_have_text(MODELS["tour"])
	model.select_option(label=MODELS["long"])
	device.page.reload()
	expect(model.locator("option:checked")).to_have_text(MODELS["long"])
	device.choose("With the tour.")
	expect(model.locator("option:checked")).to_have_text(MODELS["tour"])


def test_conversations_are_found_by_title_and_by_what_was_said(device: Device) -> None:
	device.ask("Where do wombats sleep?")
	device.wait_done()
	device.page.get_by_role("searchbox").fill("wombats")
	expect(device.page.get_by_role("heading", name="In messages")).to_be_visible()
	expect(device.entry("Where do wombats sleep?")).to_have_count(2)
	device.page.get_by_role("searchbox").fill("nothing of that kind")
	expect(device.page.get_by_text("Nothing found.")).to_be_visible()


def test_a_question_is_asked_in_other_words_and_both_versions_stay(device: Device) -> None:
	device.ask("A questoin")
	device.wait_done()
	device.page.get_by_label("Message", exact=True).press("ArrowUp")
	device.page.get_by_label("Edit").fill("A question")
	device.page.keyboard.press("Enter")
	expect(device.page.get_by_role("article", name="You")).to_contain_text("A question")
	device.wait_done()
	device.page.get_by_role("button", name="Previous version").click()
	expect(device.page.get_by_role("article", name="You")).to_contain_text("A questoin")


def test_another_wording_that_is_refused_stays_where_it_was_written(device: Device) -> None:
	page, held = device.page, list[Route]()
	device.ask("A qestion")
	device.wait_done()
	page.get_by_label("Message", exact=True).press("ArrowUp")
	field = page.get_by_role("textbox", name="Edit")
	field.fill(REFUSED)
	field.press("Enter")
	expect(page.get_by_role("alert")).to_be_visible()
	expect(field).to_have_value(REFUSED)
	expect(field).to_be_focused()
	page.route("**/ai_assistant.api.chat.edit_message", lambda route: held.append(route))
	field.fill("A quiet question")
	with page.expect_request("**/ai_assistant.api.chat.edit_message"):
		field.press("Enter")
	expect(page.locator(".editor").get_by_role("button", name="Send")).to_be_disabled()
	held[0].continue_()
	expect(field).to_be_hidden()
	expect(page.get_by_role("article", name="You")).to_contain_text("A quiet question")


def test_an_answer_is_made_again_and_rated(device: Device) -> None:
	device.ask("Again, please.")
	device.wait_done()
	device.page.get_by_role("button", name="Answer again").click()
	expect(device.page.get_by_role("group", name="Version 2 of 2")).to_be_visible()
	good = device.page.get_by_role("button", name="Good answer")
	good.click()
	expect(good).to_have_attribute("aria-pressed", "true")
	good.click()
	expect(good).to_have_attribute("aria-pressed", "false")


def test_an_answer_is_copied_on_a_page_that_is_not_served_securely(open_chat: Open, site: Served) -> None:
	device = open_chat(url=site.url.replace("127.0.0.1", INSECURE))
	device.ask("What shall I copy?")
	device.wait_done()
	device.answer().get_by_role("button", name="Copy").click()
	expect(device.answer().get_by_role("button", name="Copied")).to_be_focused()
	message = device.page.get_by_label("Message", exact=True)
	message.press("ControlOrMeta+v")
	expect(message).to_have_value("t0 t1 t2 t3 t4 ")
