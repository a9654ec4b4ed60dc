"""web/client in real Node processes, against a real site, over connections that fail in every way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest

from ai_assistant.core.events import Reasoning
from ai_assistant.hosts.standalone.administration import accounts_of
from tests.contract.host import MODELS, text_of
from tests.system.conftest import Served
from tests.web.program import Program, Refused
from tests.web.proxy import Proxy

Start = Callable[..., Program]


@pytest.fixture
def start(client: None, proxy: Proxy, site: Served) -> Iterator[Start]:
	"""Starts a client of ann behind the proxy."""
	with ExitStack() as programs:
		options = {"url": proxy.url, "token": site.tokens["ann"]}
		yield lambda **more: programs.enter_context(Program(**{**options, **more}))


def connected(program: Program) -> Program:
	program.wait_transport("socket")
	return program


def check(program: Program, task_id: str, model: str) -> Any:
	"""The answer is whole in the end, and at no moment anything else than its beginning was shown."""
	final = program.final(task_id)
	whole = text_of(model)
	assert final["text"] == whole
	assert [state["text"] for state in program.states(task_id) if not whole.startswith(state["text"])] == []
	return final


def words(count: int) -> Callable[[Any], bool]:
	return lambda state: len(state["text"].split()) >= count


def test_an_answer_is_shown_while_it_is_made(start: Start) -> None:
	program = connected(start())
	task_id = program.ask(MODELS["thinking"])
	thinking = program.wait_run(task_id, lambda state: state["reasoning"])
	assert (thinking["phase"], thinking["thinkingSeconds"]) == ("thinking", None)
	assert 0 <= thinking["seen"] - thinking["thinkingSince"] < 1_000
	final = check(program, task_id, "thinking")
	assert (final["phase"], final["repairs"], final["final"]["finish_reason"]) == ("completed", 0, "stop")
	assert 2 < final["thinkingSeconds"] < 6
	assert len(program.states(task_id)) > 60
	assert [activity["kind"] for kind, activity in program.told if kind == "activity"] == ["began", "ended"]


def test_a_stopped_answer_keeps_what_was_shown(start: Start, site: Served) -> None:
	program = connected(start())
	task_id = program.ask(MODELS["paced"])
	program.wait_run(task_id, words(10))
	program.command("ask", "stop", task_id)
	final = program.final(task_id)
	assert final["phase"] == "stopped"
	assert text_of("paced").startswith(final["text"])
	assert 10 <= len(final["text"].split()) < 150
	site.simulator.wait_closed(MODELS["paced"])


def test_two_clients_show_the_same(start: Start) -> None:
	first, second = connected(start()), connected(start())
	conversation = str(uuid4())
	for program in (first, second):
		program.command("open", conversation)
	request = {"message": "Hello?", "model": MODELS["paced"]}
	first.command("conversation", conversation, "send", request)
	shown = [
		program.wait("conversation", lambda state: state["runs"] and words(20)(state["runs"][0]))
		for program in (first, second)
	]
	assert shown[0]["runs"][0]["taskId"] == shown[1]["runs"][0]["taskId"]
	ended = [
		program.wait("conversation", lambda state: len(state["messages"]) == 2 and not state["sending"])
		for program in (first, second)
	]
	assert ended[0] == ended[1]
	assert [message["content"] for message in ended[0]["messages"]] == ["Hello?", text_of("paced")]
	assert ended[0]["runs"] == []


def test_an_answer_is_in_a_conversation_once_at_every_moment(start: Start) -> None:
	program = connected(start())
	conversation = str(uuid4())
	program.command("open", conversation)
	program.command("conversation", conversation, "send", {"message": "Hello?", "model": MODELS["plain"]})
	program.wait("conversation", lambda state: len(state["messages"]) == 2)
	for state in [value for kind, value in program.told if kind == "conversation"]:
		said = [run["taskId"] for run in state["runs"]]
		stored = [message["task_id"] for message in state["messages"] if message["role"] == "assistant"]
		assert len(said) + len(stored) <= 1
		questions = [message for message in state["messages"] if message["role"] == "user"]
		assert len(questions) <= 1


def test_a_client_that_comes_later_sees_all_of_an_answer(start: Start, site: Served) -> None:
	task_id = site.ask(MODELS["thinking"])
	site.wait_event(task_id, Reasoning)
	conversation = site.events(task_id)[0].conversation_id
	program = start()
	program.command("open", conversation)
	shown = program.wait("conversation", lambda state: state["runs"] and state["runs"][0]["reasoning"])
	assert shown["messages"][-1]["id"] == shown["runs"][0]["answers"]
	assert shown["runs"][0]["thinkingSince"]
	ended = program.wait("conversation", lambda state: len(state["messages"]) == 2)
	assert ended["messages"][1]["content"] == text_of("thinking")
	assert program.wait("connection", lambda state: state["transport"] == "socket")["repairs"] == 0


def test_a_connection_that_breaks_for_a_while_loses_nothing(start: Start, proxy: Proxy, site: Served) -> None:
	program = connected(start())
	task_id = program.ask(MODELS["long"])
	program.wait_run(task_id, words(20))
	since = len(program.told)
	proxy.cut()
	program.wait_transport("offline", since)
	before = len(site.shown(task_id).text.split())
	site.wait_words(task_id, before + 5 * 50)
	proxy.mend()
	program.wait_transport("socket", since)
	assert not program.states(task_id)[-1]["final"]
	check(program, task_id, "long")


def test_events_missed_by_a_connection_that_was_made_anew_are_a_repair(start: Start, proxy: Proxy) -> None:
	program = connected(start())
	task_id = program.ask(MODELS["long"])
	program.wait_run(task_id, words(20))
	since = len(program.told)
	proxy.abort()
	program.wait_transport("stream", since)
	program.wait_transport("socket", since)
	check(program, task_id, "long")


def test_without_websockets_events_come_as_a_stream(start: Start, proxy: Proxy) -> None:
	proxy.refused = ("websocket",)
	program = start()
	program.wait_transport("stream")
	task_id = program.ask(MODELS["paced"])
	check(program, task_id, "paced")
	assert transports(program) == ["connecting", "stream"]


def test_without_streams_either_they_are_asked_for(start: Start, proxy: Proxy) -> None:
	proxy.refused = ("websocket", "stream_events")
	program = start()
	task_id = program.ask(MODELS["paced"])
	program.wait_transport("polling")
	check(program, task_id, "paced")


def test_the_socket_is_taken_again_when_it_is_there(start: Start, proxy: Proxy) -> None:
	proxy.refused = ("websocket",)
	program = start()
	task_id = program.ask(MODELS["long"])
	program.wait_run(task_id, words(20))
	proxy.refused = ()
	program.wait_transport("socket")
	assert not program.states(task_id)[-1]["final"]
	check(program, task_id, "long")


def test_an_open_socket_that_is_silent_is_dead(start: Start, proxy: Proxy) -> None:
	program = connected(start(silence=2_000))
	task_id = program.ask(MODELS["long"])
	program.wait_run(task_id, words(20))
	since = len(program.told)
	proxy.stall()
	program.wait_transport("stream", since)
	program.wait_transport("socket", since)
	check(program, task_id, "long")
	proxy.abort()


def test_an_open_socket_that_answers_is_alive_though_nothing_happens(start: Start) -> None:
	program = connected(start(silence=500))
	with pytest.raises(TimeoutError):
		program.wait("connection", lambda state: state["transport"] != "socket", 2, seconds=4)


def test_a_site_that_is_started_anew_is_found_again(client: None, own_site: Served) -> None:
	with Proxy(own_site.url) as proxy, Program(url=proxy.url, token=own_site.tokens["ann"]) as program:
		connected(program)
		task_id = program.ask(MODELS["thinking"])
		program.wait_run(task_id, lambda state: state["reasoning"])
		since = len(program.told)
		own_site.stop()
		own_site.start()
		proxy.target = own_site.url
		program.wait_transport("socket", since)
		check(program, task_id, "thinking")


def test_a_question_asked_while_the_site_is_away_is_sent_once(
	start: Start, proxy: Proxy, site: Served
) -> None:
	program = connected(start())
	conversation = str(uuid4())
	program.command("open", conversation)
	proxy.cut()
	program.post("conversation", conversation, "send", {"message": "Hello?", "model": MODELS["plain"]})
	program.wait("conversation", lambda state: state["sending"])
	program.wait_transport("offline")
	proxy.mend()
	ended = program.wait("conversation", lambda state: len(state["messages"]) == 2 and not state["sending"])
	assert [message["content"] for message in ended["messages"]] == ["Hello?", text_of("plain")]


def test_what_could_not_be_sent_stays_and_can_be_sent_again(start: Start) -> None:
	program = connected(start())
	conversation = str(uuid4())
	program.command("open", conversation)
	with pytest.raises(Refused) as refused:
		program.command("conversation", conversation, "send", {"message": "Hello?", "model": "nobody"})
	assert refused.value.status == 422
	shown = program.wait("conversation", lambda state: state["sending"] and state["sending"][0]["failure"])
	assert shown["sending"][0]["request"]["message"] == "Hello?"


def test_a_socket_that_is_already_open_can_be_shared(start: Start, proxy: Proxy, site: Served) -> None:
	program = start(shared={"url": f"{proxy.url}/{site.site}", "token": site.tokens["ann"]})
	program.wait_transport("socket")
	task_id = program.ask(MODELS["long"])
	program.wait_run(task_id, words(20))
	since = len(program.told)
	proxy.abort()
	program.wait_transport("stream", since)
	program.wait_transport("socket", since)
	check(program, task_id, "long")


def test_who_is_not_known_is_told_so(start: Start) -> None:
	program = start(token="no:body")
	failed = program.wait("connection", lambda state: state["failure"])
	assert (failed["transport"], failed["failure"]["code"]) == ("offline", "auth")
	with pytest.raises(Refused) as refused:
		program.command("ask", "models")
	assert refused.value.code == "auth"


def test_a_session_does_in_place_of_a_token(start: Start, site: Served) -> None:
	with accounts_of(site.data) as accounts:
		accounts.add_user("cora", "correct horse battery")
		sid = accounts.sign_in("cora", "correct horse battery", "127.0.0.1")
	program = connected(start(token=None, sid=sid))
	check(program, program.ask(MODELS["plain"]), "plain")


def test_conversations_are_kept(start: Start) -> None:
	program = connected(start())
	task_id = program.ask(MODELS["plain"])
	id = program.final(task_id)["conversationId"]
	assert program.command("conversations", "rename", id, "A new title")["title"] == "A new title"
	assert program.command("conversations", "search", "t19")[0]["conversation_id"] == id
	assert program.command("conversations", "archive", id)["status"] == "archived"
	archived = program.command("conversations", "list", {"status": "archived"})["conversations"]
	assert [one["id"] for one in archived] == [id]
	program.command("conversations", "unarchive", id)
	assert program.command("conversations", "list", {"search": "new title"})["conversations"][0]["id"] == id
	messages = program.command("conversations", "exportMessages", id)
	assert [message["content"] for message in messages] == ["Hello?", text_of("plain")]
	assert text_of("plain").strip() in program.command("conversations", "exportMarkdown", id)
	program.command("ask", "giveFeedback", messages[1]["id"], "good", "Well said.")
	kept = program.command("conversations", "history", id)["messages"][1]["feedback"]
	assert kept == {"rating": "good", "comment": "Well said."}
	program.command("conversations", "delete", id)
	with pytest.raises(Refused) as refused:
		program.command("conversations", "history", id)
	assert refused.value.code == "not_found"


def test_branches_are_made_and_chosen(start: Start) -> None:
	program = connected(start())
	id = str(uuid4())
	program.command("open", id)

	def settled(count: int) -> Any:
		return program.wait(
			"conversation",
			lambda state: len(state["messages"]) == 2 and not state["runs"] and sum(siblings(state)) == count,
		)

	program.command("conversation", id, "send", {"message": "Hello?", "model": MODELS["plain"]})
	first = settled(0)["messages"]
	program.command("conversation", id, "regenerate", first[1]["id"], {"model": MODELS["plain"]})
	assert settled(2)["messages"][1]["siblings"][0] == first[1]["id"]
	program.command("conversation", id, "edit", first[0]["id"], "And you?", {"model": MODELS["calling"]})
	other = program.wait(
		"conversation", lambda state: [m["content"] for m in state["messages"]][:1] == ["And you?"]
	)
	assert other["messages"][0]["siblings"][0] == first[0]["id"]
	since = len(program.told)
	program.command("conversation", id, "chooseBranch", first[1]["id"])
	chosen = program.wait("conversation", lambda state: len(state["messages"]) == 2, since)
	assert [message["id"] for message in chosen["messages"]] == [message["id"] for message in first]


def siblings(state: Any) -> list[int]:
	return [len(message["siblings"]) for message in state["messages"]]


def test_models_and_preferences_are_those_of_the_user(start: Start) -> None:
	program = start()
	models = program.command("ask", "models")
	assert {"provider": "simulator", "model": MODELS["plain"], "is_default": True} in models
	wishes = {"name": "Ann", "instructions": "Be brief.", "enabled": False}
	assert program.command("ask", "setPreferences", wishes) == wishes
	assert program.command("ask", "preferences") == wishes


def transports(program: Program) -> list[str]:
	return [value["transport"] for kind, value in program.told if kind == "connection"]
