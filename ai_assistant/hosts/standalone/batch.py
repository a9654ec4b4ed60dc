"""`batch`: several methods in one request, side by side where their order allows it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ai_assistant.core.batch import Batch, BatchReply, BatchRequest, Call
from ai_assistant.core.envelope import Envelope, failure, success, unexpected
from ai_assistant.core.errors import AssistantError

Do = Callable[[Call], Awaitable[Any]]
"""What the method returns. Raises AssistantError."""


async def answer_batch(request: BatchRequest, do: Do) -> BatchReply:
	"""Raises MalformedRequest; what any of its calls raises goes into the reply."""
	batch = Batch(request)
	under_way: set[asyncio.Task[None]] = set()
	while not batch.is_answered:
		under_way |= {asyncio.create_task(_answer(batch, call, do)) for call in batch.begin()}
		_, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
	return batch.reply()


async def _answer(batch: Batch, call: Call, do: Do) -> None:
	batch.end(call, await _envelope(call, do))


async def _envelope(call: Call, do: Do) -> Envelope:
	try:
		return success(await do(call))
	except AssistantError as error:
		return failure(error)
	except Exception:
		return unexpected(f"{call.name} of a batch")
