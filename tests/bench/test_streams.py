"""Server-sent events on a bench: each stream holds a thread of the web server, so that there are only so many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from ai_assistant.core.events import Text
from tests.bench.models import WRITING
from tests.contract.bench import Bench
from tests.contract.host import wait_for

SET_STREAMS = """
print(frappe.db.get_single_value("AI Assistant Settings", "streams") or 0)
frappe.db.set_single_value("AI Assistant Settings", "streams", arguments[0])
frappe.db.commit()
"""

MOST = 2


@pytest.fixture
def bounded(bench: Bench) -> Iterator[Bench]:
	former = bench.run(SET_STREAMS, str(MOST))
	yield bench
	bench.run(SET_STREAMS, former.strip())


def test_only_so_many_streams_are_open_and_one_that_is_closed_makes_room(bounded: Bench) -> None:
	task_id = bounded.ask(WRITING)
	bounded.wait_event(task_id, Text)
	with ExitStack() as stack:
		streams = [stack.enter_context(open_stream(bounded, task_id)) for _ in range(MOST)]
		status, body = bounded.get("stream_events", task_id=task_id)
		assert (status, body["exc_type"]) == (429, "TooManyRequestsError")
		assert body["error"]["retryable"]
		streams[0].close()
		stack.enter_context(wait_for(lambda: try_stream(bounded, task_id), 10, lambda: "No place came back."))
		assert bounded.shown(task_id).final is None
		status, _ = bounded.get("stream_events", task_id=task_id)
		assert status == 429
	bounded.call("stop", task_id=task_id)


def open_stream(bench: Bench, task_id: str) -> HTTPResponse:
	url = f"{bench.url}/api/method/ai_assistant.api.stream_events?task_id={task_id}"
	headers = {"Authorization": f"token {bench.tokens['ann']}"}
	response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=10)
	return response


def try_stream(bench: Bench, task_id: str) -> HTTPResponse | None:
	try:
		return open_stream(bench, task_id)
	except HTTPError as error:
		error.close()
		return None
