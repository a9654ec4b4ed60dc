"""What providers are sent for the runs of a site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.events import Completion, Error, Status
from ai_assistant.core.ledger import Span
from ai_assistant.core.requests import (
	ChatRequest,
	CreateConversationRequest,
	ListConversationsRequest,
	RenameRequest,
	parse,
)
from ai_assistant.core.settings import Model, ProviderKind
from tests.contract.host import wait_for
from tests.core.conftest import MODELS, SITE, USER, TestSite, finals

LOOK = {"type": "function", "function": {"name": "look"}}


def offer(site: TestSite, model: str, kind: ProviderKind = "openai_compatible", **settings: Any) -> None:
	"""Adds a provider of that kind, which thinks, and settings of the site."""
	(first,) = site.settings.providers
	root = "" if kind == "anthropic" else "/v1"
	models = (Model(model, reasoning=True),)
	one = replace(first, name=kind, kind=kind, models=models, base_url=site.simulator.url + root)
	site.settings = replace(site.settings, providers=(first, one), **settings)
	site.assistant = Assistant(
		SITE, site.store, site.settings, site.queue, site.journal, lambda: None, lambda user: ()
	)


def say(site: TestSite, count: int) -> str:
	"""So many questions, answered; the conversation."""
	for number in range(count):
		run = site.ask(MODELS["plain"], conversation_id="7", message=f"Question {number}")
		site.events(run)
	return "7"


def statuses(events: list[Any]) -> list[tuple[str, Any]]:
	return [(event.status, event.reason) for event in events if isinstance(event, Status)]


def test_a_conversation_too_long_for_the_model_is_shortened_once(site: TestSite) -> None:
	model = "sim:error=context,fail_times=1,tag=shortened"
	offer(site, model, system_prompt="Be kind.")
	site.start_engine()
	conversation = say(site, 4)
	events = site.events(site.ask(model, conversation_id=conversation, message="And now?"))
	assert [status for status, _ in statuses(events)] == ["queued", "started", "retrying", "started", "saved"]
	assert ("retrying", "context_length") in statuses(events)
	assert isinstance(finals(events)[0], Completion)
	whole, shorter = (request.body["messages"] for request in site.simulator.requests_of(model))
	assert [len(whole), len(shorter)] == [10, 6]
	assert shorter == [whole[0], *whole[-5:]]


def test_what_is_too_long_still_is_refused(site: TestSite) -> None:
	model = "sim:error=context,tag=refused"
	offer(site, model)
	site.start_engine()
	conversation = say(site, 2)
	(final,) = finals(site.events(site.ask(model, conversation_id=conversation)))
	assert isinstance(final, Error)
	assert final.code == "context_length"
	assert len(site.simulator.requests_of(model)) == 2


def test_a_question_too_long_by_itself_is_not_asked_again(site: TestSite) -> None:
	model = "sim:error=context,tag=alone"
	offer(site, model)
	site.start_engine()
	(final,) = finals(site.events(site.ask(model)))
	assert isinstance(final, Error)
	assert final.code == "context_length"
	assert len(site.simulator.requests_of(model)) == 1


def sent_after_a_tool(site: TestSite, kind: ProviderKind) -> Any:
	"""What the provider is sent with the result of a tool that it called after some thinking."""
	model = f"sim:reasoning=3,text=2,tool=look,tag={kind}"
	offer(site, model, kind)
	site.start_engine()
	asked: dict[str, Any] = {"model": model, "provider": kind, "conversation_id": 7}
	asked["tools"] = [LOOK]
	first = site.assistant.start_run(USER, parsed(message="What is there?", **asked))
	(final,) = finals(site.events(first))
	assert isinstance(final, Completion)
	(call,) = final.tool_calls
	result = {"role": "tool", "tool_call_id": call.id, "content": "A cat."}
	second = site.assistant.start_run(USER, parsed(messages=[result], **asked))
	assert isinstance(finals(site.events(second))[0], Completion)
	return site.simulator.requests_of(model)[-1].body


def parsed(**parameters: Any) -> ChatRequest:
	return parse(ChatRequest, parameters)


def test_openai_goes_on_with_its_reasoning_after_a_tool(site: TestSite) -> None:
	asked, thought, spoken, called, result = sent_after_a_tool(site, "openai")["input"]
	assert asked == {"role": "user", "content": "What is there?"}
	assert thought["type"] == "reasoning"
	assert thought["encrypted_content"]
	assert spoken == {"role": "assistant", "content": "t0 t1 "}
	assert (called["type"], called["name"]) == ("function_call", "look")
	assert result == {"type": "function_call_output", "call_id": called["call_id"], "output": "A cat."}


def test_anthropic_goes_on_with_its_signed_thinking_after_a_tool(site: TestSite) -> None:
	body = sent_after_a_tool(site, "anthropic")
	asked, turn, result = body["messages"]
	assert asked == {"role": "user", "content": [{"type": "text", "text": "What is there?"}]}
	assert [block["type"] for block in turn["content"]] == ["thinking", "text", "tool_use"]
	assert turn["content"][0]["signature"]
	assert result["content"] == [
		{"type": "tool_result", "tool_use_id": turn["content"][2]["id"], "content": "A cat."}
	]
	assert body["thinking"]


def test_other_servers_go_on_after_a_tool(site: TestSite) -> None:
	asked, turn, result = sent_after_a_tool(site, "openai_compatible")["messages"]
	assert asked == {"role": "user", "content": "What is there?"}
	(call,) = turn["tool_calls"]
	assert (turn["role"], turn["content"], call["function"]["name"]) == ("assistant", "t0 t1 ", "look")
	assert result == {"role": "tool", "content": "A cat.", "tool_call_id": call["id"]}


def title_of(site: TestSite, id: str = "") -> str:
	"""Of the newest conversation, if none is named."""
	page = site.assistant.conversations.list(USER, ListConversationsRequest())
	return next(one.title for one in page.conversations if id in ("", one.id))


def test_a_model_gives_a_title_after_the_first_answer_and_only_then(site: TestSite) -> None:
	model = "sim:text=4,tag=titles"
	offer(site, model, title_model=model)
	site.start_engine()
	say(site, 1)
	wait_for(lambda: title_of(site) == "t0 t1 t2 t3", 10, lambda: title_of(site))
	say(site, 1)
	(request,) = site.simulator.requests_of(model)
	assert "Question 0" in request.body["messages"][-1]["content"]
	spent = site.store.spent(Span("2000-01-01", user=USER))
	assert spent.attempts == 3


def test_a_title_of_the_users_own_stays(site: TestSite) -> None:
	model = "sim:text=4,delay=0.5,tag=renamed"
	offer(site, model, title_model=f"openai_compatible/{model}")
	engine = site.start_engine()
	conversation = say(site, 1)
	site.simulator.wait_started(model)
	site.assistant.conversations.rename(USER, RenameRequest(conversation, title="Mine"))
	site.simulator.wait_ended(model)
	wait_for(lambda: site.store.spent(Span("2000-01-01", user=USER)).attempts == 2, 10, lambda: "no title")
	engine.stop()
	assert title_of(site) == "Mine"


def test_a_conversation_that_has_a_title_is_given_none(site: TestSite) -> None:
	model = "sim:text=4,tag=titled"
	offer(site, model, title_model=model)
	site.start_engine()
	site.assistant.conversations.create(USER, CreateConversationRequest("7", "Mine"))
	say(site, 1)
	site.events(site.ask(MODELS["plain"], conversation_id="8"))
	wait_for(lambda: title_of(site) == "t0 t1 t2 t3", 10, lambda: title_of(site))
	assert len(site.simulator.requests_of(model)) == 1
	assert title_of(site, "7") == "Mine"


@pytest.mark.parametrize("title_model", ["nobody's", "sim:error=500,tag=no-title"])
def test_without_a_title_by_a_model_the_first_words_stay(
	site: TestSite, title_model: str, caplog: pytest.LogCaptureFixture
) -> None:
	offer(site, "sim:error=500,tag=no-title", title_model=title_model)
	site.start_engine()
	say(site, 1)
	wait_for(lambda: "no title" in caplog.text, 10, lambda: caplog.text)
	assert title_of(site) == "Question 0"


def test_an_engine_that_stops_waits_for_no_title(site: TestSite) -> None:
	model = "sim:delay=60,tag=late"
	offer(site, model, title_model=model)
	engine = site.start_engine()
	say(site, 1)
	site.simulator.wait_started(model)
	engine.stop()
	assert site.simulator.wait_closed(model)
	assert title_of(site) == "Question 0"
