"""Functions that the model may call, on either host."""

from __future__ import annotations

from ai_assistant.core.events import Completion, ToolCall
from ai_assistant.core.settings import Limits
from tests.contract.dialogue import ask, history
from tests.contract.host import MODELS, Host
from tests.contract.test_methods import new_id

LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


def test_tools_reach_the_model_and_its_calls_come_as_events(host: Host) -> None:
	task_id = ask(host, new_id(), model=MODELS["calling"], tools=[LOOK], stream=True)["task_id"]
	final = host.final(task_id)
	assert isinstance(final, Completion)
	assert final.finish_reason == "tool_calls"
	assert host.simulator.requests_of(MODELS["calling"])[-1].body["tools"] == [LOOK]
	pieces: dict[str, str] = {}
	for event in host.events(task_id):
		if isinstance(event, ToolCall):
			pieces[event.id] = pieces.get(event.id, "") + event.arguments
	assert pieces == {call.id: call.arguments for call in final.tool_calls}
	assert [call.name for call in final.tool_calls] == ["get_weather", "get_time"]


def test_a_conversation_that_begins_with_a_result_is_called_by_its_question(host: Host) -> None:
	conversation, call = new_id(), {"id": "c1", "function": {"name": "look", "arguments": "{}"}}
	messages = [
		{"role": "user", "content": "Weather?"},
		{"role": "assistant", "tool_calls": [call]},
		{"role": "tool", "tool_call_id": "c1", "content": '{"sky": "grey"}'},
	]
	ask(host, conversation, None, messages=messages)
	assert history(host, conversation)["conversation"]["title"] == "Weather?"


def test_the_model_reads_the_question_however_often_it_calls(host: Host) -> None:
	conversation = new_id()
	ask(host, conversation, "Before?")
	answer = ask(host, conversation, "Weather?", model=MODELS["calling"])
	rounds = Limits().history_messages // 2 + 2
	for _ in range(rounds):
		results = [
			{"role": "tool", "tool_call_id": call["id"], "content": "42"} for call in answer["tool_calls"]
		]
		answer = ask(host, conversation, None, messages=results, model=MODELS["calling"])
	read = host.simulator.requests_of(MODELS["calling"])[-1].body["messages"]
	said = ["user", "assistant", "user", *["assistant", "tool", "tool"] * rounds]
	assert [message["role"] for message in read if message["role"] != "system"] == said
	assert "Weather?" in [message["content"] for message in read]
