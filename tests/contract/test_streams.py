"""Server-sent events hold a place each: of a user, and of a site, on either host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from ai_assistant.core.events import Text
from tests.contract.dialogue import HELLO
from tests.contract.host import MODELS, Host, wait_for

MOST = 2


@pytest.fixture(scope="module", params=["streams", "streams_per_user"])
def bounded(host: Host, request: pytest.FixtureRequest) -> Iterator[Host]:
	host.configure(**{request.param: MOST})
	yield host
	host.configure()


def test_only_so_many_streams_are_open_and_one_that_is_closed_makes_room(bounded: Host) -> None:
	task_id = bounded.ask(MODELS["long"])
	bounded.wait_event(task_id, Text)
	with ExitStack() as stack:
		streams = [stack.enter_context(open_stream(bounded, task_id)) for _ in range(MOST)]
		status, body = bounded.get("stream_events", task_id=task_id)
		assert (status, body["exc_type"]) == (429, "TooManyRequestsError")
		assert (body["error"]["code"], body["error"]["retryable"]) == ("rate_limit", True)
		streams[0].close()
		stack.enter_context(wait_for(lambda: try_stream(bounded, task_id), 10, lambda: "No place came back."))
		assert bounded.shown(task_id).final is None
		assert bounded.get("stream_events", task_id=task_id)[0] == 429
		status, body = bounded.call("streaming_chat_completion", message="Hello?", model=MODELS["plain"])
		assert (status, body["error"]["code"]) == (429, "rate_limit")
		status, body = bounded.call(
			"v1/chat/completions", messages=[HELLO], model=MODELS["plain"], stream=True
		)
		assert (status, body["error"]["code"]) == (429, "rate_limit_exceeded")
	bounded.call("stop", task_id=task_id)


def open_stream(host: Host, task_id: str) -> HTTPResponse:
	url = f"{host.url}/api/method/ai_assistant.api.stream_events?task_id={task_id}"
	headers = {"Authorization": f"token {host.tokens['ann']}"}
	response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=10)
	return response


def try_stream(host: Host, task_id: str) -> HTTPResponse | None:
	try:
		return open_stream(host, task_id)
	except HTTPError as error:
		error.close()
		return None
