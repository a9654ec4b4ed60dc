"""How soon a stream of server-sent events begins."""

from __future__ import annotations

import time

import aiohttp

from benchmarks.figures import Spread

_TIMES = 100
"""Streams, one after the other, of a run that is going on."""


async def first_bytes(url: str, token: str, model: str) -> Spread:
	"""From the question to the first byte of the answer."""
	seconds = list[float]()
	async with aiohttp.ClientSession(f"{url}/", headers={"Authorization": f"token {token}"}) as session:
		body = {"message": "Hello?", "model": model, "stream": True}
		async with session.post(_method("chat_completion"), json=body) as response:
			task_id = (await response.json())["message"]["task_id"]
		for _ in range(_TIMES):
			asked = time.monotonic()
			async with session.get(_method("stream_events"), params={"task_id": task_id}) as response:
				await response.content.readany()
			seconds.append(time.monotonic() - asked)
		async with session.post(_method("stop"), json={"task_id": task_id}):
			return Spread.of(seconds)


def _method(name: str) -> str:
	return f"/api/method/ai_assistant.api.{name}"
