"""What may happen to the background job that carries the runs."""

from __future__ import annotations

from ai_assistant.core.events import Completion, Error, Reasoning, Text
from tests.contract.bench import Bench
from tests.contract.host import MODELS, text_of

PATIENCE = 240.0
"""Seconds for the scheduler to look after lost runs, and for a worker to have done the jobs before."""


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
