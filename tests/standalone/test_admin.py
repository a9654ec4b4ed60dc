"""What administrators may do on the page, and that nobody else may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from socketio.exceptions import ConnectionError as SocketConnectionError

from ai_assistant.hosts.standalone.admin import CASES, TEST
from ai_assistant.hosts.standalone.administration import accounts_of
from tests.simulator import Simulator
from tests.standalone.conftest import PASSWORD, SITE, Answer, RunningSite, until

KEY = "sk-very-secret"
NAMESPACE = f"/{SITE}"


@pytest.fixture
def chief(site: RunningSite, tmp_path: Path) -> RunningSite:
	"""The site, with an administrator of that name."""
	with accounts_of(tmp_path) as accounts:
		accounts.add_user("chief", PASSWORD, is_admin=True)
		site.tokens["chief"] = accounts.create_token("chief")
	return site


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
	with Simulator() as running:
		yield running


async def attempt(site: RunningSite, method: str, /, **parameters: Any) -> Answer:
	name = f"admin.{method}"
	verb = CASES[name].verbs[0] if name in CASES else "POST"
	options = {"params": parameters} if verb == "GET" else {"json": parameters}
	return await site.call(f"ai_assistant.api.{name}", verb, "chief", **options)


async def do(site: RunningSite, method: str, /, **parameters: Any) -> Any:
	answer = await attempt(site, method, **parameters)
	assert answer.status == 200, answer.body
	return answer.body["message"]


async def refused(site: RunningSite, method: str, /, **parameters: Any) -> tuple[int, str]:
	answer = await attempt(site, method, **parameters)
	return answer.status, answer.body["error"]["message"]


def provider(name: str = "mine", **changes: Any) -> dict[str, Any]:
	given = {"name": name, "kind": "openai_compatible", "base_url": "https://llm.example/v1", "api_key": KEY}
	return {**given, "models": [{"name": "large", "input_price": 0.5}, {"name": "small"}], **changes}


async def listed(site: RunningSite) -> list[dict[str, Any]]:
	providers: list[dict[str, Any]] = (await do(site, "providers"))["providers"]
	return providers


async def models(site: RunningSite) -> list[tuple[str, str]]:
	answer = await site.ask("models", "GET")
	return [(one["provider"], one["model"]) for one in answer.body["message"]]


@pytest.mark.parametrize("name", [*CASES, TEST])
async def test_nobody_but_administrators_may_do_any_of_it(site: RunningSite, name: str) -> None:
	verb = CASES[name].verbs[0] if name in CASES else "POST"
	for user, status in (("ann", 403), (None, 403)):
		answer: Answer = await site.call(
			f"ai_assistant.api.{name}", verb, user, **({"json": {}} if verb == "POST" else {})
		)
		assert (answer.status, answer.body["error"]["code"]) == (status, "permission")


async def test_a_provider_that_was_added_can_be_asked_at_once(chief: RunningSite) -> None:
	await do(chief, "add_provider", **provider())
	assert await models(chief) == [("scripted", "reasoner"), ("mine", "large"), ("mine", "small")]
	question = {"message": "Hello?", "model": "large", "stream": True}
	assert (await chief.ask("chat_completion", **question)).status == 200


async def test_a_key_never_comes_back_and_is_not_kept_as_it_is(chief: RunningSite, tmp_path: Path) -> None:
	await do(chief, "add_provider", **provider())
	shown = await listed(chief)
	assert KEY not in str(shown)
	assert [one["has_key"] for one in shown] == [False, True]
	database = (tmp_path / name for name in ("ai-assistant.db", "ai-assistant.db-wal"))
	kept = b"".join(path.read_bytes() for path in database)
	assert b"llm.example" in kept
	assert KEY.encode() not in kept
	assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


async def test_providers_are_asked_in_the_order_that_was_chosen(chief: RunningSite) -> None:
	await do(chief, "add_provider", **provider("first"))
	await do(chief, "add_provider", **provider("second"))
	await do(chief, "order_providers", names=["second", "scripted", "first"])
	assert [one["name"] for one in await listed(chief)] == ["second", "scripted", "first"]
	assert (
		dict.fromkeys(name for name, _ in await models(chief)).keys()
		== {"second": 0, "scripted": 0, "first": 0}.keys()
	)
	assert (await models(chief))[0] == ("second", "large")
	assert (await refused(chief, "order_providers", names=["second", "first"]))[0] == 409


async def test_a_key_goes_to_no_other_address_than_it_was_given_for(chief: RunningSite) -> None:
	await do(chief, "add_provider", **provider())
	elsewhere = provider(base_url="https://elsewhere.example/v1")
	status, told = await refused(chief, "change_provider", **elsewhere | {"api_key": None})
	assert (status, "Enter the key again" in told) == (422, True)
	await do(chief, "change_provider", **provider(api_key=None, timeout=60))
	await do(chief, "change_provider", **elsewhere)
	(_, mine) = await listed(chief)
	assert (mine["base_url"], mine["timeout"], mine["has_key"]) == ("https://elsewhere.example/v1", 120, True)


async def test_a_provider_that_was_disabled_or_removed_is_not_asked(chief: RunningSite) -> None:
	await do(chief, "add_provider", **provider())
	await do(chief, "enable_provider", name="scripted", is_enabled=False)
	assert await models(chief) == [("mine", "large"), ("mine", "small")]
	await do(chief, "enable_provider", name="scripted", is_enabled=True)
	await do(chief, "remove_provider", name="mine")
	assert await models(chief) == [("scripted", "reasoner")]


@pytest.mark.parametrize("method", ["change_provider", "remove_provider"])
async def test_a_provider_of_the_settings_file_is_changed_there(chief: RunningSite, method: str) -> None:
	asked = provider("scripted") if method == "change_provider" else {"name": "scripted"}
	status, told = await refused(chief, method, **asked)
	assert (status, "settings file" in told) == (409, True)


@pytest.mark.parametrize(
	("changes", "status", "told"),
	[
		({"base_url": None}, 422, "base_url"),
		({"base_url": "not an address"}, 422, "https://llm.example/v1"),
		({"kind": "openai", "base_url": None, "api_key": None}, 422, "api_key"),
		({"kind": "unheard-of"}, 422, "kind"),
		({"models": []}, 422, "models"),
		({"models": [{"name": "m", "input_price": -1}]}, 422, "input_price"),
		({"api_key_env": "PATH"}, 422, "api_key_env"),
		({"name": "scripted"}, 409, "already"),
	],
)
async def test_what_cannot_be_asked_is_not_added(
	chief: RunningSite, changes: dict[str, Any], status: int, told: str
) -> None:
	answered, sentence = await refused(chief, "add_provider", **provider(**changes))
	assert answered == status
	assert told in sentence
	assert KEY not in sentence
	assert len(await listed(chief)) == 1


async def test_a_provider_is_tried_and_the_result_says_what_to_do(
	chief: RunningSite, simulator: Simulator
) -> None:
	works = {"base_url": f"{simulator.url}/v1", "models": [{"name": "sim:text=5"}]}
	await do(chief, "add_provider", **provider("works", **works))
	await do(chief, "add_provider", **provider("refuses", **works | {"models": [{"name": "sim:error=401"}]}))
	await do(chief, "add_provider", **provider("away", base_url="http://127.0.0.1:9/v1"))
	well = await do(chief, "test_provider", name="works")
	assert (well["success"], well["remedy"]) == (True, "")
	assert re.fullmatch(r"sim:text=5 answers after [\d,]+ ms", well["detail"])
	for name, remedy in (("refuses", "Correct its API key"), ("away", "Check its base URL")):
		bad = await do(chief, "test_provider", name=name)
		assert bad["success"] is False
		assert remedy in bad["remedy"]
		assert KEY not in str(bad)
	assert (await refused(chief, "test_provider", name="unknown"))[0] == 404


async def test_a_user_is_added_made_administrator_and_disabled(chief: RunningSite) -> None:
	added = await do(chief, "add_user", name="zoe")
	sign_in = {"usr": "zoe", "pwd": added["password"]}
	assert (await chief.call("login", user=None, json=sign_in)).status == 200
	await do(chief, "change_user", name="zoe", is_admin=True)
	users = (await do(chief, "users"))["users"]
	assert [(one["name"], one["is_admin"]) for one in users] == [
		("ann", False), ("bob", False), ("chief", True), ("zoe", True)
	]  # fmt: skip
	assert "password" not in str(users)
	await do(chief, "change_user", name="zoe", is_disabled=True)
	assert (await chief.call("login", user=None, json=sign_in)).status == 401
	account = await chief.call("ai_assistant.api.account", "GET", user=None)
	assert account.body["message"]["user"] is None
	await do(chief, "change_user", name="zoe", is_disabled=False)
	assert (await chief.call("login", user=None, json=sign_in)).status == 200


async def test_open_sockets_of_a_disabled_user_are_closed(chief: RunningSite) -> None:
	ann, bob = [await chief.connect(NAMESPACE, auth=chief.auth(user)) for user in ("ann", "bob")]
	await do(chief, "change_user", name="ann", is_disabled=True)
	await until(lambda: not ann.client.connected)
	chief.publish("bob", {"text": "still here"})
	assert await bob.next() == (NAMESPACE, "ai_progress", {"text": "still here"})
	with pytest.raises(SocketConnectionError):
		await chief.connect(NAMESPACE, auth=chief.auth("ann"))


async def test_programs_of_a_disabled_user_are_refused(chief: RunningSite) -> None:
	await do(chief, "change_user", name="ann", is_disabled=True)
	assert (await chief.ask("models", "GET", "ann")).status == 401


async def test_somebody_must_administer_the_site(chief: RunningSite) -> None:
	for change in ({"is_admin": False}, {"is_disabled": True}):
		assert (await refused(chief, "change_user", name="chief", **change))[0] == 409
	assert (await refused(chief, "change_user", name="unknown", is_admin=True))[0] == 404
	assert (await refused(chief, "add_user", name="two words"))[0] == 422
	assert (await refused(chief, "add_user", name="ann"))[0] == 409


async def ask(site: RunningSite, user: str, conversation_id: int) -> str:
	question = {"message": "A secret question", "conversation_id": conversation_id, "stream": True}
	answer = await site.ask("chat_completion", user=user, **question)
	task_id: str = answer.body["message"]["task_id"]
	return task_id


async def test_runs_are_listed_by_user_and_status_and_stopped(chief: RunningSite) -> None:
	of_ann = [await ask(chief, "ann", number) for number in range(3)]
	of_bob = await ask(chief, "bob", 1)
	page = await do(chief, "runs")
	assert [run["task_id"] for run in page["runs"]] == [of_bob, *reversed(of_ann)]
	assert "secret" not in str(page)
	first = await do(chief, "runs", user="ann", limit=2)
	rest = await do(chief, "runs", user="ann", limit=2, cursor=first["cursor"])
	assert [run["task_id"] for run in first["runs"] + rest["runs"]] == of_ann[::-1]
	assert (await do(chief, "stop_run", task_id=of_bob))["status"] == "completed"
	assert [run["status"] for run in (await do(chief, "runs", user="bob"))["runs"]] == ["completed"]
	assert (await do(chief, "runs", status="running"))["runs"] == []
	assert len((await do(chief, "runs", status="queued"))["runs"]) == 3
	assert (await refused(chief, "stop_run", task_id="unknown"))[0] == 404


async def test_figures_tell_of_runs_and_workers(chief: RunningSite) -> None:
	for number in range(2):
		await ask(chief, "ann", number)
	figures = await do(chief, "figures")
	assert (figures["queued"], figures["running"], figures["completed"], figures["failed"]) == (2, 0, 0, 0)
	assert figures["engines"] == []
	assert figures["first_event_ms"] is None
	assert figures["memory"] > 10_000_000
