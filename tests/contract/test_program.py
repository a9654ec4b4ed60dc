"""The program that the pages give to authors of clients."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.host import Host, text_of

PAGE = Path(__file__).parents[2] / "docs/frappe.md"


def program() -> str:
	_, _, section = PAGE.read_text().partition("## For authors of clients")
	(found,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
	assert isinstance(found, str)
	return found


def run(host: Host) -> subprocess.CompletedProcess[str]:
	told = {"SITE_URL": host.url, "SITE": host.site, "AI_ASSISTANT_TOKEN": host.tokens["ann"]}
	command = [sys.executable, "-c", program()]
	return subprocess.run(command, env=os.environ | told, capture_output=True, text=True, timeout=60)


@pytest.fixture
def refusing(host: Host) -> Iterator[Host]:
	host.configure(message_characters=3)
	yield host
	host.configure()


def test_it_prints_an_answer_while_it_is_made(host: Host) -> None:
	done = run(host)
	assert done.returncode == 0, done.stderr
	assert text_of("plain") in done.stdout


def test_it_ends_with_the_reason_where_its_question_is_refused(refusing: Host) -> None:
	done = run(refusing)
	assert done.returncode != 0
	assert "ClientResponseError" in done.stderr
