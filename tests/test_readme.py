"""What README.md tells people to do, done."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_assistant.hosts.standalone.settings import FILE, load_settings
from tests.site_process import WAIT, SiteProcess, environment, served

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
	return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def running() -> Iterator[SiteProcess]:
	with served() as site:
		yield site


def test_the_two_commands_of_a_newcomer_come_first() -> None:
	assert blocks("sh")[0] == "make demo\nmake test\n"


def test_every_target_exists() -> None:
	targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
	assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= set(targets)


def test_every_file_exists() -> None:
	linked = re.findall(r"\]\(([^)#:]+)\)", README)
	named = [
		path for path in re.findall(r"`([\w./-]+/[\w./-]*)`", README) if not path.startswith(("./", "data/"))
	]
	assert [path for path in linked + named if not (ROOT / path).exists()] == []


def test_the_shell_commands_work_one_after_the_other(running: SiteProcess) -> None:
	script = "".join(block for block in blocks("sh") if not block.startswith("make "))
	for written, here in (
		("http://127.0.0.1:8000", running.url),
		("--data data", f"--data {running.data}"),
		(".venv/bin/ai-assistant ask", f".venv/bin/ai-assistant ask --url {running.url}"),
		(".venv/bin/ai-assistant doctor", f".venv/bin/ai-assistant doctor --url {running.url}"),
		(".venv/bin/ai-assistant", f"{sys.executable} -m ai_assistant"),
	):
		assert written in script
		script = script.replace(written, here)
	done = subprocess.run(
		["bash", "-euo", "pipefail", "-c", script],
		env=environment(),
		capture_output=True,
		text=True,
		timeout=WAIT,
	)
	assert done.returncode == 0, done.stderr
	assert "tokens/s" in done.stdout
	assert '"finish_reason":"stop"' in done.stdout


def test_the_python_client_prints_the_answer(running: SiteProcess) -> None:
	(program,) = blocks("python")
	assert "http://127.0.0.1:8000" in program
	done = subprocess.run(
		[sys.executable, "-W", "error", "-c", program.replace("http://127.0.0.1:8000", running.url)],
		env=environment(running.token),
		capture_output=True,
		text=True,
		timeout=WAIT,
	)
	assert (done.returncode, done.stderr) == (0, "")
	assert "You asked: **Why is the sky blue?**" in done.stdout


def test_the_settings_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
	(written,) = blocks("toml")
	(tmp_path / FILE).write_text(written)
	monkeypatch.setenv("DEEPSEEK_API_KEY", "secret")
	monkeypatch.setenv("AI_ASSISTANT_LIMITS__RUNS_PER_USER", "5")
	settings = load_settings(tmp_path).core
	assert [model.name for model in settings.providers[0].models] == ["deepseek-reasoner", "deepseek-chat"]
	assert settings.limits.runs_per_user == 5
