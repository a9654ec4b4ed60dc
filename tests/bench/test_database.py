"""What may happen to the database while answers are made: each is whole in the end, and asked for once."""

from __future__ import annotations

from contextlib import ExitStack

from ai_assistant.core.events import Completion, Text
from tests.contract.bench import Bench
from tests.contract.host import MODELS, text_of

HOLD_RUNS = """
frappe.db.sql("select name from `tabAI Run` where name in %s for update", (arguments,))
print("held", flush=True)
frappe.db.sql("do sleep(@@innodb_lock_wait_timeout + 3)")
"""
"""Locks the runs for longer than anybody else waits."""

CLOSE_CONNECTIONS = """
for (number,) in frappe.db.sql("select id from information_schema.processlist where command = 'Sleep'"):
	frappe.db.sql("kill %s", number)
"""
"""Does to what the site has open what the server does after `wait_timeout`."""


def test_runs_outlast_a_lock_wait_timeout_as_they_begin_and_end(bench: Bench) -> None:
	before = len(bench.simulator.requests)
	ending = bench.ask(MODELS["paced"])
	bench.wait_event(ending, Text)
	with ExitStack() as stack:
		with bench.jobs_paused():
			beginning = bench.ask(MODELS["thinking"])
			stack.enter_context(bench.running(HOLD_RUNS, ending, beginning))
		bench.wait_event(beginning, Text)
	assert_whole(bench, ending, "paced")
	assert_whole(bench, beginning, "thinking")
	assert len(bench.simulator.requests) == before + 2


def test_a_run_goes_on_with_another_connection_when_the_server_closed_its_own(bench: Bench) -> None:
	before = len(bench.simulator.requests)
	task_id = bench.ask(MODELS["paced"])
	bench.wait_event(task_id, Text)
	bench.run(CLOSE_CONNECTIONS)
	assert_whole(bench, task_id, "paced")
	assert len(bench.simulator.requests) == before + 1


def assert_whole(bench: Bench, task_id: str, model: str) -> None:
	final = bench.final(task_id)
	assert isinstance(final, Completion)
	assert (final.attempt, final.text) == (1, text_of(model))
