from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="Playwright is not installed.")

from playwright.sync_api import Browser

from tests.contract.host import MODELS
from tests.npm import build
from tests.system.conftest import Served
from tests.web.conftest import serving
from tests.web.page.window import Window

PICTURES = "sim:say=tour"
"""A model whose answer has a picture from elsewhere."""

Open = Callable[..., Window]
"""Opens the page in a browser of its own: the address where the site is reached, if not at its own, and options of
`Browser.new_context`."""


@pytest.fixture(scope="package")
def site(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
	"""A site with its page, built anew."""
	build(node, "page")
	with serving(tmp_path_factory.mktemp("page"), [*MODELS.values(), PICTURES]) as served:
		yield served


@pytest.fixture(scope="package")
def password(site: Served) -> str:
	"""Of the first administrator, as the site printed it."""
	found = re.search(r"as Administrator with the password (\S+)", "".join(site.output))
	assert found
	return found[1]


@pytest.fixture
def open_page(chromium: Browser, site: Served) -> Iterator[Open]:
	windows: list[Window] = []

	def open(url: str = "", **options: Any) -> Window:
		windows.append(Window.open(chromium.new_context(**options), url or site.url))
		return windows[-1]

	yield open
	for window in windows:
		window.context.close()
	assert [error for window in windows for error in window.errors] == []


@pytest.fixture
def visitor(open_page: Open) -> Window:
	return open_page()


@pytest.fixture
def admin(visitor: Window, password: str) -> Window:
	"""The window of somebody who has signed in as administrator."""
	visitor.sign_in("Administrator", password)
	visitor.page.get_by_role("link", name="Providers").wait_for()
	return visitor
