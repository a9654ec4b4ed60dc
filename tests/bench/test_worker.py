"""What may happen to the background job that carries the runs."""

from __future__ import annotations

from ai_assistant.core.events import Completion, Error, Reasoning, Text
from tests.bench.models import THINKING, WRITING
from tests.contract.bench import Bench
from tests.contract.host import MODELS, text_of
from tests.simulator import Answer, Behaviour

PATIENCE = 240.0
"""Seconds for the scheduler to look after lost runs, and for a worker to have done the jobs before."""

HOP = 140.0
"""Seconds after which a job that carries runs has made room for others, at the latest."""

DO_JOB = """
import time
job = frappe.enqueue("frappe.ping", queue="default")
while not job.is_finished:
	time.sleep(0.1)
	job.refresh()
"""


ENQUEUE_HOPS = """
import time
from frappe.utils.background_jobs import enqueue
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.hop import engine_queue, hop
from ai_assistant.hosts.frappe.redis import queue_redis
queue = Queue(queue_redis())
while queue.has_engine():
	time.sleep(0.1)
began = time.monotonic()
jobs = [enqueue(hop, queue=engine_queue()) for _ in range(5)]
while not all(job.is_finished for job in jobs):
	time.sleep(0.1)
	for job in jobs:
		job.refresh()
print(time.monotonic() - began)
"""

AT_ONCE = 10.0
"""Seconds: less than one engine takes to leave that finds nothing to do."""


def test_a_killed_job_strands_no_run(bench: Bench) -> None:
	writing, thinking = bench.ask(MODELS["paced"]), bench.ask(MODELS["thinking"])
	bench.wait_event(writing, Text)
	bench.wait_event(thinking, Reasoning)
	for job in bench.jobs():
		job.kill()
	ended = bench.final(writing, PATIENCE)
	assert isinstance(ended, Error)
	assert (ended.code, ended.retryable) == ("worker_lost", True)
	assert ended.text
	assert text_of("paced").startswith(ended.text)
	final = bench.final(thinking, PATIENCE)
	assert isinstance(final, Completion)
	assert (final.attempt, final.text) == (2, text_of("thinking"))


def test_a_job_that_must_stop_lets_answers_end_and_leaves_the_rest_to_the_next(bench: Bench) -> None:
	"""What reaches it when the bench is restarted."""
	runs = [bench.ask(model) for model in (MODELS["paced"], WRITING, THINKING)]
	for task_id, kind in zip(runs, (Text, Text, Reasoning), strict=True):
		bench.wait_event(task_id, kind)
	for job in bench.jobs():
		job.terminate()
	ended, cut, handed_on = [bench.final(task_id) for task_id in runs]
	assert isinstance(ended, Completion)
	assert ended.text == text_of("paced")
	assert isinstance(cut, Error)
	assert cut.code == "worker_lost"
	assert Answer.to(Behaviour.parse(WRITING)).text.startswith(cut.text)
	assert cut.text
	assert isinstance(handed_on, Completion)
	assert (handed_on.attempt, handed_on.text) == (2, Answer.to(Behaviour.parse(THINKING)).text)


def test_other_jobs_of_the_site_wait_for_one_hop_at_most(bench: Bench) -> None:
	task_id = bench.ask(MODELS["paced"])
	bench.wait_event(task_id, Text)
	bench.run(DO_JOB, seconds=HOP)
	assert isinstance(bench.final(task_id), Completion)


def test_jobs_that_come_when_no_run_waits_any_more_are_done_at_once(bench: Bench) -> None:
	assert float(bench.run(ENQUEUE_HOPS)) < AT_ONCE
