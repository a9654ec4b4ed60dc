"""What a person does with the chat."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Route, expect

from ai_assistant.hosts.standalone.database import database_engine
from ai_assistant.hosts.standalone.tables import runs
from tests.system.conftest import Served
from tests.web.chat.conftest import Open
from tests.web.chat.device import Device

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
"""A PNG of one pixel."""


def test_the_thinking_is_shown_with_its_seconds(device: Device) -> None:
	device.ask("Think first.", "thinking")
	expect(device.page.get_by_text(re.compile(r"^Thinking [2-9]\ss"))).to_be_visible()
	device.page.reload()
	device.choose("Think first.")
	expect(device.page.get_by_text(re.compile(r"^Thinking [2-9]\ss"))).to_be_visible()
	expect(device.page.get_by_role("button", name="Stop")).to_be_visible()
	device.wait_done()
	expect(device.answer().get_by_text(re.compile(r"^Thought for \d\ss"))).to_be_visible()
	expect(device.page.get_by_role("button", name="Send")).to_be_disabled()


def test_an_answer_is_set_as_it_is_meant(device: Device) -> None:
	device.ask("How many days?", "tour")
	expect(device.answer().get_by_text("20 days a year")).to_be_visible()
	device.wait_done()
	expect(device.answer().get_by_role("table")).to_contain_text("until 31 March")
	expect(device.answer().locator("footer small")).to_have_text(
		re.compile("tokens · cost .* · first word after")
	)


def test_a_question_without_an_answer_is_tried_again_after_a_reload(device: Device) -> None:
	device.ask("May I?", "refused")
	said = device.answer().locator(".failure.failed")
	expect(said).to_contain_text("Try again")
	told = said.inner_text()
	device.page.reload()
	device.choose("May I?")
	expect(said).to_have_text(told, use_inner_text=True)
	device.choose_model("refused")
	said.get_by_role("button", name="Try again").click()
	device.check_whole("refused")
	expect(said).to_be_hidden()
	expect(device.page.locator("ai-assistant-answer")).to_have_count(1)


def test_a_question_of_which_no_run_tells_any_more_is_tried_again(device: Device, site: Served) -> None:
	with device.page.expect_response("**/ai_assistant.api.chat_completion") as asked:
		device.ask("Will you forget me?", "exhausted")
	task_id = asked.value.json()["message"]["task_id"]
	expect(device.answer().locator(".failure.failed")).to_be_visible()
	database = database_engine(None, site.data)
	with database.begin() as connection:
		connection.execute(runs.delete().where(runs.c.id == task_id))
	database.dispose()
	device.page.reload()
	device.choose("Will you forget me?")
	unanswered = device.page.get_by_text("This question was not answered.")
	expect(unanswered).to_be_visible()
	device.choose_model("quick")
	device.page.get_by_role("button", name="Try again").click()
	device.check_whole("quick")
	expect(unanswered).to_be_hidden()


def test_what_an_answer_took_is_told_again_when_the_page_is_opened_again(device: Device) -> None:
	device.ask("What do you take?")
	device.wait_done()
	figures = device.answer().locator("footer small")
	expect(figures).to_have_text(re.compile("tokens · cost .* · first word after"))
	told = figures.inner_text()
	device.page.reload()
	device.choose("What do you take?")
	expect(figures).to_have_text(told)


def test_thoughts_are_inside_their_line(device: Device) -> None:
	device.ask("Think.")
	device.wait_done()
	expect(device.answer().get_by_text("r0 r1")).to_be_hidden()
	device.answer().get_by_text("Thought for").click()
	expect(device.answer().get_by_text("r0 r1")).to_be_visible()


def test_a_source_opens_its_passage(device: Device) -> None:
	device.ask("Says who?", "sourced")
	device.wait_done()
	device.page.reload()
	device.choose("Says who?")
	first, second = (
		device.answer().get_by_role("button", name=f"Source: Page {number}") for number in (0, 1)
	)
	first.click()
	expect(first).to_have_attribute("aria-expanded", "true")
	expect(device.answer().get_by_text("What page 0 says.")).to_be_visible()
	second.click()
	expect(device.answer().get_by_text("What page 1 says.")).to_be_visible()
	expect(device.answer().get_by_text("What page 0 says.")).to_be_hidden()
	expect(device.answer().get_by_role("link", name="https://example.com/1")).to_be_visible()
	device.answer().get_by_role("button", name="Close").click()
	expect(device.answer().get_by_text("What page 1 says.")).to_be_hidden()
	expect(second).to_have_attribute("aria-expanded", "false")


def test_an_answer_is_stopped_and_keeps_what_it_had(device: Device) -> None:
	device.ask("Tell me all.", "long")
	expect(device.answer()).to_contain_text("t20 ")
	device.page.get_by_role("button", name="Stop").click()
	expect(device.answer()).to_contain_text("This answer was stopped.")
	expect(device.answer()).to_contain_text("t20 ")
	expect(device.page.get_by_role("button", name="Send")).to_be_visible()


def test_a_broken_answer_keeps_its_text_and_can_be_tried_again(device: Device) -> None:
	device.ask("Break.", "broken")
	device.wait_done()
	expect(device.answer()).to_contain_text("t0 t1 t2 t3 t4")
	device.choose_model("quick")
	device.answer().get_by_role("button", name="Try again").click()
	expect(device.answer()).to_contain_text("2/2")
	expect(device.answer().get_by_role("button", name="Try again")).to_be_hidden()


def test_a_busy_provider_is_asked_again_and_the_time_until_then_is_told(device: Device) -> None:
	device.ask("Are you there?", "busy")
	expect(device.page.get_by_text(re.compile(r"next try in [123]\ss"))).to_be_visible()
	device.wait_done()
	expect(device.answer()).to_contain_text("t0 t1 t2 t3 t4")


def test_an_exhausted_provider_is_asked_again_when_it_says_so(device: Device) -> None:
	device.page.clock.install()
	device.ask("Are you there?", "exhausted")
	again = device.answer().get_by_role("button", name="Try again")
	expect(again).to_have_text(re.compile(r"Try again in 1\smin\s(30|2\d)\ss"))
	expect(again).to_be_disabled()
	device.page.clock.fast_forward(80_000)
	expect(again).to_have_text(re.compile(r"Try again in (10|\d)\ss"))
	device.page.clock.fast_forward(10_000)
	expect(again).to_have_text("Try again")
	expect(again).to_be_enabled()


def test_a_call_of_a_tool_is_shown_with_its_arguments(device: Device) -> None:
	device.ask("How is the weather?", "calling")
	device.wait_done()
	call = device.answer().locator(".tool")
	call.get_by_text("Called get_weather").click()
	expect(call.get_by_text('{"words":"a0 a1 a2 "}')).to_be_visible()


def test_a_question_tells_its_place_in_line_and_is_tried_again_though_it_was_stopped_there(
	device: Device,
) -> None:
	device.ask("Tell me all.", "long")
	expect(device.answer()).to_contain_text("t5 ")
	device.ask("And then?", "long")
	expect(device.answer()).to_contain_text("Waiting, number 1 in line")
	device.ask("And after that?", "long")
	expect(device.answer()).to_contain_text("Waiting, number 2 in line")
	device.page.keyboard.press("Escape")
	expect(device.page.get_by_text("This answer was stopped.")).to_have_count(3)
	device.page.reload()
	device.choose("Tell me all.")
	expect(device.page.get_by_role("article", name="You")).to_have_count(3)
	device.choose_model("quick")
	device.page.get_by_role("button", name="Try again").last.click()
	device.check_whole("quick")


def test_two_clicks_ask_for_one_answer(device: Device) -> None:
	device.ask("Break.", "broken")
	device.wait_done()
	device.choose_model("quick")
	asked = []
	device.page.on(
		"request", lambda request: asked.append(request.url) if "regenerate" in request.url else None
	)
	device.answer().get_by_role("button", name="Try again").dblclick()
	expect(device.answer()).to_contain_text("2/2")
	device.check_whole("quick")
	assert len(asked) == 1


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_device_whose_clock_is_wrong_tells_the_seconds_of_the_site(device: Device, hours: int) -> None:
	device.context.add_init_script(f"const now = Date.now; Date.now = () => now() + {hours * 3_600_000}")
	device.page.reload()
	device.ask("Think first.", "thinking")
	expect(device.page.get_by_text(re.compile(r"^Thinking [1-5]\ss"))).to_be_visible()
	device.page.keyboard.press("Escape")
	expect(device.answer()).to_contain_text("This answer was stopped.")
	device.ask("Are you there?", f"busy{hours}")
	expect(device.page.get_by_text(re.compile(r"next try in [123]\ss"))).to_be_visible()


def test_a_page_that_is_opened_again_goes_on_with_the_answer(device: Device) -> None:
	device.ask("A long story, please.", "long")
	expect(device.answer()).to_contain_text("t20 ")
	device.page.reload()
	device.choose("A long story, please.")
	expect(device.answer()).to_contain_text(re.compile("t0 t1 t2 .* t100 "))
	device.page.keyboard.press("Escape")
	expect(device.answer()).to_contain_text("This answer was stopped.")


def test_two_windows_show_the_same(open_chat: Open) -> None:
	one, two = open_chat(), open_chat()
	one.ask("What do both see?", "thinking")
	two.choose("What do both see?")
	expect(two.page.get_by_text(re.compile(r"^Thinking \d\ss"))).to_be_visible()
	one.wait_done()
	two.wait_done()
	assert one.answer().inner_text() == two.answer().inner_text()


def test_nothing_in_an_answer_runs_or_fetches(device: Device) -> None:
	"""Neither while it is made nor when it is read again; what runs opens a dialog or fails, which every test sees."""
	kinds: set[str] = set()
	device.page.on("request", lambda request: kinds.add(request.resource_type))
	device.ask("Attack me.", "attacks")
	expect(device.answer()).to_contain_text("The end.")
	device.wait_done()
	device.page.reload()
	device.choose("Attack me.")
	expect(device.answer()).to_contain_text("The end.")
	assert device.foreign == []
	assert kinds <= {"document", "script", "fetch", "websocket"}


def test_an_image_that_was_sent_is_shown_and_a_file_named(device: Device, tmp_path: Path) -> None:
	image, notes = tmp_path / "dot.png", tmp_path / "notes.txt"
	image.write_bytes(base64.b64decode(DOT))
	notes.write_text("Milk")
	device.page.locator("input[type=file]").set_input_files([image, notes])
	expect(device.page.get_by_text("notes.txt")).to_be_visible()
	device.ask("What is on the picture?")
	device.wait_done()
	question = device.page.locator("ai-assistant-question")
	expect(question.get_by_role("img", name="image-1.png")).to_have_attribute(
		"src", re.compile(re.escape(DOT))
	)
	expect(question.get_by_text("notes.txt")).to_be_visible()


def test_an_image_goes_without_words_and_is_named_on_its_way(device: Device) -> None:
	page, held = device.page, list[Route]()
	device.choose_model("quick")
	page.route("**/ai_assistant.api.chat_completion", lambda route: held.append(route))
	image = FilePayload(name="dot.png", mimeType="image/png", buffer=base64.b64decode(DOT))
	page.locator("input[type=file]").set_input_files([image])
	with page.expect_request("**/ai_assistant.api.chat_completion"):
		page.get_by_role("button", name="Send").click()
	question = page.get_by_role("article", name="You")
	expect(question).to_contain_text("image-1")
	expect(question.locator(".said")).to_have_count(0)
	held[0].continue_()
	expect(question.get_by_role("img", name="image-1.png")).to_be_visible()
	expect(question.locator(".said")).to_have_count(0)
