"""What a person does with conversations, with what was said, and before it is said."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.web.chat.conftest import Open
from tests.web.chat.device import Device

PIXEL = bytes.fromhex(
	"89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
	"0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


def test_a_conversation_is_renamed_archived_and_deleted(device: Device) -> None:
	device.ask("First name of it")
	device.wait_done()
	device.page.get_by_role("button", name="Rename").click()
	device.page.get_by_label("Rename").fill("Second name of it")
	device.page.keyboard.press("Enter")
	expect(device.entry("Second name of it")).to_be_visible()
	device.page.get_by_role("button", name="Archive", exact=True).click()
	expect(device.entry("Second name of it")).to_be_hidden()
	device.page.get_by_role("button", name="Archived").click()
	expect(device.entry("Second name of it")).to_be_visible()
	device.page.get_by_role("button", name="Delete").click()
	device.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
	expect(device.entry("Second name of it")).to_be_hidden()
	expect(device.page.get_by_role("heading", name="What would you like to know?")).to_be_visible()


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


def test_what_was_typed_is_there_after_a_reload(device: Device) -> None:
	device.page.get_by_label("Message", exact=True).fill("Not yet finis")
	device.page.reload()
	expect(device.page.get_by_label("Message", exact=True)).to_have_value("Not yet finis")
	device.ask("Done.")
	device.wait_done()
	expect(device.page.get_by_label("Message", exact=True)).to_have_value("")


def test_files_go_along_and_bounds_are_told(open_chat: Open) -> None:
	device = open_chat()
	files = device.page.get_by_label("Attach files", exact=True)
	files.set_input_files(
		[
			{"name": "notes.md", "mimeType": "text/markdown", "buffer": b"# Notes"},
			{"name": "pixel.png", "mimeType": "image/png", "buffer": PIXEL},
			{"name": "program.bin", "mimeType": "application/octet-stream", "buffer": b"\x00\xff\x00"},
		]
	)
	expect(device.page.get_by_role("alert")).to_have_text(
		"program.bin is neither text nor an image that can be read."
	)
	device.ask("What is in them?")
	device.wait_done()
	question = device.page.get_by_role("article", name="You")
	expect(question.get_by_text("notes.md")).to_be_visible()
	expect(question.locator("img")).to_be_visible()
	device.page.get_by_label("Message", exact=True).press("ArrowUp")
	device.page.get_by_label("Edit").fill("What is in the notes?")
	device.page.keyboard.press("Enter")
	expect(question.get_by_text("What is in the notes?")).to_be_visible()
	expect(question.get_by_text("notes.md")).to_be_visible()
	expect(question.locator("img")).to_be_visible()
