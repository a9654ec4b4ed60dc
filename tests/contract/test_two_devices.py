"""Two devices of one user do what comes to their minds, and show in the end what the database holds, on either host."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal, get_args
from uuid import uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ai_assistant.core.events import Completion, FinalEvent
from ai_assistant.core.settings import Limits
from ai_assistant.core.transcript import Transcript
from tests.contract.bench import Bench
from tests.contract.device import Device
from tests.contract.host import MODELS, Host
from tests.contract.test_methods import new_id
from tests.simulator import Answer, Behaviour

Action = Literal["send", "send_twice", "repeat", "stop", "edit", "regenerate", "choose", "drop", "watch"]

_OFTEN: list[Action] = ["send", "send", "stop", "regenerate", "watch"]

_NUMBERS = count(1)

_HISTORY = Limits().history_messages

_SETTINGS = settings(
	derandomize=True,
	deadline=None,
	report_multiple_bugs=False,
	phases=[Phase.explicit, Phase.generate],
	suppress_health_check=[HealthCheck.too_slow],
)
"""A failure is told as it came: to make it smaller would take minutes."""


@dataclass(frozen=True)
class Step:
	"""`place` chooses, as far as there is a choice, what the step is done to."""

	action: Action
	device: int
	place: int
	model: str
	on_busy: str


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


@dataclass(frozen=True)
class Asked:
	"""A request that was taken. `question`: the message it brought, or that is answered anew."""

	method: str
	parameters: dict[str, Any]
	task_id: str
	conversation: str
	question: str


def test_both_devices_show_what_the_database_holds(host: Host) -> None:
	@settings(_SETTINGS, max_examples=10 if isinstance(host, Bench) else 50)
	@given(STEPS)
	def check(steps: list[Step]) -> None:
		asyncio.run(play(host, steps))

	check()


async def play(host: Host, steps: list[Step]) -> None:
	await Story(host).play(steps)


class Story:
	"""What the two devices did, and what must have become of it."""

	def __init__(self, host: Host):
		self._host = host
		self._devices = [Device(host, "ann"), Device(host, "ann")]
		self._dropped = set[Device]()
		self._ever_dropped = set[Device]()
		self._conversations = [str(new_id()), str(uuid4())]
		self._asked: list[Asked] = []
		self._last: dict[str, Asked | str] = {}
		"""What each conversation was turned to last: something asked, or a message that was chosen."""

	async def play(self, steps: list[Step]) -> None:
		for device in self._devices:
			await device.connect()
		try:
			for step in steps:
				await getattr(self, f"_{step.action}")(step)
			for device in list(self._dropped):
				await self._return(device)
			await self._all_has_ended()
			for conversation in {asked.conversation for asked in self._asked}:
				await self._check(conversation)
		finally:
			for device in self._devices:
				await device.disconnect()

	async def _send(self, step: Step) -> None:
		await self._ask(
			step, 1, "chat_completion", **self._question(), conversation_id=self._conversation(step)
		)

	async def _send_twice(self, step: Step) -> None:
		await self._ask(
			step, 2, "chat_completion", **self._question(), conversation_id=self._conversation(step)
		)

	async def _edit(self, step: Step) -> None:
		if message := await self._some_message(step, "user"):
			await self._ask(step, 1, "chat.edit_message", **self._question(), message_id=message["id"])

	async def _regenerate(self, step: Step) -> None:
		if message := await self._some_message(step, "user", "assistant"):
			await self._ask(step, 1, "chat.regenerate", message_id=message["id"])

	async def _ask(self, step: Step, times: int, method: str, **parameters: Any) -> None:
		"""Refused only where a conversation that is busy was to refuse."""
		parameters |= {
			"model": MODELS[step.model],
			"on_busy": step.on_busy,
			"stream": True,
			"request_id": uuid4().hex,
		}
		answers = await asyncio.gather(*[self._call(method, **parameters) for _ in range(times)])
		started = [body["message"] for status, body in answers if status == 200]
		if not started:
			assert step.on_busy == "reject"
			assert {status for status, _ in answers} == {409}
			return
		assert len({one["task_id"] for one in started}) == 1
		assert len(started) == times
		run = started[0]
		conversation = run["conversation_id"]
		asked = Asked(method, parameters, run["task_id"], conversation, run["message_id"])
		self._asked.append(asked)
		self._last[conversation] = asked

	async def _repeat(self, step: Step) -> None:
		if self._asked:
			asked = self._asked[step.place % len(self._asked)]
			status, body = await self._call(asked.method, **asked.parameters)
			assert (status, body["message"]["task_id"]) == (200, asked.task_id)
			changed = asked.parameters | {"temperature": 0.5}
			assert (await self._call(asked.method, **changed))[0] == 409

	async def _stop(self, step: Step) -> None:
		if self._asked:
			asked = self._asked[-1 - step.place % len(self._asked)]
			status, body = await self._call("stop", task_id=asked.task_id)
			assert (status, body["message"]["task_id"]) == (200, asked.task_id)

	async def _choose(self, step: Step) -> None:
		if message := await self._some_message(step, "user", "assistant"):
			status, body = await self._call("chat.choose_branch", message_id=message["id"])
			assert status == 200, body
			self._last[body["message"]["id"]] = message["id"]

	async def _drop(self, step: Step) -> None:
		device = self._devices[step.device]
		if device in self._dropped:
			await self._return(device)
		else:
			await device.disconnect()
			self._dropped.add(device)
			self._ever_dropped.add(device)

	async def _return(self, device: Device) -> None:
		await device.connect()
		self._dropped.remove(device)
		await device.catch_up()
		for conversation in self._conversations:
			await device.open(conversation)

	async def _watch(self, step: Step) -> None:
		device = self._devices[step.device]
		if self._asked and device not in self._dropped:
			asked = self._asked[-1 - step.place % len(self._asked)]
			if asked.task_id in device.shown or device not in self._ever_dropped:
				await device.until(asked.task_id, step.place * 10)

	def _question(self) -> dict[str, str]:
		return {"message": f"Question {next(_NUMBERS)}?"}

	def _conversation(self, step: Step) -> str:
		return self._conversations[step.place % 2]

	async def _some_message(self, step: Step, *roles: str) -> dict[str, Any] | None:
		every = await self._export(self._conversation(step))
		found = [message for message in every if message["role"] in roles]
		return found[-1 - step.place % len(found)] if found else None

	async def _export(self, conversation: str) -> list[dict[str, Any]]:
		"""The messages of all branches; none if nothing was said yet."""
		status, body = await asyncio.to_thread(self._host.get, "chat.export", conversation_id=conversation)
		return body["message"]["messages"] if status == 200 else []

	async def _call(self, method: str, **parameters: Any) -> tuple[int, Any]:
		return await asyncio.to_thread(self._host.call, method, **parameters)

	async def _all_has_ended(self) -> None:
		"""A device that was never dropped hears of every end by itself."""
		for device in self._devices:
			for asked in self._asked:
				if asked.task_id not in device.shown and device in self._ever_dropped:
					await device.repair(asked.task_id)
				await device.until(asked.task_id, 100_000)
			if device not in self._ever_dropped:
				assert device.repairs == 0

	async def _check(self, conversation: str) -> None:
		asked = [one for one in self._asked if one.conversation == conversation]
		every = await self._export(conversation)
		by_id = {message["id"]: message for message in every}
		for one in asked:
			await self._check_run(one, every)
		brought = [one.parameters["message"] for one in asked if "message" in one.parameters]
		assert Counter(brought) == Counter(one["content"] for one in every if one["role"] == "user")
		check_order(asked, every)
		self._check_prompts(by_id)
		first, second = [await device.open(conversation) for device in self._devices]
		assert first == second
		assert [one["parent"] for one in first] == [None, *(one["id"] for one in first[:-1])]
		self._check_branch(conversation, first, every)

	async def _check_run(self, asked: Asked, every: list[dict[str, Any]]) -> None:
		events = await asyncio.to_thread(self._host.events, asked.task_id)
		final = events[-1]
		assert [event for event in events if isinstance(event, FinalEvent)] == [final], events
		replayed = Transcript()
		for event in events:
			assert replayed.apply(event) == "applied"
		for device in self._devices:
			shown = device.shown[asked.task_id]
			assert (shown.text, shown.reasoning) == (replayed.text, replayed.reasoning)
			assert shown.final == final
		answers = [message for message in every if message["task_id"] == asked.task_id]
		assert [message["id"] for message in answers] == ([final.message_id] if final.message_id else [])
		assert bool(answers) == bool(final.text or final.reasoning)
		for answer in answers:
			assert answer["parent"] == asked.question
			assert (answer["content"], answer["reasoning"]) == (final.text, final.reasoning)
			assert all(words_of(answer["content"])[word] == 1 for word in words_of(answer["content"]))
		check_text(asked, final)

	def _check_branch(
		self, conversation: str, shown: list[dict[str, Any]], every: list[dict[str, Any]]
	) -> None:
		last = self._last[conversation]
		if isinstance(last, str):
			assert last in [message["id"] for message in shown]
			return
		answers = [one for one in every if one["parent"] == last.question and one["role"] == "assistant"]
		own = [one for one in answers if one["task_id"] == last.task_id]
		newest = (own or answers)[-1]["id"] if answers else last.question
		assert shown[-1]["id"] == newest

	def _check_prompts(self, by_id: dict[str, dict[str, Any]]) -> None:
		"""The model read what the branch holds, in its order, and nothing else."""
		questions = {one["content"]: one for one in by_id.values() if one["role"] == "user"}
		for request in self._host.simulator.requests:
			read = [one["content"] for one in request.body["messages"] if one["role"] != "system"]
			if question := questions.get(read[-1].split("\n")[-1]):
				path = [one["content"] for one in upwards(question, by_id) if one["content"]]
				assert marks_of(read) == marks_of(path[_HISTORY::-1])


def check_order(asked: list[Asked], every: list[dict[str, Any]]) -> None:
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


def upwards(message: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
	yield message
	while message["parent"]:
		message = by_id[message["parent"]]
		yield message


def words_of(text: str) -> Counter[str]:
	return Counter(re.findall(r"t\d+@\d{20}", text))


def marks_of(texts: list[str]) -> list[str]:
	return re.findall(r"Question \d+|t\d+@\d{20}", "\n".join(texts))
