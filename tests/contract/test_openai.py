"""The OpenAI-compatible endpoint, asked by OpenAI's own clients, on either host."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionChunk

from tests.contract.host import MODELS, Host, text_of
from tests.contract.test_methods import new_id, newest
from tests.simulator import Answer, Behaviour

NODE = Path(__file__).parent.parent / "node"
HELLO: Any = [{"role": "user", "content": "Hello?"}]
TOOLS: Any = [
	{
		"type": "function",
		"function": {"name": name, "description": "Tells it.", "parameters": {"type": "object"}},
	}
	for name in ("get_weather", "get_time")
]
ARGUMENTS = '{"words":"a0 a1 a2 "}'
CALLS = [("call_0", "get_weather", ARGUMENTS), ("call_1", "get_time", ARGUMENTS)]


@pytest.fixture
def client(host: Host) -> Iterator[OpenAI]:
	with client_of(host, host.tokens["ann"]) as client:
		yield client


def client_of(host: Host, key: str) -> OpenAI:
	return OpenAI(api_key=key, base_url=base_url(host), max_retries=0, timeout=30)


def base_url(host: Host) -> str:
	return f"{host.url}/api/method/ai_assistant.api.v1"


def text(chunks: list[ChatCompletionChunk]) -> str:
	return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def reasoning(chunks: list[ChatCompletionChunk]) -> str:
	return "".join(
		getattr(choice.delta, "reasoning_content", "") for chunk in chunks for choice in chunk.choices
	)


def test_a_question_is_answered_whole(client: OpenAI) -> None:
	answer = client.chat.completions.create(
		model=MODELS["plain"], messages=HELLO, user="u-7", temperature=0.5
	)
	(choice,) = answer.choices
	assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
	assert choice.message.content == text_of("plain")
	assert choice.message.tool_calls is None
	assert (answer.object, answer.model) == ("chat.completion", MODELS["plain"])
	behaviour, usage = Behaviour.parse(MODELS["plain"]), answer.usage
	assert usage is not None
	assert usage.prompt_tokens == behaviour.input
	assert usage.completion_tokens == Answer.to(behaviour).tokens
	assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
	assert usage.completion_tokens_details is not None
	assert usage.completion_tokens_details.reasoning_tokens == behaviour.reasoning


def test_an_answer_that_takes_its_time_is_waited_for(client: OpenAI) -> None:
	answer = client.chat.completions.create(model=MODELS["paced"], messages=HELLO)
	assert answer.choices[0].message.content == text_of("paced")


def test_a_stream_tells_thinking_and_text_and_in_the_end_the_tokens(client: OpenAI) -> None:
	chunks = list(
		client.chat.completions.create(
			model=MODELS["plain"], messages=HELLO, stream=True, stream_options={"include_usage": True}
		)
	)
	assert {(chunk.object, chunk.id, chunk.model) for chunk in chunks} == {
		("chat.completion.chunk", chunks[0].id, MODELS["plain"])
	}
	assert text(chunks) == text_of("plain")
	assert reasoning(chunks) == "r0 r1 r2 r3 r4 "
	choices = [choice for chunk in chunks for choice in chunk.choices]
	assert [choice.delta.role for choice in choices] == ["assistant"] + [None] * (len(choices) - 1)
	assert [choice.finish_reason for choice in choices] == [None] * (len(choices) - 1) + ["stop"]
	assert [bool(chunk.usage) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
	assert chunks[-1].choices == []


def test_tokens_are_told_only_where_they_were_asked_for(client: OpenAI) -> None:
	stream = client.chat.completions.create(model=MODELS["plain"], messages=HELLO, stream=True)
	assert not any("usage" in chunk.model_fields_set for chunk in stream)


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_is_called_and_its_result_sent_back(client: OpenAI, host: Host, stream: bool) -> None:
	(choice,) = called(client, stream).choices
	calls: Any = choice.message.tool_calls
	assert choice.finish_reason == "tool_calls"
	assert [(call.id, call.function.name, call.function.arguments) for call in calls] == CALLS
	results = [{"role": "tool", "tool_call_id": call.id, "content": "Sunny."} for call in calls]
	turns: Any = [*HELLO, choice.message, *results]
	after = client.chat.completions.create(model=MODELS["plain"], messages=turns, tools=TOOLS)
	assert after.choices[0].message.content == text_of("plain")
	asked = host.simulator.requests[-1].body["messages"]
	assert [message["role"] for message in asked[-4:]] == ["user", "assistant", "tool", "tool"]
	assert [call["id"] for call in asked[-3]["tool_calls"]] == ["call_0", "call_1"]


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_without_text_is_sent_back_and_the_next_one_given(
	client: OpenAI, host: Host, stream: bool
) -> None:
	(choice,) = called(client, stream, "wordless").choices
	assert not choice.message.content
	turns: Any = [*HELLO, choice.message, {"role": "assistant", "content": None}, *HELLO]
	after = client.chat.completions.create(model=MODELS["plain"], messages=turns)
	assert after.choices[0].message.content == text_of("plain")
	assert [one["role"] for one in host.simulator.requests[-1].body["messages"]] == ["user", "user"]


def called(client: OpenAI, stream: bool, model: str = "calling") -> Any:
	"""An answer, which may call the tools; a streamed one as the client's own helper joins it."""
	asked: Any = {"model": MODELS[model], "messages": HELLO, "tools": TOOLS}
	if not stream:
		return client.chat.completions.create(**asked)
	with client.chat.completions.stream(**asked) as events:
		return events.get_final_completion()


