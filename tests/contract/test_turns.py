"""Whose turn it is where several questions are asked, on either host."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from ai_assistant.core.events import Completion, Status, Text
from tests.contract.dialogue import ANSWER, ask, done, said
from tests.contract.host import MODELS, Host, text_of
from tests.contract.test_methods import new_id


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
