"""What npm does in the folder of the TypeScript side."""

from __future__ import annotations

import subprocess
from pathlib import Path

_BUILD = 120
"""Seconds that a build is given."""


def build(web: Path, workspace: str, script: str = "build") -> None:
	"""`web` is that folder, `workspace` one of those in it."""
	command = ["npm", "run", "--silent", script, "--workspace", f"@ai-assistant/{workspace}"]
	done = subprocess.run(command, cwd=web, timeout=_BUILD, capture_output=True, text=True)
	assert done.returncode == 0, done.stdout + done.stderr