def test_an_attempt_that_failed_after_thinking_repeats_no_text(client: OpenAI) -> None:
	chunks = list(client.chat.completions.create(model=MODELS["restarted"], messages=HELLO, stream=True))
	assert text(chunks) == text_of("restarted")
	assert reasoning(chunks).split("\n\n")[-1] == "r0 r1 r2 r3 r4 "


def test_models_are_listed_and_each_can_be_asked_for(client: OpenAI) -> None:
	ids = [model.id for model in client.models.list()]
	id = next(id for id in ids if id.endswith(f"/{MODELS['plain']}"))
	assert client.models.retrieve(id).id == id
	answer = client.chat.completions.create(model=id, messages=HELLO)
	assert answer.choices[0].message.content == text_of("plain")
	with pytest.raises(openai.NotFoundError):
		client.models.retrieve("gpt-0")


def test_every_call_is_a_conversation_of_its_own_unless_it_names_one(client: OpenAI, host: Host) -> None:
	def ask(**more: Any) -> str:
		answer: Any = client.chat.completions.create(model=MODELS["plain"], messages=HELLO, **more)
		assert newest(host) == answer.conversation_id
		return str(answer.conversation_id)

	one, other = str(new_id()), str(new_id())
	assert ask() != ask()
	assert ask(extra_body={"conversation_id": one}) == one
	assert ask(metadata={"conversation_id": other, "anything": "else"}) == other
	assert ask(metadata={"conversation_id": other}) == other
	_, body = host.get("chat.get_conversation_history", conversation_id=other)
	roles = [message["role"] for message in body["message"]["messages"]]
	assert roles == ["user", "assistant", "user", "assistant"]


def test_what_was_asked_is_kept_and_counted_like_any_run(client: OpenAI, host: Host) -> None:
	answer: Any = client.chat.completions.create(model=MODELS["plain"], messages=HELLO)
	assert host.final(answer.task_id).text == text_of("plain")
	_, body = host.get("chat.get_conversation_history", conversation_id=answer.conversation_id)
	kept = body["message"]["messages"][-1]
	assert (kept["task_id"], kept["usage"]["basis"]) == (answer.task_id, "exact")
	assert kept["usage"]["total_tokens"] == answer.usage.total_tokens


REFUSED: list[tuple[dict[str, Any], str | None]] = [
	({"n": 2}, "n"),
	({"stop": ["."]}, "stop"),
	({"logprobs": True}, "logprobs"),
	({"response_format": {"type": "json_object"}}, "response_format"),
	({"tools": TOOLS, "tool_choice": "required"}, "tool_choice"),
	({"temperature": 9}, "temperature"),
	({"max_completion_tokens": 0}, "max_tokens"),
	({"messages": []}, None),
	({"messages": [{"role": "king", "content": "hi"}]}, "messages[0].role"),
	({"extra_body": {"top_k": 3}}, None),
]


