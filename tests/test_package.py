"""What a wheel of this project holds, and what its Makefile does on a machine without Node.js."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent

TIMEOUT = 120
"""Seconds that a command is given."""

NAMES = ("pyproject.toml", "setup.py", "requirements.txt", "README.md", "LICENSE")


def test_a_wheel_contains_the_page_that_was_built(tmp_path: Path) -> None:
	tree = tmp_path / "tree"
	shutil.copytree(
		ROOT / "ai_assistant", tree / "ai_assistant", ignore=shutil.ignore_patterns("__pycache__", "built")
	)
	for name in NAMES:
		shutil.copy(ROOT / name, tree)
	built = tree / "ai_assistant" / "hosts" / "standalone" / "built"
	built.mkdir()
	for name in ("index.html", "page-1.js"):
		(built / name).write_text(name)
	command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", tmp_path, tree]
	done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
	if "No matching distribution found for setuptools" in done.stdout + done.stderr:
		pytest.skip("What builds a wheel cannot be had on this machine.")
	assert done.returncode == 0, done.stdout + done.stderr
	with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
		names = set(wheel.namelist())
	assert {f"ai_assistant/hosts/standalone/built/{name}" for name in ("index.html", "page-1.js")} <= names


@pytest.mark.skipif(not shutil.which("make"), reason="This machine has no make.")
def test_make_says_that_node_is_missing_and_goes_on_without_the_page(tmp_path: Path) -> None:
	for name in ("make", "sh", "sed", "find", "echo"):
		found = shutil.which(name)
		assert found
		(tmp_path / name).symlink_to(found)
	environment = {
		name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
	}
	done = subprocess.run(
		["make", "--always-make", "page"],
		cwd=ROOT,
		env={**environment, "PATH": str(tmp_path)},
		capture_output=True,
		text=True,
		timeout=TIMEOUT,
	)
	assert done.returncode == 0, done.stdout + done.stderr
	assert "Node.js 18 or newer and npm are not here: the site goes on without its page." in done.stdout
