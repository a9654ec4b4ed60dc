"""The page at `/` as browsers are given it."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from ai_assistant.hosts.standalone.page import Page
from tests.standalone.conftest import serving

INDEX = b'<!doctype html><script type="module" src="/assets/page-1A2B.js"></script>'
SCRIPT = b"export const greeting = 'hello';" * 100


@pytest.fixture
def built(tmp_path: Path) -> Path:
	directory = tmp_path / "built"
	directory.mkdir()
	(directory / "index.html").write_bytes(INDEX)
	(directory / "page-1A2B.js").write_bytes(SCRIPT)
	return directory


@pytest.fixture
async def browser(built: Path) -> AsyncIterator[aiohttp.ClientSession]:
	page = Page(PlainTextResponse("a method"), built)
	async with (
		serving(uvicorn.Config(page, log_config=None, lifespan="off")) as url,
		aiohttp.ClientSession(url, auto_decompress=False) as session,
	):
		yield session


async def test_the_page_is_never_kept_and_what_it_loads_for_ever(browser: aiohttp.ClientSession) -> None:
	async with browser.get("/") as page, browser.get("/assets/page-1A2B.js") as script:
		assert (page.status, page.content_type, page.headers["Cache-Control"]) == (
			200,
			"text/html",
			"no-store",
		)
		assert (script.status, script.content_type) == (200, "text/javascript")
		assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"
		assert gzip.decompress(await script.read()) == SCRIPT


async def test_who_cannot_unpack_gets_it_as_it_is(browser: aiohttp.ClientSession) -> None:
	async with browser.get("/assets/page-1A2B.js", headers={"Accept-Encoding": "identity"}) as script:
		assert await script.read() == SCRIPT
		assert script.headers["Vary"] == "Accept-Encoding"


async def test_the_page_runs_its_own_scripts_only_and_in_no_frame(browser: aiohttp.ClientSession) -> None:
	async with browser.get("/") as page:
		policy = page.headers["Content-Security-Policy"].split("; ")
		assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy)
		assert "frame-ancestors 'none'" in policy
		assert "unsafe" not in str(policy)
		assert page.headers["X-Content-Type-Options"] == "nosniff"
		assert page.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
	("verb", "path"),
	[
		("POST", "/"),
		("GET", "/assets/"),
		("GET", "/assets/index.html"),
		("GET", "/assets/..%2Findex.html"),
		("GET", "/api/method/ping"),
	],
)
async def test_all_else_is_the_methods(browser: aiohttp.ClientSession, verb: str, path: str) -> None:
	async with browser.request(verb, path) as answer:
		assert await answer.read() == b"a method"


async def test_a_page_that_was_not_built_says_what_to_do(tmp_path: Path) -> None:
	page = Page(PlainTextResponse("a method"), tmp_path / "nothing")
	config = uvicorn.Config(page, log_config=None, lifespan="off")
	async with serving(config) as url, aiohttp.ClientSession(url) as browser, browser.get("/") as answer:
		assert (answer.status, answer.headers["Cache-Control"]) == (503, "no-store")
		told = await answer.text()
		assert "Node.js" in told
		assert "make page" in told