def test_what_is_not_supported_is_refused_with_its_place(client: OpenAI) -> None:
	for more, place in REFUSED:
		with pytest.raises(openai.BadRequestError) as caught:
			client.chat.completions.create(**{"model": MODELS["plain"], "messages": HELLO} | more)
		assert (caught.value.type, caught.value.param) == ("invalid_request_error", place), caught.value


def test_what_no_answer_could_show_is_accepted(client: OpenAI) -> None:
	answer = client.chat.completions.create(
		model=MODELS["plain"],
		messages=[{"role": "developer", "content": "Be brief."}, *HELLO],
		n=1,
		top_p=0.9,
		seed=7,
		presence_penalty=0.1,
		max_completion_tokens=100,
		tool_choice="auto",
		store=False,
	)
	assert answer.choices[0].message.content == text_of("plain")


def test_errors_are_those_that_the_client_knows(client: OpenAI, host: Host) -> None:
	with pytest.raises(openai.NotFoundError) as unknown:
		client.chat.completions.create(model="gpt-0", messages=HELLO)
	assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model")
	with pytest.raises(openai.BadRequestError) as filtered:
		client.chat.completions.create(model=MODELS["refused"], messages=HELLO)
	assert filtered.value.code == "content_filter"
	for key in ("no:body", "nonsense"):
		with client_of(host, key) as stranger, pytest.raises(openai.AuthenticationError):
			stranger.models.list()
	assert host.get("v1/models", None)[0] == 401


def test_an_answer_that_breaks_off_raises_after_what_was_shown(client: OpenAI) -> None:
	shown: list[ChatCompletionChunk] = []
	with pytest.raises(openai.APIError) as caught:
		shown.extend(client.chat.completions.create(model=MODELS["broken"], messages=HELLO, stream=True))
	assert (caught.value.type, caught.value.code) == ("server_error", "overloaded")
	with pytest.raises(openai.InternalServerError):
		client.chat.completions.create(model=MODELS["broken"], messages=HELLO)


@pytest.fixture(scope="session")
def node(pytestconfig: pytest.Config) -> Path:
	"""A folder with the script and OpenAI's client of the version that package.json names; kept between test runs."""
	npm = shutil.which("npm")
	if not (npm and shutil.which("node")):
		pytest.skip("Node.js and npm are not installed.")
	cache: Any = pytestconfig.cache
	folder = Path(cache.mkdir("node"))
	for name in ("package.json", "openai.mjs"):
		shutil.copy(NODE / name, folder)
	command = [npm, "install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"]
	done = subprocess.run(command, cwd=folder, timeout=120, capture_output=True, text=True)
	assert done.returncode == 0, done.stdout + done.stderr
	return folder


def test_the_client_for_node_is_answered(host: Host, node: Path) -> None:
	asked = {
		"baseURL": base_url(host),
		"apiKey": host.tokens["ann"],
		"plain": MODELS["plain"],
		"calling": MODELS["calling"],
		"broken": MODELS["broken"],
		"tools": TOOLS,
	}
	done = subprocess.run(
		["node", "openai.mjs", json.dumps(asked)], cwd=node, timeout=60, capture_output=True, text=True
	)
	assert done.returncode == 0, done.stderr
	found = json.loads(done.stdout)
	assert found["whole"] == found["streamed"] == text_of("plain")
	assert found["reasoning"] == "r0 r1 r2 r3 r4 "
	assert found["tokens"] == {"whole": 25, "streamed": 25}
	assert [(call["id"], call["name"], call["arguments"]) for call in found["calls"]] == CALLS
	assert found["ran"] == [["user", *["assistant", "tool", "tool"] * 2]] * 2
	assert any(id.endswith(f"/{MODELS['plain']}") for id in found["models"])
	assert found["errors"] == {
		"key": ["AuthenticationError", 401],
		"model": ["NotFoundError", 404],
		"parameter": ["BadRequestError", 400],
		"broken": ["APIError", None],
	}
