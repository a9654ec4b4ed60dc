"""What a spent budget means, and a title by a model, on either host."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ai_assistant.core.events import Completion, Error
from tests.contract.host import MODELS, PRICE, Host, wait_for
from tests.contract.test_methods import new_id

TOKENS = 35
"""Of one answer."""

TOKENS_OF_TITLE = 14


@pytest.fixture(autouse=True, scope="module")
def unconfigured(host: Host) -> Iterator[None]:
	yield
	host.configure()


def ask(host: Host, user: str, conversation: int) -> tuple[int, Any]:
	question = {"message": "Hello?", "model": MODELS["plain"], "conversation_id": conversation}
	return host.call("chat_completion", user, **question)


def spent(host: Host, user: str) -> int:
	"""Tokens of this month."""
	first = datetime.now(timezone.utc).replace(day=1).date().isoformat()
	_, body = host.get("admin.usage", "chief", since=first, user=host.names[user])
	total: dict[str, int] = body["message"]["total"]
	return total["input_tokens"] + total["output_tokens"]


def title(host: Host, conversation: int) -> str:
	_, body = host.get("chat.get_conversation_history", conversation_id=conversation)
	found: str = body["message"]["conversation"]["title"]
	return found


def seconds_left(per: str) -> float:
	"""Until the day or the month is over."""
	now = datetime.now(timezone.utc)
	end = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
	while per == "month" and end.day != 1:
		end += timedelta(days=1)
	return (end - now).total_seconds()


@pytest.mark.parametrize("per", ["day", "month"])
@pytest.mark.parametrize("kind", ["tokens", "cost"])
@pytest.mark.parametrize("scope", ["", "user", "role"])
def test_who_has_spent_a_budget_is_told_when_it_begins_anew(
	host: Host, per: str, kind: str, scope: str
) -> None:
	user, other = ("chief", "ann") if scope == "role" else ("ann", "bob")
	tokens = spent(host, user)
	bound = tokens + 1 if kind == "tokens" else (tokens + 1) * PRICE / 1_000_000
	whom = {"user": host.names[user], "role": host.role}
	for_whom = {name: value for name, value in whom.items() if name == scope}
	host.configure(budgets=[{"per": per, kind: bound, **for_whom}])
	assert ask(host, user, new_id())[0] == 200
	status, body = ask(host, user, unseen := new_id())
	error = body["error"]
	assert (status, error["code"], error["retryable"]) == (429, "quota", False)
	assert f"budget for this {per}" in error["message"]
	assert error["retry_after"] == pytest.approx(seconds_left(per), abs=60)
	assert host.get("chat.get_conversation_history", user, conversation_id=unseen)[0] == 404
	if scope:
		assert ask(host, other, new_id())[0] == 200


def test_what_waits_for_an_answer_that_uses_up_the_budget_is_not_asked(host: Host) -> None:
	before = spent(host, "ann")
	budget = {"per": "day", "user": host.names["ann"], "tokens": before + 1}
	host.configure(running_per_user=1, budgets=[budget])
	first, *others = (host.ask(MODELS[model]) for model in ("paced", "plain", "plain"))
	answer = host.final(first)
	assert isinstance(answer, Completion)
	for task_id in others:
		ended = host.final(task_id)
		assert isinstance(ended, Error)
		assert (ended.code, ended.retryable) == ("quota", False)
		assert ended.retry_after == pytest.approx(seconds_left("day"), abs=60)
		assert (ended.provider, ended.usage.total_tokens) == (None, 0)
	assert spent(host, "ann") == before + answer.usage.total_tokens


def test_a_model_gives_the_title_and_its_tokens_count(host: Host) -> None:
	before = spent(host, "ann")
	host.configure(title_model=MODELS["titles"])
	conversation = new_id()
	assert ask(host, "ann", conversation)[0] == 200
	wait_for(lambda: title(host, conversation) == "t0 t1 t2 t3", 15, lambda: title(host, conversation))
	(asked,) = host.simulator.requests_of(MODELS["titles"])
	assert "Hello?" in asked.body["messages"][-1]["content"]
	assert spent(host, "ann") == before + TOKENS + TOKENS_OF_TITLE


def test_who_is_over_a_budget_gets_no_title_by_a_model(host: Host) -> None:
	conversation = new_id()
	before = len(host.simulator.requests_of(MODELS["titles"]))
	budget = {"per": "month", "user": host.names["ann"], "tokens": spent(host, "ann") + 1}
	host.configure(title_model=MODELS["titles"], budgets=[budget])
	assert ask(host, "ann", conversation)[0] == 200
	assert ask(host, "bob", new_id())[0] == 200
	wait_for(lambda: len(host.simulator.requests_of(MODELS["titles"])) > before, 15, str)
	assert title(host, conversation) == "Hello?"
	assert len(host.simulator.requests_of(MODELS["titles"])) == before + 1
