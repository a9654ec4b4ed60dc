"""The engine in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest

from ai_assistant.core.events import Completion
from tests.contract.bench import Bench
from tests.contract.host import MODELS, text_of, wait_for

ENGINES = """
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.redis import queue_redis
print(Queue(queue_redis()).has_engine())
"""


def has_engine(bench: Bench) -> bool:
	return bench.run(ENGINES).strip() == "True"


@pytest.fixture
def process(bench: Bench) -> Iterator[psutil.Process]:
	"""The only engine of the bench, whose starter has gone."""
	wait_for(lambda: not has_engine(bench), 60, lambda: "Another engine stays.")
	process = bench.started("ai-assistant", "worker")
	try:
		wait_for(lambda: has_engine(bench), 60, lambda: "The process does not begin.")
		yield process
	finally:
		if is_running(process):
			process.kill()


def is_running(process: psutil.Process) -> bool:
	return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_it_answers_without_a_job_for_longer_than_its_starter_lives_and_leaves_when_told_to(
	bench: Bench, process: psutil.Process
) -> None:
	final = bench.final(bench.ask(MODELS["paced"]))
	assert isinstance(final, Completion)
	assert (final.attempt, final.text) == (1, text_of("paced"))
	assert not bench.jobs()
	assert is_running(process)
	process.terminate()
	wait_for(lambda: not is_running(process), 20, lambda: "It stays.")
	assert not has_engine(bench)
