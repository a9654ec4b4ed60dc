"""What an engine does on a bench beside its runs: it looks each second whether it must stop, and hands over in the end."""

from __future__ import annotations

from tests.contract.bench import Bench
from tests.contract.host import MODELS

ENGINE = """
import asyncio, threading
from ai_assistant.core.clients import sync_client
from ai_assistant.core.queue import Queue, QueuedRun
from ai_assistant.core.settings import Settings
from ai_assistant.hosts.frappe.redis import queue_url
from ai_assistant.hosts.frappe.worker import FOR_GOOD, BenchWorker, Shift
url, calls = queue_url() + "/9", []
redis = sync_client(url)
def fail_twice():
	assert threading.current_thread() is not threading.main_thread()
	calls.append("call")
	if len(calls) < 3:
		raise ConnectionError("It is away.")
	return True
def work(shift, must_stop, hand_over):
	asyncio.run(BenchWorker(url, Settings(), shift, must_stop, hand_over).work())
	print(len(calls), Queue(redis).length())
	redis.flushdb()
"""
"""On a database of its own in the bench's Redis."""

FAILING_LOOKS = """
work(FOR_GOOD, fail_twice, None)
"""

FAILING_HAND_OVER = """
Queue(redis).put(QueuedRun(site, "waits"))
work(Shift(taking=0, idle=60, longest=60), lambda: False, fail_twice)
"""

LEAVING = """
import os, signal, socket
with socket.create_server(("127.0.0.1", 0)) as silent:
	url = "redis://127.0.0.1:%d" % silent.getsockname()[1]
	threading.Timer(2, os.kill, (os.getpid(), signal.SIGTERM)).start()
	asyncio.run(BenchWorker(url, Settings(), FOR_GOOD, lambda: False, None).work())
print("left")
"""

AT_ONCE = 30.0
"""Seconds: for the program to start, and for an engine to find that Redis does not answer."""

REMOVED_QUEUE = """
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.hop import try_to_wake
from ai_assistant.hosts.frappe.redis import queue_redis
frappe.db.set_single_value("AI Assistant Settings", "queue", "removed")
queue = Queue(queue_redis())
queue.unlock_wake()
try_to_wake()
print(queue.lock_wake(1))
"""

TWO_LOOKS = """
import threading, time
from ai_assistant.ai_assistant.site_test import add_run
from ai_assistant.hosts.frappe.context import connected
from ai_assistant.hosts.frappe.store import FrappeStore
run = add_run("two-looks@example.com", status="Queued")
frappe.db.commit()
def look():
	found = FrappeStore().unfinished_runs(time.time() + 60, 1_000)
	print(sum(one.user == "two-looks@example.com" for one in found))
def remove():
	with connected(site):
		frappe.db.delete("AI Run", {"name": run})
look()
thread = threading.Thread(target=remove)
thread.start()
thread.join()
look()
"""


CONSOLE = """
from ai_assistant.console import ask, runs
runs(1)
ask("Hello?", model=arguments[0])
runs(1)
"""


UNREACHABLE = """
import asyncio, json, os, shutil, socket, threading
from concurrent.futures import ThreadPoolExecutor
from ai_assistant.core.clients import async_client
from ai_assistant.core.queue import EngineQueue
from ai_assistant.hosts.frappe.redis import queue_url
from ai_assistant.hosts.frappe.sites import BenchSites
url = queue_url()
frappe.destroy()
name, calls = "unreachable.example", []
server = socket.create_server(("127.0.0.1", 0))
def refuse():
	while True:
		connection, _ = server.accept()
		calls.append("call")
		connection.close()
async def look():
	client = async_client(url)
	with ThreadPoolExecutor(4) as threads:
		sites = BenchSites(EngineQueue(client, 8), threads)
		found = await asyncio.gather(*(sites.get(name) for _ in range(5)))
		print(found == [None] * 5, await sites.get(name), await sites.is_gone(name), len(calls))
	await client.connection_pool.disconnect()
threading.Thread(target=refuse, daemon=True).start()
os.makedirs(f"{name}/logs")
try:
	with open(f"{name}/site_config.json", "w") as file:
		config = {"db_host": "127.0.0.1", "db_port": server.getsockname()[1]}
		json.dump(config | {"db_name": "nothing", "db_password": "nothing"}, file)
	asyncio.run(look())
finally:
	shutil.rmtree(name)
"""


def test_a_site_whose_database_is_not_reached_is_asked_once_for_all_who_wait(bench: Bench) -> None:
	assert bench.run(UNREACHABLE).split() == ["True", "None", "False", "1"]


def test_a_look_that_fails_is_made_again(bench: Bench) -> None:
	assert bench.run(ENGINE + FAILING_LOOKS).split() == ["3", "0"]


def test_a_hand_over_that_fails_is_tried_until_it_works(bench: Bench) -> None:
	assert bench.run(ENGINE + FAILING_HAND_OVER).split() == ["3", "1"]


def test_a_process_of_its_own_leaves_when_it_is_told_to_also_while_redis_does_not_answer(
	bench: Bench,
) -> None:
	assert bench.run(ENGINE + LEAVING, seconds=AT_ONCE).split() == ["left"]


def test_a_wake_that_fails_raises_nothing_and_can_be_tried_again(bench: Bench) -> None:
	assert bench.run(REMOVED_QUEUE).split() == ["True"]


def test_a_second_look_sees_what_changed_since_the_first(bench: Bench) -> None:
	assert bench.run(TWO_LOOKS).split() == ["1", "0"]


def test_the_list_of_runs_in_a_console_has_what_ended_meanwhile(bench: Bench) -> None:
	newest = bench.run(CONSOLE, MODELS["paced"]).splitlines()[-1]
	assert newest.split()[1:3] == ["Administrator", "Completed"]
