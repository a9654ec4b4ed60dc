"""What a person does on the page of a site."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.contract.host import MODELS, text_of
from tests.system.conftest import Served
from tests.web.browser import INSECURE
from tests.web.page.conftest import PICTURES, Open
from tests.web.page.window import Window


def test_a_first_visitor_signs_in_asks_and_sees_the_answer_made(visitor: Window, password: str) -> None:
	page = visitor.page
	visitor.sign_in("Administrator", "a guess")
	expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
	page.get_by_label("Password").fill(password)
	page.keyboard.press("Enter")
	page.get_by_label("Model", exact=True).select_option(label=MODELS["thinking"])
	page.get_by_label("Message", exact=True).fill("What is there to see?")
	page.keyboard.press("Enter")
	expect(page.get_by_text(re.compile(r"^Thinking [2-9]\ss"))).to_be_visible()
	expect(page.get_by_text(re.compile(r"^Thought for \d\ss"))).to_be_visible()
	page.get_by_text("Thought for").click()
	expect(page.get_by_text("r0 r1 r2")).to_be_visible()
	expect(page.get_by_text("t0 t1 t2")).to_be_visible()


def test_the_address_keeps_the_conversation(admin: Window, site: Served) -> None:
	admin.page.get_by_label("Message", exact=True).fill("Where was I?")
	admin.page.keyboard.press("Enter")
	expect(admin.page.get_by_role("heading", name="Where was I?")).to_be_visible()
	expect(admin.page).to_have_url(re.compile("#/.+"))
	expect(admin.page.locator("ai-assistant-answer footer")).to_be_visible()
	admin.page.get_by_label("Message", exact=True).fill("And where am I going?")
	admin.page.reload()
	expect(admin.page.get_by_role("heading", name="Where was I?")).to_be_visible()
	expect(admin.page.get_by_label("Message", exact=True)).to_have_value("And where am I going?")


def test_a_reload_in_the_middle_of_an_answer_goes_on_with_it(admin: Window) -> None:
	page = admin.page
	page.get_by_label("Model", exact=True).select_option(label=MODELS["lasting"])
	page.get_by_label("Message", exact=True).fill("A long story, please.")
	page.keyboard.press("Enter")
	expect(page.get_by_text("t20 ")).to_be_visible()
	page.reload()
	expect(page.get_by_role("button", name="Stop")).to_be_visible()
	expect(page.locator(".answer > ai-assistant-markdown").last).to_have_text(text_of("lasting").strip())
	expect(page.get_by_label("Model", exact=True).locator("option:checked")).to_have_text(MODELS["lasting"])


def test_who_signs_out_is_out(admin: Window) -> None:
	admin.page.get_by_role("button", name="Sign out").click()
	expect(admin.page.get_by_label("User name")).to_be_focused()
	admin.page.reload()
	expect(admin.page.get_by_label("User name")).to_be_visible()


def test_an_administrator_adds_a_provider_tests_it_and_asks_it_first(admin: Window, site: Served) -> None:
	page = admin.page
	admin.view("Providers")
	page.get_by_role("button", name="Add a provider").click()
	page.get_by_label("Name", exact=True).fill("elsewhere")
	page.get_by_label("Base URL").fill("http://127.0.0.1:9/v1")
	page.get_by_label("API key").fill("sk-secret")
	page.get_by_label("Models", exact=True).fill(f"sim:text=5,reasoning=2\nsim:text=6\n{MODELS['long']}")
	page.get_by_role("button", name="Add", exact=True).click()
	page.get_by_role("button", name="Test: elsewhere").click()
	expect(page.get_by_text("Check its base URL")).to_be_visible()

	page.get_by_role("button", name="Change: elsewhere").click()
	page.get_by_label("Base URL").fill(f"{site.simulator.url}/v1")
	page.get_by_role("button", name="Save").click()
	expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Enter the key again")
	page.get_by_label("API key").fill("sk-secret")
	page.get_by_role("button", name="Save").click()
	page.get_by_role("button", name="Test: elsewhere").click()
	expect(page.get_by_text(re.compile("sim:text=5,reasoning=2 answers after"))).to_be_visible()

	expect(page.get_by_role("listitem").first).to_contain_text("simulator")
	page.get_by_role("button", name="Ask elsewhere earlier").focus()
	with page.expect_response("**/ai_assistant.api.admin.order_providers"):
		page.keyboard.press("Enter")
	expect(page.get_by_role("listitem").first).to_contain_text("elsewhere")
	expect(page.get_by_role("button", name="Ask elsewhere later")).to_be_focused()
	for asked_first in ("simulator", "elsewhere"):
		with page.expect_response("**/ai_assistant.api.admin.order_providers"):
			page.get_by_role("listitem").last.drag_to(page.get_by_role("listitem").first)
		expect(page.get_by_role("listitem").first).to_contain_text(asked_first)
	page.reload()
	expect(page.get_by_role("listitem").first).to_contain_text("elsewhere")
	assert "sk-secret" not in page.content()

	page.get_by_role("link", name="Chat").click()
	models = page.get_by_label("Model", exact=True).get_by_role("option")
	expect(models.filter(has_text="sim:text=6")).to_have_text("sim:text=6")
	expect(models.filter(has_text=MODELS["long"])).to_have_text(
		[f"elsewhere/{MODELS['long']}", f"simulator/{MODELS['long']}"]
	)
	page.get_by_label("Message", exact=True).fill("Who answers?")
	page.keyboard.press("Enter")
	expect(page.get_by_text("t0 t1 t2 t3 t4")).to_be_visible()

	admin.view("Providers")
	page.get_by_role("button", name="Remove: elsewhere").click()
	page.get_by_role("dialog").get_by_role("button", name="Remove").click()
	expect(page.get_by_role("listitem")).to_have_count(1)


def test_a_user_who_was_added_sees_nothing_for_administrators(
	admin: Window, open_page: Open, site: Served
) -> None:
	admin.view("Users")
	admin.page.get_by_label("User name").fill("zoe")
	admin.page.get_by_role("button", name="Add a user").click()
	user = open_page()
	user.sign_in("zoe", admin.page.locator(".notice code").inner_text())
	expect(user.page.get_by_label("Message", exact=True)).to_be_visible()
	expect(user.page.get_by_role("link", name="Providers")).to_have_count(0)
	user.page.goto(f"{site.url}/#/admin/providers")
	user.page.reload()
	expect(user.page.get_by_label("Message", exact=True)).to_be_visible()
	expect(user.page.get_by_role("heading", name="Providers")).to_have_count(0)

	admin.page.get_by_role("button", name="Disable: zoe").click()
	expect(admin.page.get_by_role("button", name="Enable: zoe")).to_be_visible()
	user.page.reload()
	expect(user.page.get_by_label("User name")).to_be_visible()


def test_a_password_is_copied_on_a_page_that_is_not_served_securely(
	open_page: Open, password: str, site: Served
) -> None:
	window = open_page(site.url.replace("127.0.0.1", INSECURE))
	window.sign_in("Administrator", password)
	window.view("Users")
	name = window.page.get_by_label("User name")
	name.fill("yan")
	window.page.get_by_role("button", name="Add a user").click()
	window.page.get_by_role("button", name="Copy").click()
	expect(window.page.get_by_role("button", name="Copied")).to_be_focused()
	name.press("ControlOrMeta+v")
	expect(name).to_have_value(window.page.locator(".notice code").inner_text())


def test_a_session_that_ends_leads_back_to_the_form(admin: Window) -> None:
	admin.page.get_by_label("Model", exact=True).wait_for()
	admin.context.clear_cookies()
	admin.context.add_cookies([{"name": "sid", "value": "gone", "url": admin.page.url}])
	admin.page.get_by_role("link", name="Users").click()
	expect(admin.page.get_by_role("alert")).to_have_text("Your session has ended. Sign in again.")


def test_who_signs_in_again_goes_on_in_the_chat_with_what_was_written(admin: Window, password: str) -> None:
	page = admin.page
	message = page.get_by_label("Message", exact=True)
	message.fill("Before the end")
	message.press("Enter")
	expect(page.locator("ai-assistant-answer footer")).to_be_visible()
	admin.context.clear_cookies()
	admin.context.add_cookies([{"name": "sid", "value": "gone", "url": page.url}])
	message.fill("After the end")
	message.press("Enter")
	expect(page.locator("[role=alert]:visible")).to_have_text("Your session has ended. Sign in again.")
	admin.sign_in("Administrator", password)
	expect(page.get_by_role("heading", name="Before the end")).to_be_visible()
	page.get_by_role("article", name="You").last.get_by_role("button", name="Try again").click()
	expect(page.locator("ai-assistant-answer footer")).to_have_count(2)
	expect(page.locator("ai-assistant-question").last).to_contain_text("After the end")


def test_the_address_without_a_conversation_is_a_new_one(admin: Window) -> None:
	page = admin.page
	page.get_by_label("Message", exact=True).fill("Where will I be?")
	page.keyboard.press("Enter")
	expect(page.get_by_role("heading", name="Where will I be?")).to_be_visible()
	page.get_by_role("link", name="AI Assistant").click()
	expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
	page.go_back()
	expect(page.get_by_role("heading", name="Where will I be?")).to_be_visible()


def test_a_picture_from_elsewhere_opens_beside_the_page(admin: Window) -> None:
	page = admin.page
	admin.context.route("https://pictures.example.com/**", lambda route: route.fulfill(body="A picture"))
	page.get_by_label("Model", exact=True).select_option(label=PICTURES)
	page.get_by_label("Message", exact=True).fill("Show me.")
	page.keyboard.press("Enter")
	expect(page.locator("ai-assistant-answer footer")).to_be_visible()
	assert admin.errors == []
	with page.expect_popup() as beside:
		page.get_by_role("button", name="Open picture from pictures.example.com").click()
	beside.value.wait_for_url("https://pictures.example.com/calendar.png")
	assert all("Content Security Policy" in error for error in admin.errors)
	admin.errors.clear()


def test_an_administrator_sees_runs_and_figures_and_stops_a_run(admin: Window, site: Served) -> None:
	task_id = site.ask(MODELS["long"], "ann")
	page = admin.page
	admin.view("Live")
	under_way = page.locator(".figures > div").filter(has_text="Under way")
	expect(under_way.locator("dd").first).to_have_text("1")
	expect(under_way.get_by_role("img")).to_be_visible()
	admin.view("Runs")
	page.get_by_label("Status").select_option("Under way")
	page.get_by_label("User", exact=True).fill("ann")
	page.keyboard.press("Enter")
	expect(page.get_by_role("row")).to_have_count(2)
	page.get_by_role("button", name="Stop").click()
	expect(page.get_by_text("There are no such runs.")).to_be_visible()
	assert site.final(task_id).text
	page.get_by_label("Status").select_option("Done")
	expect(page.get_by_role("row").nth(1)).to_contain_text("Stopped")


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 780}}])
def test_nobody_is_kept_out_of_any_view(open_page: Open, password: str, options: dict[str, object]) -> None:
	window = open_page(**options)
	expect(window.page.get_by_label("User name")).to_be_visible()
	assert window.serious() == []
	window.sign_in("Administrator", password)
	for view in ("Providers", "Users", "Runs", "Live"):
		window.view(view)
		assert window.serious() == [], view
	window.view("Providers")
	window.page.get_by_role("button", name="Add a provider").click()
	assert window.serious() == []
	width = window.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
	assert width[0] <= width[1]


def test_the_page_speaks_the_language_of_the_browser(open_page: Open, password: str) -> None:
	window = open_page(locale="de-AT")
	window.page.get_by_label("Benutzername").fill("Administrator")
	window.page.get_by_label("Passwort").fill(password)
	window.page.get_by_role("button", name="Anmelden").click()
	window.page.get_by_role("link", name="Anbieter").click()
	expect(window.page.get_by_role("button", name="Anbieter hinzufügen")).to_be_visible()
	assert window.page.evaluate("document.documentElement.lang") == "de-AT"
