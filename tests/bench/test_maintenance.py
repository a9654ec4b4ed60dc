"""One site of a bench in maintenance: its runs wait, those of the other site go on in the same job."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ai_assistant.core.events import Completion, Error, Reasoning, Text
from tests.bench.models import THINKING, WRITING
from tests.contract.bench import Bench
from tests.contract.host import MODELS, text_of, wait_for
from tests.simulator import Answer, Behaviour

SET_MAINTENANCE = """
from frappe.installer import update_site_config
update_site_config("maintenance_mode", int(arguments[0]))
"""

ENGINES = """
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.redis import queue_redis
queue = Queue(queue_redis())
print(queue.length(), sum(run.site == site for run in queue.known()))
"""


@pytest.fixture
def maintained(bench: Bench) -> Iterator[Bench]:
	yield bench
	bench.run(SET_MAINTENANCE, "0")


def test_runs_of_a_site_in_maintenance_wait_and_those_of_another_go_on(
	maintained: Bench, other: Bench
) -> None:
	"""The job that carries both was enqueued by the site in maintenance."""
	thinking, writing = maintained.ask(THINKING), maintained.ask(WRITING)
	maintained.wait_event(thinking, Reasoning)
	maintained.wait_event(writing, Text)
	going_on = other.ask(WRITING)
	other.wait_event(going_on, Text)
	maintained.run(SET_MAINTENANCE, "1")
	wait_for(lambda: maintained.run(ENGINES).split() == ["0", "1"], 30, lambda: maintained.run(ENGINES))
	final = other.final(going_on)
	assert isinstance(final, Completion)
	assert (final.attempt, final.text) == (1, Answer.to(Behaviour.parse(WRITING)).text)
	maintained.run(SET_MAINTENANCE, "0")
	cut = maintained.final(writing)
	assert isinstance(cut, Error)
	assert (cut.code, bool(cut.text)) == ("worker_lost", True)
	later = maintained.ask(MODELS["plain"])
	for task_id, text in ((later, text_of("plain")), (thinking, Answer.to(Behaviour.parse(THINKING)).text)):
		whole = maintained.final(task_id)
		assert isinstance(whole, Completion)
		assert whole.text == text


def test_a_half_written_configuration_of_one_site_ends_no_run_of_any(bench: Bench, other: Bench) -> None:
	own, of_another = bench.ask(MODELS["paced"]), other.ask(MODELS["lasting"])
	bench.wait_event(own, Text)
	other.wait_event(of_another, Text)
	with bench.configuration_cut():
		final = other.final(of_another)
	assert isinstance(final, Completion)
	assert (final.attempt, final.text) == (1, text_of("lasting"))
	final = bench.final(own)
	assert isinstance(final, Completion)
	assert (final.attempt, final.text) == (1, text_of("paced"))
