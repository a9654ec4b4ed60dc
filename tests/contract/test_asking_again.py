"""An answer made anew, and a question in other words: branches of a conversation, on either host."""

from __future__ import annotations

import pytest

from tests.contract.dialogue import ANSWER, ask, done, history, said
from tests.contract.host import MODELS, Host, text_of
from tests.contract.test_methods import new_id


def test_an_answer_is_made_anew_beside_the_first(host: Host) -> None:
	conversation = new_id()
	first = ask(host, conversation)["message_id"]
	ask(host, conversation, "And then?")
	second = done(host.call("chat.regenerate", message_id=first, model=MODELS["paced"]))
	assert second["response"] == text_of("paced")
	question, answer = history(host, conversation)["messages"]
	assert (answer["id"], answer["parent"]) == (second["message_id"], question["id"])
	assert answer["siblings"] == [first, second["message_id"]]
	done(host.call("chat.choose_branch", message_id=first))
	assert said(host, conversation) == ["Hello?", ANSWER, "And then?", ANSWER]
	assert host.call("chat.choose_branch", "bob", message_id=first)[0] == 404
	assert host.call("chat.regenerate", "bob", message_id=first, model=MODELS["plain"])[0] == 404


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_nobody_asked_is_not_answered_anew(host: Host, number: int) -> None:
	conversation = new_id()
	turns = [("system", "Be short."), ("assistant", "Hello."), ("assistant", "Well?"), ("user", "Two?")]
	messages = [{"role": role, "content": content} for role, content in turns]
	ask(host, conversation, None, messages=messages)
	message = history(host, conversation)["messages"][number]
	status, body = host.call("chat.regenerate", message_id=message["id"], model=MODELS["plain"])
	assert (status, body["error"]["code"]) == (422, "invalid_request")


def test_other_words_are_sent_twice_as_one_run_also_when_the_answer_before_came_meanwhile(host: Host) -> None:
	conversation = new_id()
	first = ask(host, conversation, "One?", model=MODELS["paced"], stream=True)
	second = ask(host, conversation, "Two?", stream=True)
	edit = {"message_id": second["message_id"], "message": "Three?", "model": MODELS["plain"]}
	edit |= {"request_id": f"edit of {conversation}", "stream": True}
	started = done(host.call("chat.edit_message", **edit))
	host.final(first["task_id"])
	assert done(host.call("chat.edit_message", **edit))["task_id"] == started["task_id"]
	assert host.call("chat.edit_message", **edit | {"message": "Four?"})[0] == 409


def test_a_message_is_said_in_other_words(host: Host) -> None:
	conversation = new_id()
	ask(host, conversation, "One?")
	ask(host, conversation, "Two?")
	question = history(host, conversation)["messages"][2]["id"]
	done(host.call("chat.edit_message", message_id=question, message="Three?", model=MODELS["plain"]))
	messages = history(host, conversation)["messages"]
	assert [message["content"] for message in messages] == ["One?", ANSWER, "Three?", ANSWER]
	assert messages[2]["siblings"] == [question, messages[2]["id"]]
	ask(host, conversation, "Four?")
	assert said(host, conversation)[2:] == ["Three?", ANSWER, "Four?", ANSWER]
	exported = done(host.get("chat.export", conversation_id=conversation))
	assert [one["content"] for one in exported["messages"]].count("Two?") == 1
	markdown = done(host.get("chat.export", conversation_id=conversation, format="markdown"))["content"]
	assert "Three?" in markdown
	assert "Two?" not in markdown
