"""The demo as people run it, and the small model that answers in it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from ai_assistant.core.settings import Model, Provider
from ai_assistant.hosts.standalone.demo import QUESTION, as_toml
from ai_assistant.hosts.standalone.local_model import LocalModelMissing, local_model
from ai_assistant.hosts.standalone.settings import FILE, load_settings
from tests.site_process import WAIT, environment

HAS_LOCAL_MODEL = find_spec("xllamacpp") is not None


@contextmanager
def demo(temporary: Path, **variables: str) -> Iterator[subprocess.Popen[str]]:
	"""Runs it with that directory for temporary files."""
	with subprocess.Popen(
		[sys.executable, "-m", "ai_assistant", "demo"],
		env=environment() | {"TMPDIR": str(temporary), "COLUMNS": "100"} | variables,
		stdout=subprocess.PIPE,
		text=True,
	) as process:
		yield process


def test_the_demo_shows_every_answer_and_leaves_nothing_behind(tmp_path: Path) -> None:
	with demo(tmp_path) as process:
		shown, _ = process.communicate(timeout=WAIT)
	assert process.returncode == 0
	assert QUESTION in shown
	lines = shown.splitlines()
	assert any(line.startswith("reasoner") and "> The user asks" in line for line in lines)
	summaries = [line for line in lines if "tokens/s" in line]
	assert len(summaries) == 1 + HAS_LOCAL_MODEL
	assert summaries[0].startswith("reasoner: ")
	assert ("SmolLM2-135M | " in shown) == HAS_LOCAL_MODEL
	assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_of_no_use_does_not_fail_the_demo(tmp_path: Path) -> None:
	with demo(tmp_path, ANTHROPIC_API_KEY="stale", HTTPS_PROXY="http://127.0.0.1:9") as process:
		shown, _ = process.communicate(timeout=WAIT)
	assert process.returncode == 0
	assert "The demo does without anthropic: is ANTHROPIC_API_KEY still valid?" in shown
	assert "stale" not in shown
	assert any(line.startswith("reasoner: ") and "tokens/s" in line for line in shown.splitlines())


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demo_that_is_ended_early_stops_what_it_started(
	tmp_path: Path, number: signal.Signals, status: int
) -> None:
	with demo(tmp_path) as process:
		assert process.stdout is not None
		for line in process.stdout:
			if "> The user asks" in line:
				break
		family = psutil.Process(process.pid).children(recursive=True)
		process.send_signal(number)
		process.communicate(timeout=WAIT)
	assert process.returncode == status
	assert len(family) >= 3, "the site, its worker and Redis"
	_, alive = psutil.wait_procs(family, timeout=10)
	assert alive == []
	assert list(tmp_path.iterdir()) == []


def test_the_settings_that_the_demo_writes_are_the_ones_it_means(tmp_path: Path) -> None:
	provider = Provider(
		"local", "openai_compatible", (Model("a", max_tokens=300), Model("b", reasoning=True)), "http://x/v1"
	)
	(tmp_path / FILE).write_text(as_toml(provider))
	assert load_settings(tmp_path).core.providers == (provider,)


@pytest.mark.skipif(not HAS_LOCAL_MODEL, reason="the extra `local` is not installed")
def test_the_local_model_answers_and_ends_with_its_context() -> None:
	family = set(psutil.Process().children())
	with local_model() as url:
		request = urllib.request.Request(
			f"{url}/chat/completions",
			json.dumps({"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5}).encode(),
			{"Content-Type": "application/json"},
		)
		with urllib.request.urlopen(request, timeout=WAIT) as response:
			assert json.load(response)["choices"][0]["message"]["content"]
		(server,) = set(psutil.Process().children()) - family
	assert not server.is_running()


@pytest.mark.skipif(not HAS_LOCAL_MODEL, reason="the extra `local` is not installed")
def test_a_local_model_that_does_not_start_is_not_waited_for() -> None:
	with pytest.raises(LocalModelMissing, match="did not start within"), local_model(0.01):
		pass


@pytest.mark.skipif(HAS_LOCAL_MODEL, reason="the extra `local` is installed")
def test_without_its_extra_the_local_model_is_said_to_be_missing() -> None:
	with pytest.raises(LocalModelMissing), local_model():
		pass
