"""What two devices of one user do with his conversations."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal
from uuid import uuid4

from tests.contract.device import Device
from tests.contract.host import MODELS, Host
from tests.contract.test_methods import new_id

Action = Literal["send", "send_twice", "repeat", "stop", "edit", "regenerate", "choose", "drop", "watch"]

_NUMBERS = count(1)


@dataclass(frozen=True)
class Step:
	"""`place` chooses, as far as there is a choice, what the step is done to."""

	action: Action
	device: int
	place: int
	model: str
	on_busy: str


@dataclass(frozen=True)
class Asked:
	"""A request that was taken. `question`: the message it brought, or that is answered anew."""

	method: str
	parameters: dict[str, Any]
	task_id: str
	conversation: str
	question: str


class Story:
	"""Two devices, what was asked on them, and what each conversation was turned to `last`."""

	def __init__(self, host: Host):
		self.host = host
		self.devices = [Device(host, "ann"), Device(host, "ann")]
		self.asked: list[Asked] = []
		self.last: dict[str, Asked | str] = {}
		"""Something that was asked, or the id of a message that was chosen."""
		self._conversations = [str(new_id()), str(uuid4())]
		self._dropped = set[Device]()
		self._ever_dropped = set[Device]()

	async def play(self, steps: list[Step]) -> None:
		"""In the end both devices are connected, and every run has ended."""
		for step in steps:
			await getattr(self, f"_{step.action}")(step)
		for device in list(self._dropped):
			await self._return(device)
		await self._all_has_ended()

	async def export(self, conversation: str) -> list[dict[str, Any]]:
		"""The messages of all branches; none if nothing was said yet."""
		status, body = await asyncio.to_thread(self.host.get, "chat.export", conversation_id=conversation)
		return body["message"]["messages"] if status == 200 else []

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
		assert {status for status, _ in answers} <= ({200, 409} if step.on_busy == "reject" else {200})
		started = [body["message"] for status, body in answers if status == 200]
		if not started:
			return
		assert len({one["task_id"] for one in started}) == 1
		run = started[0]
		asked = Asked(method, parameters, run["task_id"], run["conversation_id"], run["message_id"])
		self.asked.append(asked)
		self.last[asked.conversation] = asked

	async def _repeat(self, step: Step) -> None:
		if self.asked:
			asked = self.asked[step.place % len(self.asked)]
			status, body = await self._call(asked.method, **asked.parameters)
			assert (status, body["message"]["task_id"]) == (200, asked.task_id)
			changed = asked.parameters | {"temperature": 0.5}
			assert (await self._call(asked.method, **changed))[0] == 409

	async def _stop(self, step: Step) -> None:
		if self.asked:
			asked = self.asked[-1 - step.place % len(self.asked)]
			status, body = await self._call("stop", task_id=asked.task_id)
			assert (status, body["message"]["task_id"]) == (200, asked.task_id)

	async def _choose(self, step: Step) -> None:
		if message := await self._some_message(step, "user", "assistant"):
			status, body = await self._call("chat.choose_branch", message_id=message["id"])
			assert status == 200, body
			self.last[body["message"]["id"]] = message["id"]

	async def _drop(self, step: Step) -> None:
		device = self.devices[step.device]
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
		device = self.devices[step.device]
		if self.asked and device not in self._dropped:
			asked = self.asked[-1 - step.place % len(self.asked)]
			if asked.task_id in device.shown or device not in self._ever_dropped:
				await device.until(asked.task_id, step.place * 10)

	def _question(self) -> dict[str, str]:
		return {"message": f"Question {next(_NUMBERS)}?"}

	def _conversation(self, step: Step) -> str:
		return self._conversations[step.place % 2]

	async def _some_message(self, step: Step, *roles: str) -> dict[str, Any] | None:
		every = await self.export(self._conversation(step))
		found = [message for message in every if message["role"] in roles]
		return found[-1 - step.place % len(found)] if found else None

	async def _call(self, method: str, **parameters: Any) -> tuple[int, Any]:
		return await asyncio.to_thread(self.host.call, method, **parameters)

	async def _all_has_ended(self) -> None:
		"""A device that was never dropped hears of every end by itself."""
		for device in self.devices:
			for asked in self.asked:
				if asked.task_id not in device.shown and device in self._ever_dropped:
					await device.repair(asked.task_id)
				await device.until(asked.task_id, 100_000)
			if device not in self._ever_dropped:
				assert device.repairs == 0
