"""What one user may have at once, and what the others of their answers wait for, on either host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ai_assistant.core.events import Completion, Status, Text
from tests.contract.dialogue import ANSWER, HELLO, done, said
from tests.contract.host import MODELS, Host
from tests.contract.test_methods import new_id


@pytest.fixture(autouse=True, scope="module")
def unconfigured(host: Host) -> Iterator[None]:
	yield
	host.configure()


def positions(host: Host, task_id: str) -> list[int | None]:
	queued = [
		event for event in host.events(task_id) if isinstance(event, Status) and event.status == "queued"
	]
	return [event.position if isinstance(event.position, int) else None for event in queued]


def complete(host: Host, **more: Any) -> tuple[int, Any]:
	"""As OpenAI's clients ask."""
	return host.call("v1/chat/completions", messages=[HELLO], model=MODELS["plain"], **more)


def test_so_many_answers_go_on_at_once_and_the_others_come_nearer(host: Host) -> None:
	host.configure(runs_per_user=4, running_per_user=2)
	first, second = (host.ask(MODELS["long"]) for _ in range(2))
	third, fourth = (host.ask(MODELS["plain"]) for _ in range(2))
	host.wait_event(second, Text)
	assert [positions(host, one) for one in (first, second, third, fourth)] == [[0], [0], [1], [2]]
	done(host.call("stop", task_id=first))
	assert all(isinstance(host.final(one), Completion) for one in (third, fourth))
	assert [positions(host, one) for one in (third, fourth)] == [[1, 0], [2, 1, 0]]
	assert host.shown(second).final is None
	done(host.call("stop", task_id=second))


def test_who_has_as_many_answers_as_allowed_is_refused_but_may_interrupt(host: Host) -> None:
	host.configure(runs_per_user=3, running_per_user=2)
	conversation = new_id()
	asked = {"message": "One?", "conversation_id": conversation, "model": MODELS["paced"], "stream": True}
	try:
		for _ in range(3):
			done(host.call("chat_completion", **asked))
		status, body = host.call("chat_completion", **asked)
		assert (status, body["error"]["code"], body["error"]["retryable"]) == (429, "rate_limit", True)
		elsewhere = asked | {"conversation_id": new_id(), "on_busy": "interrupt"}
		assert host.call("chat_completion", **elsewhere)[0] == 429
		for stream in (False, True):
			status, body = complete(host, stream=stream)
			assert (status, body["error"]["code"], body["error"]["type"]) == (
				429,
				"rate_limit_exceeded",
				"rate_limit_error",
			)
		last = done(
			host.call("chat_completion", **asked | {"model": MODELS["plain"], "on_busy": "interrupt"})
		)
		assert isinstance(host.final(last["task_id"]), Completion)
		assert said(host, conversation)[-1] == ANSWER
	finally:
		done(host.call("chat.delete_conversation", conversation_id=conversation))


def test_a_spent_budget_is_told_as_openai_tells_it(host: Host) -> None:
	host.configure(budgets=[{"per": "day", "user": host.names["ann"], "tokens": 1}])
	done(host.call("chat_completion", "bob", message="Hello?", model=MODELS["plain"]))
	complete(host)
	for stream in (False, True):
		status, body = complete(host, stream=stream)
		error = body["error"]
		assert (status, error["code"], error["type"]) == (429, "insufficient_quota", "rate_limit_error")
		assert "budget" in error["message"]
