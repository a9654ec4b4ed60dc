from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="Playwright is not installed.")

from playwright.sync_api import Browser

from tests.npm import build
from tests.system.conftest import Served
from tests.web.chat.device import MODELS, Device
from tests.web.conftest import BRISK, serving

Open = Callable[..., Device]
"""Opens the chat in a window of its own: attributes of the element, a user, the address where the site `at` is reached, if
not at its own, and options of `Browser.new_context`."""


@pytest.fixture(scope="package")
def script(node: Path) -> str:
	"""web/chat as browsers load it."""
	build(node, "chat")
	return (node / "chat" / "dist" / "browser.js").read_text()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
	"""A site that all tests of the chat may ask, with other models."""
	with serving(tmp_path_factory.mktemp("chat"), MODELS.values()) as served:
		yield served


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Served]:
	"""The same for one test, which may stop and start it."""
	with serving(tmp_path, MODELS.values(), engine=BRISK) as served:
		yield served


@pytest.fixture
def open_chat(chromium: Browser, site: Served, script: str) -> Iterator[Open]:
	devices: list[Device] = []

	def open(
		attributes: str = "", user: str = "ann", url: str = "", at: Served = site, **options: Any
	) -> Device:
		attributes += f' token="{at.tokens[user]}"'
		devices.append(Device.open(chromium.new_context(**options), url or at.url, attributes, script))
		return devices[-1]

	yield open
	for device in devices:
		device.context.close()
	assert [error for device in devices for error in device.errors] == []


@pytest.fixture
def device(open_chat: Open) -> Device:
	return open_chat()
