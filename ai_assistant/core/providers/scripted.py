"""A provider without a key or a network: it thinks aloud and answers about the question, always in the same words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator

from ai_assistant.core.deltas import Delta, Finish, ReasoningDelta, TextDelta, Usage
from ai_assistant.core.messages import Message
from ai_assistant.core.prompt import said
from ai_assistant.core.providers.provider import Prompt
from ai_assistant.core.settings import Provider

_RATE = 50.0
"""Deltas per second; a model named `…@200` sends so many instead."""

_LONGEST_QUESTION = 200
"""Characters of the question that are repeated."""

_REASONING = """\
The user asks: “{question}”.
First I look at what is being asked. It has {words}, and {earlier}. \
Then I think about what would help most: a short answer first, and after it how it came about. \
I am a script and know no facts, so I had better say so instead of inventing any."""

_TEXT = """\
You asked: **{question}**

I am the *scripted* model: I need no key and no network, and I show how an answer arrives.

1. What you read as thinking came as `reasoning` events, each the moment it was made.
2. This text comes as `text` events, about {rate:.0f} a second.
3. A `completion` event follows. It holds the whole answer, which is saved by then.

Set up another provider, and the same question goes to a real model."""


class Client:
	"""Answers at a steady pace. A word is a token."""

	def __init__(self, provider: Provider):
		self._provider = provider

	async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
		rate = _rate(prompt.model.name)
		reasoning, text = (_words(part) for part in _answer(prompt, rate))
		deltas: list[Delta] = [ReasoningDelta(word) for word in reasoning]
		deltas += [TextDelta(word) for word in text]
		shown = deltas[: prompt.max_tokens]
		start = asyncio.get_running_loop().time()
		for number, delta in enumerate(shown, start=1):
			await asyncio.sleep(start + number / rate - asyncio.get_running_loop().time())
			yield delta
		yield _usage(prompt, len(shown), min(len(reasoning), len(shown)))
		yield Finish("stop" if len(shown) == len(deltas) else "length")

	async def close(self) -> None:
		"""There is nothing to close."""


def _rate(model: str) -> float:
	named = re.search(r"@(\d+)$", model)
	return float(named[1]) if named and int(named[1]) else _RATE


def _answer(prompt: Prompt, rate: float) -> tuple[str, str]:
	asked = [message for message in prompt.messages if message.role == "user"] or [Message("user", "")]
	last = said(asked[-1].content)
	question = " ".join(last.split())
	if len(question) > _LONGEST_QUESTION:
		question = question[:_LONGEST_QUESTION] + "…"
	words = _counted(len(last.split()), "word")
	if images := len(asked[-1].images):
		words += f" and {_counted(images, 'image')}"
	earlier = (
		f"it is question {len(asked)} of this conversation" if len(asked) > 1 else "nothing came before it"
	)
	return _REASONING.format(question=question, words=words, earlier=earlier), _TEXT.format(
		question=question, rate=rate
	)


def _counted(count: int, noun: str) -> str:
	return f"one {noun}" if count == 1 else f"{count} {noun}s"


def _words(text: str) -> list[str]:
	"""Each with the white space after it."""
	return re.findall(r"\S+\s*", text)


def _usage(prompt: Prompt, written: int, reasoned: int) -> Usage:
	read = sum(len(message.content.split()) for message in prompt.messages)
	return Usage(
		input_tokens=read, output_tokens=written, reasoning_tokens=reasoned, total_tokens=read + written
	)
