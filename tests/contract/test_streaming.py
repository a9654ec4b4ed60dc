"""Server-sent events for networks without WebSocket, read by `curl -N`, on either host."""

from __future__ import annotations

from typing import Any

from ai_assistant.core.events import Completion, Error, Text, decode
from ai_assistant.core.transcript import Transcript
from tests.contract.curl import Sent, Stream, curl, posted
from tests.contract.host import MODELS, Host, text_of


def test_stream_says_at_once_that_it_is_open_and_that_nothing_may_hold_it_back(host: Host) -> None:
	task_id = host.ask(MODELS["plain"])
	with curl(host, f"stream_events?task_id={task_id}") as stream:
		first, *_ = stream.blocks
	assert_is_open(stream, first)


def assert_is_open(stream: Stream, first: Sent) -> None:
	"""nginx keeps to itself that it was told not to hold it back."""
	assert first.comment
	for line in ("content-type: text/event-stream", "cache-control: no-store, no-transform"):
		assert line in stream.head
	assert "x-accel-buffering: no" in stream.head or "server: nginx" in stream.head


def test_silence_is_broken_by_comments(host: Host) -> None:
	task_id = host.ask(MODELS["silent"])
	host.simulator.wait_started(MODELS["silent"])
	transcript = Transcript()
	comments = 0
	with curl(host, f"stream_events?task_id={task_id}") as stream:
		for block in stream.blocks:
			if block.data:
				transcript.apply(decode(block.data))
			elif not transcript.text:
				comments += 1
	assert transcript.text == text_of("silent")
	assert comments >= 2


def test_stream_taken_up_in_the_middle_repeats_and_loses_nothing(host: Host) -> None:
	task_id = host.ask(MODELS["paced"])
	seen: list[Sent] = []
	while not seen or not isinstance(decode(seen[-1].data), Completion):
		last = ("--header", f"Last-Event-ID: {seen[-1].id}") if seen else ()
		with curl(host, f"stream_events?task_id={task_id}", *last) as stream:
			seen += [event for event, _ in zip(stream.events(), range(30), strict=False)]
	transcript = Transcript()
	assert {transcript.apply(decode(event.data)) for event in seen} == {"applied"}
	assert transcript.text == text_of("paced")
	assert len({event.id for event in seen}) == len(seen) > 30


def test_closing_a_stream_does_not_stop_the_run(host: Host) -> None:
	task_id = host.ask(MODELS["paced"])
	with curl(host, f"stream_events?task_id={task_id}") as stream:
		next(event for event in stream.events() if isinstance(decode(event.data), Text))
	assert host.final(task_id).text == text_of("paced")


def test_stopping_a_run_ends_its_stream(host: Host) -> None:
	task_id = host.ask(MODELS["paced"])
	with curl(host, f"stream_events?task_id={task_id}") as stream:
		next(event for event in stream.events() if isinstance(decode(event.data), Text))
		host.call("stop", task_id=task_id)
		*_, last = stream.events()
	final = decode(last.data)
	assert isinstance(final, Completion)
	assert final.finish_reason == "cancelled"
	assert 0 < len(final.text) < len(text_of("paced"))


def text_in(chunks: list[Any]) -> str:
	choices = [choice for chunk in chunks for choice in chunk.get("choices", ())]
	return "".join(choice["delta"].get("content", "") for choice in choices)


def test_chat_is_answered_in_chunks_that_name_the_run(host: Host) -> None:
	question = posted(message="Hello?", model=MODELS["plain"], conversation_id=7)
	with curl(host, "streaming_chat_completion", *question) as stream:
		first, *events = stream.blocks
	assert_is_open(stream, first)
	*sent, done = (event for event in events if event.data)
	assert done.data == "[DONE]"
	chunks = [event.value for event in sent]
	assert text_in(chunks) == text_of("plain")
	(task_id,) = {chunk["task_id"] for chunk in chunks}
	assert {(chunk["object"], chunk["conversation_id"]) for chunk in chunks} == {
		("chat.completion.chunk", "7")
	}
	assert chunks[-1]["usage"]["completion_tokens"] == 25
	assert all(chunk["usage"] is None for chunk in chunks[:-1])
	assert host.final(task_id).text == text_of("plain")


def test_chat_that_fails_tells_so_at_the_end_of_its_stream(host: Host) -> None:
	with curl(host, "streaming_chat_completion", *posted(message="Hello?", model=MODELS["broken"])) as stream:
		*chunks, failure, done = stream.events()
	assert text_in([chunk.value for chunk in chunks]) == "t0 t1 t2 t3 t4 "
	assert (failure.value["error"]["code"], done.data) == ("overloaded", "[DONE]")
	assert isinstance(host.final(chunks[0].value["task_id"]), Error)


def test_closing_a_chat_stream_does_not_stop_the_run_but_stop_does(host: Host) -> None:
	question = posted(message="Hello?", model=MODELS["paced"])
	with curl(host, "streaming_chat_completion", *question) as stream:
		left = next(stream.events()).value["task_id"]
	with curl(host, "streaming_chat_completion", *question) as stream:
		stopped = next(stream.events()).value["task_id"]
		host.call("stop", task_id=stopped)
		*_, last, usage, done = stream.events()
	assert (last.value["choices"][0]["finish_reason"], done.data) == ("stop", "[DONE]")
	assert usage.value["choices"] == []
	final = host.final(stopped)
	assert isinstance(final, Completion)
	assert final.finish_reason == "cancelled"
	assert host.final(left).text == text_of("paced")


def test_chat_that_cannot_begin_is_refused_as_by_every_method(host: Host) -> None:
	status, body = host.call("streaming_chat_completion", message="")
	assert (status, body["error"]["code"]) == (422, "invalid_request")
	status, body = host.call("streaming_chat_completion", message="Hello?", model="none")
	assert (status, body["exc_type"]) == (422, "ValidationError")
