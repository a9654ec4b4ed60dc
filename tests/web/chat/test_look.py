"""What embedders, devices and readers may wish of how the chat looks, and what is copied from it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web.chat.conftest import Open
from tests.web.chat.device import Device


def test_code_is_coloured_and_copied_and_so_is_an_answer(open_chat: Open) -> None:
	device = open_chat(permissions=["clipboard-read", "clipboard-write"])
	page = device.page
	device.ask("Show me code.", "tour")
	device.wait_done()
	block = device.answer().locator("figure.code").first
	expect(block.locator("code span").first).to_be_visible()
	block.get_by_role("button", name="Copy").click()
	expect(block.get_by_role("button", name="Copied")).to_be_visible()
	copied = page.evaluate("navigator.clipboard.readText()")
	assert copied
	assert copied == block.locator("code").text_content()
	device.answer().locator("footer").get_by_role("button", name="Copy").click()
	expect(device.answer().locator("footer").get_by_role("button", name="Copied")).to_be_visible()
	assert f"\n{copied}\n```" in page.evaluate("navigator.clipboard.readText()")


def test_each_conversation_keeps_its_own_draft(device: Device) -> None:
	message = device.page.get_by_label("Message", exact=True)
	device.ask("The one with a draft")
	device.wait_done()
	message.fill("For this one")
	device.page.get_by_role("button", name="New conversation").first.click()
	expect(message).to_have_value("")
	message.fill("For a new one")
	device.page.reload()
	expect(message).to_have_value("For a new one")
	device.choose("The one with a draft")
	expect(message).to_have_value("For this one")
	device.page.get_by_role("button", name="New conversation").first.click()
	expect(message).to_have_value("For a new one")
	device.choose("The one with a draft")
	device.arrange("The one with a draft", "Delete")
	device.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
	expect(message).to_have_value("For a new one")


def test_whoever_embeds_it_chooses_its_colours(open_chat: Open) -> None:
	page = open_chat('style="--ai-accent: rgb(1, 2, 3); --ai-ground: rgb(4, 5, 6)"').page
	page.get_by_label("Message", exact=True).fill("Any colour")
	expect(page.get_by_role("button", name="Send")).to_have_css("background-color", "rgb(1, 2, 3)")
	expect(page.locator("ai-assistant-chat")).to_have_css("background-color", "rgb(4, 5, 6)")


@pytest.mark.parametrize("wish", ["no-preference", "reduce"])
def test_nothing_moves_for_those_who_wish_that(open_chat: Open, wish: str) -> None:
	device = open_chat(reduced_motion=wish)
	device.ask("Think.", "thinking")
	expect(device.answer().locator(".running").first).to_be_visible()
	device.page.wait_for_function(
		"""isMoving => isMoving ===
			(document.querySelector("ai-assistant-chat").shadowRoot.getAnimations().length > 0)""",
		arg=wish == "no-preference",
	)
