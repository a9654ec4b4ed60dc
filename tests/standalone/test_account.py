"""Who is signed in, as the page asks before it shows a form or a conversation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ai_assistant.hosts.standalone.administration import accounts_of
from tests.standalone.conftest import PASSWORD, RunningSite

NOBODY = {"user": None, "full_name": "", "is_admin": False}


async def account(site: RunningSite, **options: Any) -> Any:
	answer = await site.call("ai_assistant.api.account", "GET", user=None, **options)
	assert answer.status == 200
	return answer.body["message"]


async def test_the_account_follows_signing_in_and_out(site: RunningSite) -> None:
	assert await account(site) == NOBODY
	await site.call("login", user=None, json={"usr": "ann", "pwd": PASSWORD})
	assert await account(site) == {"user": "ann", "full_name": "ann", "is_admin": False}
	await site.call("logout", user=None)
	assert await account(site) == NOBODY


async def test_a_session_that_has_ended_is_nobodys(site: RunningSite) -> None:
	assert await account(site, headers={"Cookie": "sid=long-gone"}) == NOBODY


async def test_an_administrator_is_told_so(site: RunningSite, tmp_path: Path) -> None:
	with accounts_of(tmp_path) as accounts:
		accounts.add_user("chief", PASSWORD, is_admin=True)
	await site.call("login", user=None, json={"usr": "chief", "pwd": PASSWORD})
	assert (await account(site))["is_admin"] is True


async def test_guessing_is_answered_with_how_long_to_wait(site: RunningSite) -> None:
	for _ in range(10):
		await site.call("login", user=None, json={"usr": "ann", "pwd": "wrong"})
	refused = await site.call("login", user=None, json={"usr": "ann", "pwd": PASSWORD})
	assert refused.status == 429
	assert 0 < refused.body["error"]["retry_after"] <= 300
