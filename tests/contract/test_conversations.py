"""What a user may do with conversations, on either host."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from ai_assistant.core.events import Completion, Status, Text
from tests.contract.host import MODELS, Host, text_of, wait_for
from tests.contract.test_methods import new_id


def done(answer: tuple[int, Any]) -> Any:
	"""What was answered with success."""
	status, body = answer
	assert status == 200, body
	return body["message"]


def ask(host: Host, conversation: object, message: str = "Hello?", **more: Any) -> Any:
	asked = {"message": message, "conversation_id": conversation, "model": MODELS["plain"]} | more
	return done(host.call("chat_completion", **asked))


def history(host: Host, conversation: object) -> Any:
	return done(host.get("chat.get_conversation_history", conversation_id=conversation))


def said(host: Host, conversation: object) -> list[str]:
	return [message["content"] for message in history(host, conversation)["messages"]]


ANSWER = text_of("plain")


@pytest.mark.parametrize("name", ["conversation_id", "session_id", "thread_id"])
def test_a_conversation_has_one_id_under_three_names(host: Host, name: str) -> None:
	conversation = new_id()
	for id in (conversation, str(conversation)):
		done(host.call("chat_completion", message="Hello?", model=MODELS["plain"], **{name: id}))
	found = done(host.get("chat.get_conversation_history", **{name: conversation}))
	assert (found["conversation"]["id"], len(found["messages"])) == (str(conversation), 4)


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


def test_a_busy_conversation_keeps_its_order(host: Host) -> None:
	conversation = new_id()
	first = ask(host, conversation, "One?", model=MODELS["paced"], stream=True)["task_id"]
	second, third = (ask(host, conversation, text, stream=True)["task_id"] for text in ("Two?", "Three?"))
	positions = [event.position for event in host.events(third) if isinstance(event, Status)]
	assert positions == [2]
	status, body = host.call(
		"chat_completion",
		message="No?",
		model=MODELS["plain"],
		conversation_id=conversation,
		on_busy="reject",
	)
	assert (status, body["error"]["code"]) == (409, "conflict")
	assert isinstance(host.final(third), Completion)
	queued = [event for event in host.events(third) if isinstance(event, Status) and event.status == "queued"]
	assert [event.position for event in queued] == [2, 1, 0]
	assert all(isinstance(host.final(one), Completion) for one in (first, second))
	assert said(host, conversation) == ["One?", text_of("paced"), "Two?", ANSWER, "Three?", ANSWER]


def test_questions_at_the_same_moment_are_answered_in_the_order_in_which_they_are_kept(host: Host) -> None:
	for _ in range(4):
		conversation = new_id()

		def send(number: int, conversation: int = conversation) -> str:
			task_id: str = ask(host, conversation, f"Question {number}?", stream=True)["task_id"]
			return task_id

		with ThreadPoolExecutor(4) as threads:
			tasks = list(threads.map(send, range(4)))
		for task_id in tasks:
			assert isinstance(host.final(task_id), Completion)
		texts = said(host, conversation)
		assert texts[1::2] == [ANSWER] * 4
		assert sorted(texts[::2]) == [f"Question {number}?" for number in range(4)]


def test_a_history_that_comes_twice_at_once_is_kept_once(host: Host) -> None:
	conversation = new_id()
	turns = [("system", "Be short."), ("user", "One?"), ("assistant", "One."), ("user", "Two?")]
	messages = [{"role": role, "content": content} for role, content in turns]

	def send(_: int) -> str:
		task_id: str = done(
			host.call(
				"chat_completion",
				messages=messages,
				model=MODELS["plain"],
				conversation_id=conversation,
				stream=True,
			)
		)["task_id"]
		return task_id

	with ThreadPoolExecutor(3) as threads:
		for task_id in list(threads.map(send, range(3))):
			host.final(task_id)
	assert said(host, conversation) == [content for _, content in turns] + [ANSWER] + ["Two?", ANSWER] * 2


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


def test_a_newer_question_may_interrupt(host: Host) -> None:
	conversation = new_id()
	first = ask(host, conversation, "One?", model=MODELS["paced"], stream=True)["task_id"]
	host.wait_event(first, Text)
	ask(host, conversation, "Two?", on_busy="interrupt")
	ended = host.final(first)
	assert isinstance(ended, Completion)
	assert ended.finish_reason == "cancelled"
	texts = said(host, conversation)
	assert texts == ["One?", ended.text, "Two?", ANSWER]
	assert 0 < len(ended.text) < len(text_of("paced"))


def test_one_that_waits_can_be_stopped(host: Host) -> None:
	conversation = new_id()
	first = ask(host, conversation, "One?", model=MODELS["paced"], stream=True)["task_id"]
	second = ask(host, conversation, "Two?", stream=True)["task_id"]
	assert done(host.call("stop", task_id=second))["status"] == "completed"
	ended = host.final(second)
	assert isinstance(ended, Completion)
	assert (ended.finish_reason, ended.text) == ("cancelled", "")
	done(host.call("stop", task_id=first))
	host.final(first)
	assert said(host, conversation)[2:] == ["Two?"]


def test_the_same_request_twice_is_one_run(host: Host) -> None:
	conversation, request_id = new_id(), uuid4().hex
	runs = {ask(host, conversation, request_id=request_id, stream=True)["task_id"] for _ in range(3)}
	assert len(runs) == 1
	status, body = host.call(
		"chat_completion",
		message="Another?",
		model=MODELS["plain"],
		conversation_id=conversation,
		request_id=request_id,
	)
	assert (status, body["error"]["code"]) == (409, "conflict")
	host.final(runs.pop())
	assert said(host, conversation) == ["Hello?", ANSWER]


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
