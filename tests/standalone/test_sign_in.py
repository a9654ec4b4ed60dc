"""Who may ask: signing in and out, keys, guests and pages of other sites."""

from __future__ import annotations

import base64
from itertools import product
from typing import Any

from tests.standalone.conftest import API, CHAT, PASSWORD, Answer, RunningSite, refusal


async def sign_in(site: RunningSite, user: str = "ann") -> Answer:
	return await site.call("login", user=None, json={"usr": user, "pwd": PASSWORD})


async def test_login_sets_a_cookie_that_only_the_browser_sees(site: RunningSite) -> None:
	answer = await sign_in(site)
	assert answer.body == {"message": "Logged In", "home_page": "/", "full_name": "ann"}
	cookie = answer.headers["Set-Cookie"]
	assert cookie.startswith("sid=")
	assert "HttpOnly" in cookie
	assert "SameSite=lax" in cookie
	assert "Path=/" in cookie
	assert "Secure" not in cookie
	logged = await site.call("frappe.auth.get_logged_user", "GET", user=None)
	assert logged.body == {"message": "ann"}


async def test_cookie_is_secure_behind_tls(site: RunningSite) -> None:
	answer = await site.call(
		"login",
		user=None,
		json={"usr": "ann", "pwd": PASSWORD},
		headers={"X-Forwarded-Proto": "https"},
	)
	assert "Secure" in answer.headers["Set-Cookie"]


async def test_login_takes_a_form_and_passes_over_what_else_frappe_sends(site: RunningSite) -> None:
	form = {"usr": "ann", "pwd": PASSWORD, "cmd": "login", "device": "desktop"}
	assert (await site.call("login", user=None, data=form)).status == 200


async def test_wrong_password_is_401_and_sets_no_cookie(site: RunningSite) -> None:
	for usr in ("ann", "nobody", "", "Administrator' OR 1=1 --"):
		answer = await site.call("login", user=None, json={"usr": usr, "pwd": "wrong"})
		assert refusal(answer) == (401, "AuthenticationError", "auth"), usr
		assert "Set-Cookie" not in answer.headers


async def test_logout_ends_the_session(site: RunningSite) -> None:
	sid = (await sign_in(site)).headers["Set-Cookie"].partition(";")[0]
	assert (await site.call("logout", user=None)).status == 200
	site.http.cookie_jar.clear()
	answer = await site.call(f"{API}.models", "GET", user=None, headers={"Cookie": sid})
	assert refusal(answer) == (401, "AuthenticationError", "auth")


GUESTS_MAY_NOT: list[tuple[str, str, dict[str, Any]]] = [
	(CHAT, "POST", {"json": {"message": "hello"}}),
	(f"{API}.streaming_chat_completion", "POST", {"json": {"message": "hello"}}),
	(f"{API}.stop", "POST", {"json": {"task_id": "r"}}),
	(f"{API}.get_events", "GET", {"params": {"task_id": "r"}}),
	(f"{API}.stream_events", "GET", {"params": {"task_id": "r"}}),
	(f"{API}.get_realtime_config", "GET", {}),
	(f"{API}.models", "GET", {}),
	(f"{API}.chat.create_conversation", "POST", {}),
	(f"{API}.chat.list_conversations", "GET", {}),
	(f"{API}.chat.get_conversation_history", "GET", {"params": {"conversation_id": 7}}),
	("frappe.auth.get_logged_user", "GET", {}),
]


async def test_guest_is_403_and_a_wrong_key_is_401(site: RunningSite) -> None:
	for method, verb, options in GUESTS_MAY_NOT:
		answer = await site.call(method, verb, None, **options)
		assert refusal(answer) == (403, "PermissionError", "permission"), method
		wrong = {"Authorization": "token no:body"}
		answer = await site.call(method, verb, None, headers=wrong, **options)
		assert refusal(answer) == (401, "AuthenticationError", "auth"), method


async def test_unreadable_credentials_are_401(site: RunningSite) -> None:
	for header in ("Bearer x", "token", "token x", "token :", "Basic !", "Basic eA==", "x"):
		answer = await site.call(f"{API}.models", "GET", None, headers={"Authorization": header})
		assert refusal(answer) == (401, "AuthenticationError", "auth"), header


async def test_basic_carries_the_same_pair(site: RunningSite) -> None:
	pair = base64.b64encode(site.tokens["bob"].encode()).decode()
	answer = await site.call(
		"frappe.auth.get_logged_user", "GET", None, headers={"Authorization": f"Basic {pair}"}
	)
	assert answer.body == {"message": "bob"}


FOREIGN = [
	{"Origin": "https://evil.test"},
	{"Origin": "null"},
	{"Origin": "http://["},
	{"Sec-Fetch-Site": "cross-site"},
	{"Sec-Fetch-Site": "same-site"},
]


async def test_page_of_another_site_changes_nothing(site: RunningSite) -> None:
	await sign_in(site)
	for method, headers in product((f"{API}.chat.create_conversation", "login", "logout"), FOREIGN):
		answer = await site.call(method, user=None, headers=headers, json={})
		assert refusal(answer) == (403, "PermissionError", "permission"), (method, headers)
	listed = await site.call(f"{API}.chat.list_conversations", "GET", user=None)
	assert listed.body["message"]["conversations"] == []


async def test_own_pages_and_programs_with_a_token_may_change_things(site: RunningSite) -> None:
	method = f"{API}.chat.create_conversation"
	assert (await site.call(method, json={}, headers={"Origin": "vscode-file://vscode-app"})).status == 200
	await sign_in(site)
	for headers in ({"Origin": site.url}, {"Sec-Fetch-Site": "same-origin"}, {}):
		assert (await site.call(method, user=None, json={}, headers=headers)).status == 200
