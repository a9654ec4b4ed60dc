"""What a person writes, until the site has it."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Route, expect

from tests.web.chat.conftest import Open
from tests.web.chat.device import REFUSED, Device

PIXEL = bytes.fromhex(
	"89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
	"0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


def attach(device: Device, name: str) -> None:
	"""A text file."""
	files = device.page.locator("input[type=file]")
	files.set_input_files([{"name": name, "mimeType": "text/plain", "buffer": b"Milk"}])
	expect(device.page.locator(".composer").get_by_text(name)).to_be_visible()


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
	program = FilePayload(name="program.bin", mimeType="application/octet-stream", buffer=b"\x00\xff\x00")
	files.set_input_files(
		[
			{"name": "notes.md", "mimeType": "text/markdown", "buffer": b"# Notes"},
			{"name": "pixel.png", "mimeType": "image/png", "buffer": PIXEL},
			program,
		]
	)
	refusal = device.page.get_by_text("program.bin is neither text nor an image that can be read.")
	expect(refusal).to_be_visible()
	device.ask("What is in them?")
	device.wait_done()
	expect(refusal).to_be_hidden()
	question = device.page.get_by_role("article", name="You")
	expect(question.get_by_text("notes.md")).to_be_visible()
	expect(question.locator("img")).to_be_visible()
	device.page.get_by_label("Message", exact=True).press("ArrowUp")
	device.page.get_by_label("Edit").fill("What is in the notes?")
	device.page.keyboard.press("Enter")
	expect(question.get_by_text("What is in the notes?")).to_be_visible()
	expect(question.get_by_text("notes.md")).to_be_visible()
	expect(question.locator("img")).to_be_visible()
	files.set_input_files([program])
	expect(refusal).to_be_visible()
	device.page.get_by_role("button", name="New conversation").first.click()
	expect(refusal).to_be_hidden()


def test_what_is_typed_while_the_first_message_is_on_its_way_stays(device: Device) -> None:
	page, held = device.page, list[Route]()
	message = page.get_by_label("Message", exact=True)
	page.route("**/ai_assistant.api.chat_completion", lambda route: held.append(route))
	with page.expect_request("**/ai_assistant.api.chat_completion"):
		device.ask("The first question")
	message.fill("The second thought")
	attach(device, "notes.txt")
	held[0].continue_()
	device.wait_done()
	expect(message).to_have_value("The second thought")
	expect(page.get_by_text("notes.txt")).to_be_visible()
	page.get_by_role("button", name="New conversation").first.click()
	expect(message).to_have_value("")
	expect(page.get_by_text("notes.txt")).to_be_hidden()
	device.choose("The first question")
	expect(message).to_have_value("The second thought")
	expect(page.get_by_text("notes.txt")).to_be_visible()


def test_a_message_that_was_refused_is_written_anew_or_given_up(device: Device) -> None:
	page = device.page
	message, waiting = page.get_by_label("Message", exact=True), page.locator(".sending")
	attach(device, "first.md")
	device.ask(REFUSED)
	expect(waiting.get_by_role("button", name="Try again")).to_be_visible()
	expect(message).to_have_value("")
	message.fill("Something else")
	attach(device, "notes.md")
	waiting.get_by_role("button", name="Edit").click()
	expect(waiting).to_be_hidden()
	expect(message).to_be_focused()
	expect(message).to_have_value(f"{REFUSED}\n\nSomething else")
	expect(page.locator(".composer .chip")).to_have_text(["first.md", "notes.md"])
	page.keyboard.press("Enter")
	waiting.get_by_role("button", name="Discard").click()
	expect(waiting).to_be_hidden()
	expect(message).to_be_focused()
	expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
	expect(message).to_have_value("")


def test_a_message_that_the_site_did_not_take_is_there_after_a_reload(device: Device) -> None:
	page = device.page
	message = page.get_by_label("Message", exact=True)
	device.ask(REFUSED)
	expect(page.get_by_role("button", name="Try again")).to_be_visible()
	page.reload()
	expect(message).to_have_value(REFUSED)
	device.ask("A text like any other")
	device.wait_done()
	page.reload()
	device.choose("A text like any other")
	expect(message).to_have_value("")
	device.ask(REFUSED)
	expect(page.get_by_role("button", name="Try again")).to_be_visible()
	message.fill("And a draft")
	page.reload()
	device.choose("A text like any other")
	expect(message).to_have_value(f"{REFUSED}\n\nAnd a draft")


def test_of_two_files_of_one_name_one_is_removed(device: Device) -> None:
	page = device.page
	for _ in range(2):
		page.locator("input[type=file]").set_input_files(
			[{"name": "image.png", "mimeType": "image/png", "buffer": PIXEL}]
		)
	remove = page.get_by_role("button", name="Remove image.png")
	expect(remove).to_have_count(2)
	remove.first.click()
	expect(remove).to_have_count(1)


def test_a_file_by_itself_waits_for_words(device: Device) -> None:
	page = device.page
	hint = page.get_by_text("Write what to do with it")
	attach(device, "notes.txt")
	expect(hint).to_be_visible()
	expect(page.get_by_role("button", name="Send")).to_be_disabled()
	page.get_by_label("Message", exact=True).fill("Read it.")
	expect(hint).to_be_hidden()
	expect(page.get_by_role("button", name="Send")).to_be_enabled()
