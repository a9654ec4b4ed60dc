"""A Redis that stalls: still there, but answering nobody."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ai_assistant.core.events import Completion, Text
from tests.contract.host import MODELS, text_of, wait_for
from tests.system.conftest import Served

REFUSED_WITHIN = 8.0
"""Seconds: a little more than what Redis is given to answer."""

ASKED = 16
"""At once: more than the site has threads."""


def ask(site: Served) -> tuple[int, float]:
	return timed(site, "chat_completion", message="Hello?", model=MODELS["plain"], stream=True)


def timed(site: Served, method: str, **parameters: Any) -> tuple[int, float]:
	"""The status of a request, and the seconds until it came."""
	start = time.monotonic()
	status, _ = site.call(method, **parameters)
	return status, time.monotonic() - start


def sign_in(site: Served) -> int:
	body = b'{"usr": "nobody", "pwd": "wrong"}'
	status, _ = site.open(f"{site.url}/api/method/login", {"Content-Type": "application/json"}, None, body)
	return status


def test_a_stalled_redis_holds_up_only_what_needs_it_and_then_all_goes_on(served: Served) -> None:
	written = served.ask(MODELS["long"])
	served.wait_event(written, Text)
	redis = served.redis()
	redis.suspend()
	try:
		with ThreadPoolExecutor(ASKED) as threads:
			asked = [threads.submit(ask, served) for _ in range(ASKED)]
			assert sign_in(served) == 401
			stopped = [threads.submit(timed, served, "stop", task_id=written) for _ in range(ASKED)]
			for status, seconds in (one.result() for one in asked + stopped):
				assert status == 503
				assert seconds < REFUSED_WITHIN
	finally:
		redis.resume()
	final = served.final(written)
	assert isinstance(final, Completion)
	assert final.text == text_of("long")
	assert served.shown(written).text == text_of("long")
	assert wait_for(lambda: ask(served)[0] == 200, 10, lambda: "".join(served.output))
