"""What `doctor` says of a bench where something is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ai_assistant.core.events import Error
from tests.contract.bench import Bench
from tests.contract.host import MODELS

EXAMINE = """
import json
from ai_assistant.hosts.frappe.doctor import examine
def tell():
	print(json.dumps({finding.part: [finding.detail, finding.remedy] for finding in examine()}))
"""
"""What is changed before is not committed."""

REMOVED_QUEUE = """
frappe.db.set_single_value("AI Assistant Settings", "queue", "removed")
tell()
"""

STOPPED_SCHEDULER = """
frappe.conf.pause_scheduler = 1
tell()
"""

UNREADABLE_SETTINGS = """
frappe.db.set_single_value("AI Assistant Settings", "wait", "long")
tell()
"""

WORKERS = """
from frappe.utils.background_jobs import get_workers
print(json.dumps([[name.rpartition(":")[2] for name in worker.queue_names()] for worker in get_workers()]))
tell()
"""

SET_KEY = """
from cryptography.fernet import Fernet
kind, is_ours = arguments
provider = frappe.get_doc("AI Provider", "contract-suite")
provider.kind, provider.api_key = kind, "very-secret-key"
provider.save()
if is_ours == "no":
	sealed = Fernet(Fernet.generate_key()).encrypt(b"very-secret-key").decode()
	change = "update __Auth set password = %s where doctype = 'AI Provider' and name = %s"
	frappe.db.sql(change, (sealed, provider.name))
frappe.db.commit()
"""
"""Perhaps as another site had encrypted it, whose backup was restored."""


@pytest.fixture
def lost_key(bench: Bench) -> Iterator[None]:
	bench.run(SET_KEY, "openai", "no")
	yield
	bench.run(SET_KEY, "openai_compatible", "yes")


def test_all_is_well_where_nothing_is_wrong(bench: Bench) -> None:
	found = json.loads(bench.run(EXAMINE + "tell()"))
	remedies = {part: remedy for part, (_, remedy) in found.items() if not part.startswith("provider")}
	assert set(remedies) == {"redis", "worker", "realtime", "scheduler", "web"}
	assert not any(remedies.values())
	assert found["provider contract-suite"][1] == ""


def test_a_queue_that_was_removed_is_named(bench: Bench) -> None:
	detail, remedy = json.loads(bench.run(EXAMINE + REMOVED_QUEUE))["worker"]
	assert "the queue removed" in detail
	assert "bench worker" in remedy


def test_a_scheduler_that_stands_still_is_told(bench: Bench) -> None:
	detail, remedy = json.loads(bench.run(EXAMINE + STOPPED_SCHEDULER))["scheduler"]
	assert "paused" in detail
	assert "bench enable-scheduler" in remedy


def test_settings_that_cannot_be_read_are_a_finding(bench: Bench) -> None:
	found = json.loads(bench.run(EXAMINE + UNREADABLE_SETTINGS))
	assert "cannot be read" in found["settings"][0]
	assert found["redis"][1] == ""


def test_the_only_worker_of_the_queue_is_named_with_all_its_queues(bench: Bench) -> None:
	workers, found = map(json.loads, bench.run(EXAMINE + WORKERS).splitlines())
	listening = [queues for queues in workers if "long" in queues]
	told = found["worker"][0]
	assert (", ".join(listening[0]) in told and "Better" in told) == (len(listening) == 1)


@pytest.mark.usefixtures("lost_key")
def test_a_key_that_cannot_be_decrypted_is_named_and_ends_only_what_is_asked_of_its_provider(
	bench: Bench,
) -> None:
	final = bench.final(bench.ask(MODELS["plain"]))
	assert isinstance(final, Error)
	assert final.code == "auth"
	done = bench.command("ai-assistant", "doctor")
	(line,) = [line for line in done.stdout.splitlines() if "provider contract-suite" in line]
	assert line.startswith("wrong")
	assert "(auth)" in line
	assert done.returncode == 1
