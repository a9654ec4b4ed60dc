"""A site of either host, as its clients know it: by its address."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from ai_assistant.core.events import AnyEvent, FinalEvent, decode
from ai_assistant.core.methods import PATH
from ai_assistant.core.transcript import Transcript
from tests.simulator import Answer, Behaviour, Simulator

MODELS = {
	"plain": "sim:text=20,reasoning=5",
	"paced": "sim:text=150,rate=50",
	"lasting": "sim:text=250,rate=50",
	"long": "sim:reasoning=5,text=600,rate=50",
	"wordless": "sim:reasoning=5,text=0",
	"thinking": "sim:reasoning=60,text=10,rate=20",
	"calling": "sim:text=2,tool=get_weather+get_time",
	"citing": "sim:text=2,sources=2,tool=get_weather+get_time,rate=8",
	"restarted": "sim:reasoning=5,text=20,error=503,error_after=3,fail_times=1",
	"broken": "sim:text=20,error=503,error_after=5",
	"refused": "sim:error=policy",
	"silent": "sim:text=3,delay=8",
	"stamped": "sim:reasoning=2,text=10,rate=80,stamp=1,unicode=1",
	"stamped_broken": "sim:reasoning=1,text=10,rate=80,stamp=1,error=503,error_after=6",
	"too_long": "sim:text=3,error=context,fail_times=1",
	"titles": "sim:text=4,tag=titles",
	"blind": "sim:text=3,tag=blind",
}
"""By what they do; `blind` reads no images. Every token costs PRICE."""

PRICE = 2.0
"""For a million."""


def text_of(model: str) -> str:
	return Answer.to(Behaviour.parse(MODELS[model])).text


PATIENCE = 120.0
"""Seconds for an answer: the only worker of a bench may have other jobs to do before."""


class Host:
	"""Two users have a token each, ann and bob, and chief, who administers. Every wait is bounded."""

	role: str
	"""One that chief has, and ann has not."""
	url: str
	site: str
	tokens: dict[str, str]
	names: dict[str, str]
	"""What the site itself calls these users."""
	simulator: Simulator
	output: list[str]

	def configure(self, **settings: Any) -> None:
		"""Settings of the site, called as in the core (`title_model`, `budgets`, those of `limits`), `mode_code` and
		`streams`; the others are as they were at first."""
		raise NotImplementedError

	def call(self, method: str, user: str | None = "ann", /, **parameters: Any) -> tuple[int, Any]:
		"""POSTs JSON: the status and the body."""
		return self.post(method, json.dumps(parameters).encode(), user)

	def post(self, method: str, body: bytes, user: str | None = "ann") -> tuple[int, Any]:
		headers = {"Content-Type": "application/json"}
		return self.open(f"{self.url}{PATH}{method}", headers, user, body)

	def send_form(self, method: str, user: str | None = "ann", **fields: str) -> tuple[int, Any]:
		return self.open(f"{self.url}{PATH}{method}", {}, user, urlencode(fields).encode())

	def get(self, method: str, user: str | None = "ann", /, **parameters: Any) -> tuple[int, Any]:
		query = urlencode(parameters)
		return self.open(f"{self.url}{PATH}{method}?{query}", {}, user, None)

	def open(
		self, url: str, headers: dict[str, str], user: str | None, body: bytes | None, verb: str | None = None
	) -> tuple[int, Any]:
		if user:
			headers |= {"Authorization": f"token {self.tokens[user]}"}
		request = urllib.request.Request(url, body, headers, method=verb)
		try:
			with urllib.request.urlopen(request, timeout=30) as response:
				return response.status, json.load(response)
		except urllib.error.HTTPError as error:
			with error:
				return error.code, json.load(error)

	def ask(self, model: str, user: str = "ann") -> str:
		"""The task_id of a new run."""
		status, body = self.call("chat_completion", user, message="Hello?", model=model, stream=True)
		assert status == 200, body
		task_id: str = body["message"]["task_id"]
		return task_id

	def events(self, task_id: str) -> list[AnyEvent]:
		"""All so far; none while Redis is away."""
		status, body = self.call("get_events", task_id=task_id)
		if status == 503:
			return []
		assert status == 200, body
		return [decode(json.dumps(event)) for event in body["message"]["events"]]

	def shown(self, task_id: str) -> Transcript:
		transcript = Transcript()
		for event in self.events(task_id):
			transcript.apply(event)
		return transcript

	def wait_event(self, task_id: str, kind: type, seconds: float = PATIENCE) -> list[AnyEvent]:
		"""The events as soon as there is one of that kind."""

		def find() -> list[AnyEvent] | None:
			events = self.events(task_id)
			return events if any(isinstance(event, kind) for event in events) else None

		return wait_for(find, seconds, lambda: "".join(self.output[-20:]))

	def wait_words(self, task_id: str, count: int, seconds: float = PATIENCE) -> None:
		"""Returns once its text has so many words."""
		wait_for(lambda: len(self.shown(task_id).text.split()) >= count, seconds, str)

	def final(self, task_id: str, seconds: float = PATIENCE) -> FinalEvent:
		finals = [e for e in self.wait_event(task_id, FinalEvent, seconds) if isinstance(e, FinalEvent)]
		assert len(finals) == 1
		return finals[0]


def wait_for(find: Callable[[], Any], seconds: float, tell: Callable[[], str]) -> Any:
	"""What `find` returns as soon as it is something."""
	deadline = time.monotonic() + seconds
	while time.monotonic() < deadline:
		if found := find():
			return found
		time.sleep(0.02)
	raise TimeoutError(tell())
