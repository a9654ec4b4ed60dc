"""What a user may do with conversations, on either host."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from ai_assistant.core.events import Text
from tests.contract.dialogue import ANSWER, ask, done, history, said
from tests.contract.host import MODELS, Host, wait_for
from tests.contract.test_methods import new_id


@pytest.mark.parametrize("name", ["conversation_id", "session_id", "thread_id"])
def test_a_conversation_has_one_id_under_three_names(host: Host, name: str) -> None:
	conversation = new_id()
	for id in (conversation, str(conversation)):
		done(host.call("chat_completion", message="Hello?", model=MODELS["plain"], **{name: id}))
	found = done(host.get("chat.get_conversation_history", **{name: conversation}))
	assert (found["conversation"]["id"], len(found["messages"])) == (str(conversation), 4)


def test_one_request_may_name_the_conversation_twice_but_not_two(host: Host) -> None:
	conversation = new_id()
	ask(host, conversation, session_id=str(conversation))
	ask(host, "", session_id=str(conversation), thread_id=conversation)
	assert len(history(host, conversation)["messages"]) == 4
	status, body = host.call("chat_completion", message="Hello?", session_id=conversation, thread_id=new_id())
	assert (status, body["error"]["code"]) == (422, "invalid_request")


def test_a_uuid_is_the_same_in_whatever_form(host: Host) -> None:
	id = uuid4()
	for form in (str(id), id.hex, str(id).upper()):
		ask(host, form)
	assert len(history(host, id.hex)["messages"]) == 6


def test_a_title_is_not_blank(host: Host) -> None:
	conversation = new_id()
	ask(host, conversation)
	status, body = host.call("chat.rename_conversation", conversation_id=conversation, title=" \n ")
	assert (status, body["error"]["code"]) == (422, "invalid_request")
	renamed = done(host.call("chat.rename_conversation", conversation_id=conversation, title=" On\n rain "))
	assert renamed["title"] == "On rain"


def test_the_same_id_names_two_conversations_of_two_users(host: Host) -> None:
	conversation = str(uuid4())
	ask(host, conversation, "A secret of ann")
	status, body = host.get("chat.get_conversation_history", "bob", conversation_id=conversation)
	assert (status, body["error"]["code"]) == (404, "not_found")
	done(
		host.call(
			"chat_completion", "bob", message="Hello?", model=MODELS["plain"], conversation_id=conversation
		)
	)
	of_bob = done(host.get("chat.get_conversation_history", "bob", conversation_id=conversation))
	assert [message["content"] for message in of_bob["messages"]] == ["Hello?", ANSWER]
	assert said(host, conversation) == ["A secret of ann", ANSWER]


OF_A_CONVERSATION: dict[str, dict[str, str]] = {
	"chat.rename_conversation": {"title": "Mine"},
	"chat.archive_conversation": {},
	"chat.unarchive_conversation": {},
	"chat.delete_conversation": {},
}
OF_A_MESSAGE: dict[str, dict[str, str]] = {
	"chat.regenerate": {"model": MODELS["plain"]},
	"chat.edit_message": {"message": "Mine?", "model": MODELS["plain"]},
	"chat.choose_branch": {},
	"chat.message_feedback": {"rating": "bad"},
}


def test_what_belongs_to_another_is_not_there_for_any_method(host: Host) -> None:
	conversation = new_id()
	message = ask(host, conversation)["message_id"]
	before = history(host, conversation)

	def refusals(conversation: int, message: str) -> list[tuple[int, Any]]:
		return [
			*(
				host.call(name, "bob", conversation_id=conversation, **more)
				for name, more in OF_A_CONVERSATION.items()
			),
			*(host.call(name, "bob", message_id=message, **more) for name, more in OF_A_MESSAGE.items()),
			host.get("chat.get_conversation_history", "bob", conversation_id=conversation),
			host.get("chat.export", "bob", conversation_id=conversation),
		]

	refused = refusals(conversation, message)
	assert {(status, body["error"]["code"]) for status, body in refused} == {(404, "not_found")}
	assert refused == refusals(new_id(), "nothing")
	assert history(host, conversation) == before


def test_a_list_is_paged_newest_first(host: Host) -> None:
	word = f"page{time.time_ns()}"
	made = [str(uuid4()) for _ in range(5)]
	for id in made:
		done(host.call("chat.create_conversation", conversation_id=id, title=f"{word} {id}"))
	pages: list[list[str]] = []
	place: dict[str, str] = {}
	while not pages or place:
		page = done(host.get("chat.list_conversations", limit=2, search=word, **place))
		pages.append([one["id"] for one in page["conversations"]])
		place = {"cursor": page["cursor"]} if page["cursor"] else {}
	assert pages == [made[:2:-1], made[2:0:-1], made[:1]]


def test_a_conversation_without_an_id_is_a_new_one_with_an_id(host: Host) -> None:
	ids = {done(host.call("chat.create_conversation"))["id"] for _ in range(2)}
	ids.add(ask(host, None)["conversation_id"])
	assert len({UUID(id) for id in ids}) == 3


@pytest.mark.parametrize("id", ["../etc", "7a", -1, 10**19, "not-a-uuid"])
def test_what_names_no_conversation_is_refused_everywhere(host: Host, id: object) -> None:
	for method in ("chat.rename_conversation", "chat.delete_conversation"):
		more = {"title": "x"} if "rename" in method else {}
		status, body = host.call(method, conversation_id=id, **more)
		assert (status, body["error"]["code"]) == (422, "invalid_request")
		assert "UUID" in body["error"]["message"]


def test_a_conversation_is_renamed_archived_found_and_deleted(host: Host) -> None:
	conversation, word = new_id(), f"Überraschung{time.time_ns()}"
	ask(host, conversation, f"What is a {word}?")
	renamed = done(host.call("chat.rename_conversation", conversation_id=conversation, title=f"On {word}"))
	assert renamed["title"] == f"On {word}"
	found = done(host.get("chat.list_conversations", search=word.upper()))
	assert [one["id"] for one in found["conversations"]] == [str(conversation)]
	done(host.call("chat.archive_conversation", conversation_id=conversation))
	assert not done(host.get("chat.list_conversations", search=word))["conversations"]
	archived = done(host.get("chat.list_conversations", search=word, status="archived"))
	assert [one["status"] for one in archived["conversations"]] == ["archived"]
	done(host.call("chat.unarchive_conversation", conversation_id=conversation))
	results = done(host.get("chat.search", query=f"{word.lower()} what"))["results"]
	assert [(one["conversation_id"], word in one["excerpt"]) for one in results] == [
		(str(conversation), True)
	]
	assert not done(host.get("chat.search", "bob", query=word))["results"]
	assert host.call("chat.delete_conversation", "bob", conversation_id=conversation)[0] == 404
	done(host.call("chat.delete_conversation", conversation_id=conversation))
	assert host.get("chat.get_conversation_history", conversation_id=conversation)[0] == 404
	assert not done(host.get("chat.search", query=word))["results"]


@pytest.mark.parametrize("text", ["[1]", '{"a": 1}', "[", "7"])
def test_a_text_of_a_query_or_a_form_stays_one_whatever_it_looks_like(host: Host, text: str) -> None:
	conversation, mark = str(new_id()), f"mark{time.time_ns()}"
	form = {"message": f"{text} {mark}", "conversation_id": conversation, "model": MODELS["plain"]}
	assert done(host.send_form("chat_completion", **form))["response"] == ANSWER
	assert said(host, conversation) == [f"{text} {mark}", ANSWER]
	found = done(host.get("chat.search", query=f"{text} {mark}"))["results"]
	assert [one["conversation_id"] for one in found] == [conversation]
	assert done(host.get("chat.search", query=text))["results"]
	renamed = done(host.send_form("chat.rename_conversation", conversation_id=conversation, title=text))
	assert renamed["title"] == text


def test_a_form_brings_lists_and_objects_as_json(host: Host) -> None:
	messages = json.dumps([{"role": "user", "content": "[1]"}])
	conversation = str(new_id())
	form = {"messages": messages, "conversation_id": conversation, "model": MODELS["plain"]}
	done(host.send_form("chat_completion", **form, context='{"file": ["a.py"]}', temperature="0.5"))
	assert said(host, conversation) == ["[1]", ANSWER]


def test_an_archived_conversation_in_which_something_is_said_is_active_again(host: Host) -> None:
	conversation = new_id()
	ask(host, conversation)
	done(host.call("chat.archive_conversation", conversation_id=conversation))
	assert history(host, conversation)["conversation"]["status"] == "archived"
	ask(host, conversation, "Again?")
	assert history(host, conversation)["conversation"]["status"] == "active"


def test_wildcards_are_searched_for_as_they_are(host: Host) -> None:
	conversation, mark = new_id(), f"100%_{time.time_ns()}"
	ask(host, conversation, f"Is it {mark}?")
	assert len(done(host.get("chat.search", query=mark))["results"]) == 1
	assert not done(host.get("chat.search", query=mark.replace("%", "_%")))["results"]


def test_a_conversation_is_deleted_while_it_is_answered_and_its_id_is_free(host: Host) -> None:
	conversation = new_id()
	task_id = ask(host, conversation, model=MODELS["paced"], stream=True)["task_id"]
	host.wait_event(task_id, Text)
	done(host.call("chat.delete_conversation", conversation_id=conversation))
	assert host.get("chat.get_conversation_history", conversation_id=conversation)[0] == 404
	ask(host, conversation, "Again?")
	assert said(host, conversation) == ["Again?", ANSWER]
	wait_for(
		lambda: host.call("get_events", task_id=task_id)[0] == 404, 10, lambda: "The run is still known."
	)


def test_an_export_of_many_messages_is_whole(host: Host) -> None:
	conversation = new_id()
	turns = [f'{role} {number}: "ä\\\n🙂' for number in range(25) for role in ("user", "assistant")]
	messages = [{"role": turn.split()[0], "content": turn} for turn in turns]
	asked = {"messages": [*messages, {"role": "user", "content": "Hello?"}], "model": MODELS["plain"]}
	done(host.call("chat_completion", **asked, conversation_id=conversation))
	exported = done(host.get("chat.export", conversation_id=conversation))
	contents = [one["content"] for one in exported["messages"]]
	assert contents == [*turns, "Hello?", ANSWER]
	assert exported["conversation"]["id"] == str(conversation)
	markdown = done(host.get("chat.export", conversation_id=conversation, format="markdown"))["content"]
	places = [markdown.index(f"\n\n{content}") for content in contents]
	assert places == sorted(places)


def test_a_history_is_kept_by_a_conversation_in_which_nothing_was_said(host: Host) -> None:
	conversation = new_id()
	done(host.call("chat.create_conversation", conversation_id=conversation))
	turns = [("system", "Be short."), ("user", "One?"), ("assistant", "One."), ("user", "Two?")]
	messages = [{"role": role, "content": content} for role, content in turns]
	done(host.call("chat_completion", messages=messages, model=MODELS["plain"], conversation_id=conversation))
	assert said(host, conversation) == [content for _, content in turns] + [ANSWER]


def test_a_place_in_another_conversation_is_none_here(host: Host) -> None:
	one, other = new_id(), new_id()
	ask(host, one)
	ask(host, other)
	message_id = history(host, other)["messages"][1]["id"]
	page = done(host.get("chat.get_conversation_history", conversation_id=one, before=message_id))
	assert page["messages"] == []
	for cursor in ("1e308_x", "-1e15_x", "nan_x", "x"):
		status, body = host.get("chat.list_conversations", cursor=cursor)
		assert (status, body["error"]["code"]) == (422, "invalid_request")


def test_an_answer_is_rated(host: Host) -> None:
	conversation = new_id()
	answer = ask(host, conversation)["message_id"]
	done(host.call("chat.message_feedback", message_id=answer, rating="good", comment="Clear."))
	assert history(host, conversation)["messages"][1]["feedback"] == {"rating": "good", "comment": "Clear."}
	done(host.call("chat.message_feedback", message_id=answer))
	question, rated = history(host, conversation)["messages"]
	assert rated["feedback"] is None
	assert host.call("chat.message_feedback", message_id=question["id"], rating="bad")[0] == 404
	assert host.call("chat.message_feedback", "bob", message_id=answer, rating="bad")[0] == 404


def test_preferences_are_ones_own(host: Host) -> None:
	wanted = {"name": "Ann", "instructions": "Be short.", "enabled": True}
	assert done(host.call("chat.set_preferences", **wanted)) == wanted
	assert done(host.get("chat.get_preferences")) == wanted
	assert done(host.get("chat.get_preferences", "bob"))["instructions"] == ""
	done(host.call("chat.set_preferences"))


def test_usage_is_for_administrators(host: Host) -> None:
	status, body = host.get("admin.usage")
	assert (status, body["error"]["code"]) == (403, "permission")
