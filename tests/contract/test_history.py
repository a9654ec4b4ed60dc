"""What was said before, as clients page through it and as the model reads it, on either host."""

from __future__ import annotations

from typing import Any

import pytest

from ai_assistant.core.events import Completion, Event, Text, ToolCall
from ai_assistant.core.settings import Limits
from tests.contract.dialogue import ANSWER, ask, done, history, said
from tests.contract.host import MODELS, Host, text_of
from tests.contract.test_methods import new_id


def turns(exchanges: int) -> list[dict[str, str]]:
	"""Instructions, so many questions with their answers, and one more question."""
	told = [{"role": "system", "content": "Be short."}]
	for number in range(exchanges):
		told += [
			{"role": "user", "content": f"{number}?"},
			{"role": "assistant", "content": f"{number}."},
		]
	return [*told, {"role": "user", "content": "And?"}]


def test_history_is_paged_and_each_message_is_on_one_page(host: Host) -> None:
	conversation = new_id()
	ask(host, conversation, message=None, messages=turns(3))
	pages: list[list[str]] = []
	place: dict[str, str] = {}
	while not pages or place:
		page = done(host.get("chat.get_conversation_history", conversation_id=conversation, limit=4, **place))
		pages.append([message["content"] for message in page["messages"]])
		place = {"before": page["before"]} if page["before"] else {}
	assert pages == [["2?", "2.", "And?", ANSWER], ["0?", "0.", "1?", "1."], ["Be short."]]


@pytest.mark.parametrize(("model", "begun"), [("paced", Text), ("citing", ToolCall)])
def test_a_page_opened_in_mid_stream_goes_on_from_what_it_shows(
	host: Host, model: str, begun: type[Event]
) -> None:
	conversation = new_id()
	task_id = ask(host, conversation, model=MODELS[model], stream=True)["task_id"]
	host.wait_event(task_id, begun)
	shown = history(host, conversation)
	(run,) = shown["runs"]
	assert (run["task_id"], run["answers"]) == (task_id, shown["messages"][-1]["id"])
	final = host.final(task_id)
	assert isinstance(final, Completion)
	page = done(host.call("get_events", task_id=task_id, after=run["cursor"]))
	assert run["text"] + later(page, "text", "text") == final.text == text_of(model)
	arguments = "".join(call["arguments"] for call in run["tool_calls"]) + later(
		page, "tool_call", "arguments"
	)
	assert arguments == "".join(call.arguments for call in final.tool_calls)
	urls = "".join(source["url"] for source in run["sources"]) + later(page, "source", "url")
	assert urls == "".join(source.url for source in final.sources)
	assert bool(run["tool_calls"] and run["sources"]) == (begun is ToolCall)
	assert history(host, conversation)["runs"] == []


def later(page: Any, kind: str, field: str) -> str:
	"""What the events of that type add to what was shown."""
	return "".join(event[field] for event in page["events"] if event["type"] == kind)


def test_a_question_that_got_no_answer_tells_why_until_it_has_one(host: Host) -> None:
	conversation = new_id()
	failed = ask(host, conversation, model=MODELS["refused"])
	ask(host, conversation, "And?")
	shown = history(host, conversation)
	question, *_ = shown["messages"]
	(run,) = shown["runs"]
	assert (run["task_id"], run["answers"], run["status"]) == (failed["task_id"], question["id"], "failed")
	page = done(host.call("get_events", task_id=run["task_id"], after=run["cursor"]))
	assert (page["events"][-1]["error"], page["done"]) == (failed["error"], True)
	done(host.call("chat.regenerate", message_id=question["id"], model=MODELS["plain"]))
	done(host.call("chat.regenerate", message_id=question["id"], model=MODELS["refused"]))
	shown = history(host, conversation)
	assert ([one["content"] for one in shown["messages"][:2]], shown["runs"]) == (["Hello?", ANSWER], [])


def test_the_model_reads_the_newest_exchanges_its_instructions_and_the_question(host: Host) -> None:
	conversation, most = new_id(), Limits().history_messages
	ask(host, conversation, message=None, messages=turns(most))
	ask(host, conversation, "Last?")
	kept = said(host, conversation)
	assert len(kept) == 2 * most + 5
	read: list[Any] = host.simulator.requests_of(MODELS["plain"])[-1].body["messages"]
	assert [message["content"] for message in read] == [kept[0], *kept[-2 - most : -2], "Last?"]
