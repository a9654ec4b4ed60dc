"""The system's Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

WAIT = 20_000
"""Milliseconds that anything on a page is waited for."""

CHROMIUM = shutil.which("chromium")

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
