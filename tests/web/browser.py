"""The system's Chromium, and what is built for it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

WAIT = 20_000
"""Milliseconds that anything on a page is waited for."""

CHROMIUM = shutil.which("chromium")

_BUILD = 120
"""Seconds that a build is given."""

INSECURE = "chat.lan"
"""A name of this machine that browsers do not take for a secure place."""

_ARGUMENTS = [
	"--no-sandbox",
	"--disable-features=LocalNetworkAccessChecks",
	f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1",
]
"""A page that the test itself serves counts as one from elsewhere, which may not ask this machine for anything."""


@contextmanager
def browser() -> Iterator[Browser]:
	expect.set_options(timeout=WAIT)
	with sync_playwright() as playwright:
		launched = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
		yield launched
		launched.close()


def build(web: Path, workspace: str) -> None:
	"""`web` is the folder of the TypeScript side, `workspace` one of those in it."""
	command = ["npm", "run", "--silent", "build", "--workspace", f"@ai-assistant/{workspace}"]
	done = subprocess.run(command, cwd=web, timeout=_BUILD, capture_output=True, text=True)
	assert done.returncode == 0, done.stdout + done.stderr
