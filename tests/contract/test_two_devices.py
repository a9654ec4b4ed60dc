"""Two devices of one user do what comes to their minds, and show in the end what the database holds, on either host."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ai_assistant.core.events import Completion, FinalEvent
from ai_assistant.core.settings import Limits
from ai_assistant.core.transcript import Transcript
from tests.contract.bench import Bench
from tests.contract.host import Host
from tests.contract.story import Action, Asked, Step, Story
from tests.contract.test_events import connected
from tests.simulator import Answer, Behaviour

Message = dict[str, Any]

_HISTORY = Limits().history_messages

_OFTEN: list[Action] = ["send", "send", "stop", "regenerate", "watch"]

STEPS = st.lists(
	st.builds(
		Step,
		st.sampled_from([*get_args(Action), *_OFTEN]),
		st.integers(0, 1),
		st.integers(0, 30),
		st.sampled_from(["stamped", "stamped", "stamped", "stamped_broken", "refused"]),
		st.sampled_from(["enqueue", "enqueue", "interrupt", "reject"]),
	),
	min_size=6,
	max_size=14,
)

_SETTINGS = settings(
	report_multiple_bugs=False,
	phases=[Phase.explicit, Phase.generate],
	suppress_health_check=[HealthCheck.too_slow],
)
"""A failure is told as it came: to make it smaller would take minutes."""


def test_both_devices_show_what_the_database_holds(host: Host) -> None:
	@settings(_SETTINGS, max_examples=10 if isinstance(host, Bench) else 50)
	@given(STEPS)
	def check(steps: list[Step]) -> None:
		asyncio.run(play(host, steps))

	check()


async def play(host: Host, steps: list[Step]) -> None:
	story = Story(host)
	async with connected(*story.devices):
		await story.play(steps)
		for conversation in {asked.conversation for asked in story.asked}:
			await check_conversation(story, conversation)


async def check_conversation(story: Story, conversation: str) -> None:
	asked = [one for one in story.asked if one.conversation == conversation]
	every = await story.export(conversation)
	for one in asked:
		await check_run(story, one, every)
	brought = [one.parameters["message"] for one in asked if "message" in one.parameters]
	assert Counter(brought) == Counter(one["content"] for one in every if one["role"] == "user")
	check_order(asked, every)
	check_prompts(story.host, every)
	first, second = [await device.open(conversation) for device in story.devices]
	assert first == second
	assert [one["parent"] for one in first] == [None, *(one["id"] for one in first[:-1])]
	check_branch(story.last[conversation], first, every)


async def check_run(story: Story, asked: Asked, every: list[Message]) -> None:
	"""One final event; the journal, both devices and the database tell the same."""
	events = await asyncio.to_thread(story.host.events, asked.task_id)
	final = events[-1]
	assert [event for event in events if isinstance(event, FinalEvent)] == [final], events
	assert isinstance(final, FinalEvent)
	replayed = Transcript()
	for event in events:
		assert replayed.apply(event) == "applied"
	for device in story.devices:
		shown = device.shown[asked.task_id]
		assert (shown.text, shown.reasoning) == (replayed.text, replayed.reasoning)
		assert shown.final == final
	answers = [message for message in every if message["task_id"] == asked.task_id]
	assert [message["id"] for message in answers] == ([final.message_id] if final.message_id else [])
	assert bool(answers) == bool(final.text or final.reasoning)
	for answer in answers:
		assert answer["parent"] == asked.question
		assert (answer["content"], answer["reasoning"]) == (final.text, final.reasoning)
	check_text(asked, final)


def check_branch(last: Asked | str, shown: list[Message], every: list[Message]) -> None:
	"""The history shows what was chosen, or asked for, last."""
	if isinstance(last, str):
		assert last in [message["id"] for message in shown]
		return
	answers = [one for one in every if one["parent"] == last.question and one["role"] == "assistant"]
	own = [one for one in answers if one["task_id"] == last.task_id]
	newest = (own or answers)[-1]["id"] if answers else last.question
	assert shown[-1]["id"] == newest


def check_prompts(host: Host, every: list[Message]) -> None:
	"""The model read what the branch holds, in its order, and nothing else."""
	by_id = {message["id"]: message for message in every}
	questions = {one["content"]: one for one in every if one["role"] == "user"}
	for request in host.simulator.requests:
		read = [one["content"] for one in request.body["messages"] if one["role"] != "system"]
		if question := questions.get(read[-1].split("\n")[-1]):
			path = [one["content"] for one in upwards(question, by_id) if one["content"]]
			assert marks_of(read) == marks_of(path[_HISTORY::-1])


def check_order(asked: list[Asked], every: list[Message]) -> None:
	"""What was asked later follows the answers to what was asked before it, as far as there are any."""
	by_id = {message["id"]: message for message in every}
	turn = {one.task_id: number for number, one in enumerate(asked)}
	for number, one in enumerate(asked):
		if one.method == "chat.regenerate":
			continue
		question = by_id[one.question]
		parent = by_id.get(question["parent"])
		if parent is None:
			continue
		if parent["role"] == "assistant":
			assert turn[parent["task_id"]] < number
		else:
			answers = [turn[m["task_id"]] for m in every if m["parent"] == parent["id"] and m["task_id"]]
			assert all(answer > number for answer in answers)


def check_text(asked: Asked, final: FinalEvent) -> None:
	"""Nothing is lost or repeated; the moments of sending make each answer unlike any other."""
	whole = Answer.to(Behaviour.parse(asked.parameters["model"])).text
	masked = re.sub(r"@\d{20}", "@" + "#" * 20, final.text)
	assert whole.startswith(masked)
	if isinstance(final, Completion) and final.finish_reason == "stop":
		assert masked == whole


def upwards(message: Message, by_id: dict[str, Message]) -> Iterator[Message]:
	yield message
	while message["parent"]:
		message = by_id[message["parent"]]
		yield message


def marks_of(texts: list[str]) -> list[str]:
	return re.findall(r"Question \d+|t\d+@\d{20}", "\n".join(texts))
