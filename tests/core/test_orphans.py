"""Runs that no queue and no engine has."""

from __future__ import annotations

from tests.contract.runs import create, new_run
from tests.core.conftest import TestSite


def test_more_orphans_than_are_read_at_once_are_all_queued_again(site: TestSite) -> None:
	for number in range(1_002):
		create(site.store, new_run(f"r{number}", user=f"user {number}", created=number // 500), 5)
	assert site.requeue_orphans() == 1_002
	assert len(site.queue.known()) == 1_002
