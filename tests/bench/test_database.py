"""What may happen to the database while answers are made: each is whole in the end, and asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ai_assistant.core.events import Completion, Text
from ai_assistant.core.settings import Limits
from tests.contract.bench import Bench
from tests.contract.host import MODELS, text_of, wait_for
from tests.contract.test_attachments import image_of

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


ALLOW_BYTES = """
for field, value in zip(("image_bytes", "request_bytes"), arguments):
	frappe.db.set_single_value("AI Assistant Settings", field, int(value))
frappe.db.commit()
"""

ROWS = """
counts = [frappe.db.count(f"AI {kind}") for kind in ("Conversation", "Message", "Attachment", "Run")]
print(*counts, frappe.db.sql("select @@max_allowed_packet")[0][0])
"""

SEND_TOO_MUCH = """
from ai_assistant.hosts.frappe.context import connected
frappe.destroy()
try:
	with connected(site):
		frappe.db.sql("insert into `tabAI Preferences` (name, owner) values ('too much', 'nobody')")
		frappe.db.sql("select %s", "x" * frappe.db.sql("select @@max_allowed_packet")[0][0])
except Exception:
	with connected(site):
		print(frappe.db.count("AI Preferences", {"name": "too much"}))
"""


MISTAKE = """
from ai_assistant.hosts.frappe.context import connected
frappe.destroy()
for statement in ("select nothing from `tabAI Run`", "kill connection_id()"):
	try:
		with connected(site):
			frappe.db.sql(statement)
	except Exception as error:
		print(type(error).__name__)
"""


@pytest.fixture
def large_images(bench: Bench) -> Iterator[None]:
	bench.run(ALLOW_BYTES, "20000000", "20000000")
	yield
	bench.run(ALLOW_BYTES, str(Limits().image_bytes), str(Limits().request_bytes))


@pytest.mark.usefixtures("large_images")
def test_an_image_that_the_database_does_not_take_is_refused_and_leaves_nothing(bench: Bench) -> None:
	*before, most = bench.run(ROWS).split()
	parts = [{"type": "text", "text": "What is this?"}, image_of(int(most) // 4 * 3)]

	def refused() -> tuple[int, Any] | None:
		"""Once the site has read its settings anew."""
		status, body = bench.call(
			"chat_completion", messages=[{"role": "user", "content": parts}], stream=True
		)
		return None if status == 422 else (status, body)

	status, body = wait_for(refused, 30, lambda: "The settings are not read.")
	assert (status, body["error"]["code"]) == (413, "too_large")
	assert f"up to {int(most):,} bytes" in body["error"]["message"]
	assert bench.run(ROWS).split() == [*before, most]
	assert_whole(bench, bench.ask(MODELS["paced"]), "paced")


def test_a_statement_that_the_database_does_not_take_leaves_nothing_and_the_next_is_done(
	bench: Bench,
) -> None:
	assert bench.run(SEND_TOO_MUCH).split() == ["0"]


def test_a_wrong_statement_is_told_as_such_and_a_connection_that_broke_as_a_passing_state(
	bench: Bench,
) -> None:
	assert bench.run(MISTAKE).split() == ["OperationalError", "ServiceUnavailable"]


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
