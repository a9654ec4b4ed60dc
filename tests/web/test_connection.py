"""web/client over connections that break, stall and are refused."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ai_assistant.hosts.standalone.administration import accounts_of
from tests.contract.host import MODELS, text_of
from tests.system.conftest import Served
from tests.web.program import Program, Start, words
from tests.web.proxy import Proxy


def test_a_connection_that_is_away_for_five_seconds_loses_nothing(
	start: Start, proxy: Proxy, site: Served
) -> None:
	program = start().connected()
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
	program.check(task_id, "long")


def test_a_connection_that_breaks_for_a_moment_loses_nothing(start: Start, proxy: Proxy) -> None:
	program = start().connected()
	task_id = program.ask(MODELS["paced"])
	program.wait_run(task_id, words(20))
	since = len(program.told)
	proxy.abort()
	program.wait_transport("stream", since)
	program.wait_transport("socket", since)
	program.check(task_id, "paced")


def test_without_websockets_events_come_as_a_stream(start: Start, proxy: Proxy) -> None:
	proxy.refused = ("websocket",)
	program = start()
	program.wait_transport("stream")
	task_id = program.ask(MODELS["paced"])
	program.check(task_id, "paced")
	assert transports(program) == ["connecting", "stream"]


def test_without_streams_either_they_are_asked_for(start: Start, proxy: Proxy) -> None:
	proxy.refused = ("websocket", "stream_events")
	program = start()
	task_id = program.ask(MODELS["paced"])
	program.wait_transport("polling")
	program.check(task_id, "paced")


def test_the_socket_is_taken_again_when_it_is_there(start: Start, proxy: Proxy) -> None:
	proxy.refused = ("websocket",)
	program = start()
	task_id = program.ask(MODELS["long"])
	program.wait_run(task_id, words(20))
	proxy.refused = ()
	program.wait_transport("socket")
	assert not program.states(task_id)[-1]["final"]
	program.check(task_id, "long")


def test_an_open_socket_that_is_silent_is_dead(start: Start, proxy: Proxy) -> None:
	program = start(silence=2_000).connected()
	task_id = program.ask(MODELS["long"])
	program.wait_run(task_id, words(20))
	since = len(program.told)
	proxy.stall()
	program.wait_transport("stream", since)
	program.wait_transport("socket", since)
	program.check(task_id, "long")
	proxy.abort()


def test_an_open_socket_that_answers_is_alive_though_nothing_happens(start: Start) -> None:
	program = start(silence=500).connected()
	with pytest.raises(TimeoutError):
		program.wait("connection", lambda state: state["transport"] != "socket", 2, seconds=4)


def test_a_site_that_is_started_anew_is_found_again(node_client: None, own_site: Served) -> None:
	with Proxy(own_site.url) as proxy, Program(url=proxy.url, token=own_site.tokens["ann"]) as program:
		program.connected()
		task_id = program.ask(MODELS["thinking"])
		program.wait_run(task_id, lambda state: state["reasoning"])
		since = len(program.told)
		own_site.stop()
		own_site.start()
		proxy.target = own_site.url
		program.wait_transport("socket", since)
		program.check(task_id, "thinking")


def test_a_question_asked_while_the_site_is_away_is_sent_once(
	start: Start, proxy: Proxy, site: Served
) -> None:
	program = start().connected()
	conversation = str(uuid4())
	program.command("open", conversation)
	proxy.cut()
	program.post("conversation", conversation, "send", {"message": "Hello?", "model": MODELS["plain"]})
	program.wait("conversation", lambda state: state["sending"])
	program.wait_transport("offline")
	proxy.mend()
	ended = program.wait("conversation", lambda state: len(state["messages"]) == 2 and not state["sending"])
	assert [message["content"] for message in ended["messages"]] == ["Hello?", text_of("plain")]


def test_a_socket_that_is_already_open_can_be_shared(start: Start, proxy: Proxy, site: Served) -> None:
	program = start(shared={"url": f"{proxy.url}/{site.site}", "token": site.tokens["ann"]})
	program.wait_transport("socket")
	task_id = program.ask(MODELS["paced"])
	program.wait_run(task_id, words(20))
	since = len(program.told)
	proxy.abort()
	program.wait_transport("stream", since)
	program.wait_transport("socket", since)
	program.check(task_id, "paced")


def test_a_shared_socket_is_taken_again_though_nothing_is_being_answered(
	start: Start, proxy: Proxy, site: Served
) -> None:
	program = start(shared={"url": f"{proxy.url}/{site.site}", "token": site.tokens["ann"]}).connected()
	since = len(program.told)
	proxy.cut()
	failed = program.wait("connection", lambda state: state["transport"] == "offline", since)
	assert failed["failure"]["code"] == "network"
	since = len(program.told)
	proxy.mend()
	assert program.wait_transport("socket", since)["failure"] is None
	program.check(program.ask(MODELS["plain"]), "plain")


def transports(program: Program) -> list[str]:
	return [value["transport"] for kind, value in program.told if kind == "connection"]


def test_a_session_does_in_place_of_a_token(start: Start, site: Served) -> None:
	with accounts_of(site.data) as accounts:
		accounts.add_user("cora", "correct horse battery")
		sid = accounts.sign_in("cora", "correct horse battery", "127.0.0.1")
	program = start(token=None, sid=sid).connected()
	program.check(program.ask(MODELS["plain"]), "plain")
