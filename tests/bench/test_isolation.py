"""Two sites of one bench, served by the same processes, with users and providers of the same names."""

from __future__ import annotations

import asyncio

from ai_assistant.core.events import Completion, Error, Text
from tests.contract.bench import Bench
from tests.contract.device import Device
from tests.contract.host import MODELS, text_of
from tests.simulator.server import BAD_KEY

SET_KEY = """
provider = frappe.get_doc("AI Provider", "contract-suite")
provider.api_key = arguments[0]
provider.save()
frappe.db.commit()
"""

QUEUE_FOR_NOBODY = """
from ai_assistant.core.queue import Queue, QueuedRun
from ai_assistant.hosts.frappe.redis import queue_redis
Queue(queue_redis()).put(QueuedRun("dropped.example", "a-run"))
"""

COUNT_FOR_NOBODY = """
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.redis import queue_redis
print(sum(run.site == "dropped.example" for run in Queue(queue_redis()).known()))
"""


def test_runs_of_two_sites_are_carried_at_once_and_known_on_their_own_only(
	bench: Bench, other: Bench
) -> None:
	tasks = [(bench, bench.ask(MODELS["paced"])), (other, other.ask(MODELS["paced"]))]
	for site, task_id in tasks:
		site.wait_event(task_id, Text)
	assert all(request.ended is None for request in bench.simulator.requests_of(MODELS["paced"]))
	for (site, task_id), (stranger, _) in zip(tasks, reversed(tasks), strict=True):
		for answer in (
			stranger.call("get_events", task_id=task_id),
			stranger.get("stream_events", task_id=task_id),
			stranger.call("stop", task_id=task_id),
			stranger.document("AI Run", task_id, "auditor"),
		):
			assert (answer[0], answer[1]["exc_type"]) == (404, "DoesNotExistError")
		final = site.final(task_id)
		assert isinstance(final, Completion)
		assert final.text == text_of("paced")


def test_a_conversation_of_the_same_name_is_another_one_on_each_site(bench: Bench, other: Bench) -> None:
	for site in (bench, other):
		site.call("chat_completion", message=f"From {site.site}", model=MODELS["plain"], conversation_id=7)
	for site in (bench, other):
		_, body = site.get("chat.get_conversation_history", conversation_id=7)
		said = [message["content"] for message in body["message"]["messages"]]
		assert said == [f"From {site.site}", text_of("plain")]


def test_runs_of_a_site_that_was_dropped_are_dropped_and_hold_up_nothing(bench: Bench) -> None:
	bench.run(QUEUE_FOR_NOBODY)
	final = bench.final(bench.ask(MODELS["plain"]))
	assert isinstance(final, Completion)
	assert bench.run(COUNT_FOR_NOBODY).strip() == "0"


def test_a_token_opens_its_own_site_only(bench: Bench, other: Bench) -> None:
	headers = {"Authorization": f"token {bench.tokens['ann']}"}
	url = f"{other.url}/api/method/ai_assistant.api.models"
	status, _ = other.open(url, headers, None, None)
	assert status == 401


async def test_events_reach_sockets_of_their_own_site_only(bench: Bench, other: Bench) -> None:
	devices = [Device(bench, "ann"), Device(other, "ann")]
	for device in devices:
		await device.connect()
	tasks = [await asyncio.to_thread(site.ask, MODELS["paced"]) for site in (bench, other)]
	for device, task_id in zip(devices, tasks, strict=True):
		await device.until(task_id, len(text_of("paced")) + 1)
		await device.disconnect()
		assert list(device.shown) == [task_id]
		assert device.shown[task_id].text == text_of("paced")


def test_each_site_asks_with_its_own_key(bench: Bench, other: Bench) -> None:
	other.run(SET_KEY, BAD_KEY)
	tasks = bench.ask(MODELS["plain"]), other.ask(MODELS["plain"])
	answered, refused = bench.final(tasks[0]), other.final(tasks[1])
	assert isinstance(answered, Completion)
	assert isinstance(refused, Error)
	assert refused.code == "auth"
