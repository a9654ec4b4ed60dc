"""web/client in real Node processes, on either host."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ai_assistant.core.events import Reasoning
from tests.contract.host import MODELS, Host, text_of
from tests.web.program import Refused, Start, started, words


@pytest.fixture
def start(node_client: None, host: Host) -> Iterator[Start]:
	"""Starts a client of ann; more options are the client's."""
	with started(url=host.url, token=host.tokens["ann"]) as start:
		yield start


def test_an_answer_is_shown_while_it_is_made(start: Start) -> None:
	program = start().connected()
	task_id = program.ask(MODELS["thinking"])
	thinking = program.wait_run(task_id, lambda state: state["reasoning"])
	assert (thinking["phase"], thinking["thinkingSeconds"]) == ("thinking", None)
	assert abs(thinking["seen"] - thinking["thinkingSince"]) < 5_000
	final = program.check(task_id, "thinking")
	assert (final["phase"], final["repairs"], final["final"]["finish_reason"]) == ("completed", 0, "stop")
	assert 2 < final["thinkingSeconds"] < 6
	assert len(program.states(task_id)) > 60
	assert [activity["kind"] for kind, activity in program.told if kind == "activity"] == ["began", "ended"]


def test_a_stopped_answer_keeps_what_was_shown(start: Start, host: Host) -> None:
	program = start().connected()
	task_id = program.ask(MODELS["paced"])
	program.wait_run(task_id, words(10))
	program.command("ask", "stop", task_id)
	final = program.final(task_id)
	assert final["phase"] == "stopped"
	assert text_of("paced").startswith(final["text"])
	assert 10 <= len(final["text"].split()) < 150
	host.simulator.wait_closed(MODELS["paced"])


def test_two_clients_show_the_same(start: Start) -> None:
	first, second = start().connected(), start().connected()
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
	program = start().connected()
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


def test_a_client_that_comes_later_sees_all_of_an_answer(start: Start, host: Host) -> None:
	task_id = host.ask(MODELS["thinking"])
	host.wait_event(task_id, Reasoning)
	conversation = host.events(task_id)[0].conversation_id
	program = start()
	program.command("open", conversation)
	shown = program.wait("conversation", lambda state: state["runs"] and state["runs"][0]["reasoning"])
	assert shown["messages"][-1]["id"] == shown["runs"][0]["answers"]
	assert shown["runs"][0]["thinkingSince"]
	ended = program.wait("conversation", lambda state: len(state["messages"]) == 2)
	assert ended["messages"][1]["content"] == text_of("thinking")
	assert program.wait("connection", lambda state: state["transport"] == "socket")["repairs"] == 0


def test_a_client_that_comes_later_is_told_why_there_is_no_answer(start: Start, host: Host) -> None:
	task_id = host.ask(MODELS["refused"])
	final = host.final(task_id)
	program = start()
	program.command("open", final.conversation_id)
	shown = program.wait("conversation", lambda state: state["runs"] and state["runs"][0]["final"])
	assert [message["id"] for message in shown["messages"]] == [shown["runs"][0]["answers"]]
	assert (shown["runs"][0]["phase"], shown["runs"][0]["final"]["code"]) == ("failed", "content_policy")


def test_what_could_not_be_sent_stays_and_can_be_sent_again(start: Start) -> None:
	program = start().connected()
	conversation = str(uuid4())
	program.command("open", conversation)
	with pytest.raises(Refused) as refused:
		program.command("conversation", conversation, "send", {"message": "Hello?", "model": "nobody"})
	assert refused.value.status == 422
	shown = program.wait("conversation", lambda state: state["sending"] and state["sending"][0]["failure"])
	assert shown["sending"][0]["request"]["message"] == "Hello?"


def test_who_is_not_known_is_told_so(start: Start) -> None:
	program = start(token="no:body")
	failed = program.wait("connection", lambda state: state["failure"])
	assert (failed["transport"], failed["failure"]["code"]) == ("offline", "auth")
	with pytest.raises(Refused) as refused:
		program.command("ask", "models")
	assert refused.value.code == "auth"


def test_conversations_are_kept(start: Start) -> None:
	program = start().connected()
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
	program = start().connected()
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
		"conversation",
		lambda state: len(state["messages"]) == 2 and state["messages"][0]["content"] == "And you?",
	)
	assert other["messages"][0]["siblings"][0] == first[0]["id"]
	since = len(program.told)
	program.command("conversation", id, "chooseBranch", first[1]["id"])
	ids = [message["id"] for message in first]
	program.wait("conversation", lambda state: [m["id"] for m in state["messages"]] == ids, since)


def siblings(state: Any) -> list[int]:
	return [len(message["siblings"]) for message in state["messages"]]


def test_models_and_preferences_are_those_of_the_user(start: Start) -> None:
	program = start()
	models = program.command("ask", "models")
	assert [model["model"] for model in models if model["is_default"]] == [MODELS["plain"]]
	wishes = {"name": "Ann", "instructions": "Be brief.", "enabled": False}
	assert program.command("ask", "setPreferences", wishes) == wishes
	assert program.command("ask", "preferences") == wishes


def test_the_lines_of_its_readme_run(node_client: None, node: Path, host: Host) -> None:
	folder = node / "client"
	lines = re.findall(r"^```js\n(.*?)^```$", (folder / "README.md").read_text(), re.DOTALL | re.MULTILINE)
	done = subprocess.run(
		["node", "--input-type=module", "--eval", lines[0].replace("http://127.0.0.1:8000", host.url)],
		cwd=folder,
		env={**os.environ, "AI_ASSISTANT_TOKEN": host.tokens["ann"]},
		capture_output=True,
		text=True,
		timeout=60,
	)
	assert (done.returncode, done.stdout, done.stderr) == (0, text_of("plain"), "")
