from __future__ import annotations

import time
from itertools import groupby

from ai_assistant.core.answer import collected
from ai_assistant.core.deltas import ReasoningDelta, TextDelta
from ai_assistant.core.messages import Attachment, Message
from ai_assistant.core.prompt import prompted
from ai_assistant.core.providers.provider import Prompt
from ai_assistant.core.run import Generation, Run
from ai_assistant.core.settings import Model, Provider, Settings
from ai_assistant.core.store import LoadedRun
from tests.providers.conftest import Connect
from tests.providers.kinds import CLOSES_WITHIN, outcome, prompt


async def test_it_answers_about_the_question_and_not_about_its_material(connected: Connect) -> None:
	files = (
		Attachment("1", "image", "a.png", "image/png", 1),
		Attachment("2", "text", "a.txt", "text/plain", 1),
	)
	asked = Message("user", "What is this?", attachments=files)
	run = Run("r", "ann", "7", "queued", 0, 100.0, Generation(), "m")
	model = Model("reasoner@10000")
	read = Prompt(
		prompted(LoadedRun(run, [asked]), Settings(), model, lambda ids: dict.fromkeys(ids, "b")), model
	)
	deltas = [delta async for delta in connected(Provider("scripted", "scripted", (model,))).stream(read)]
	reasoning = "".join(delta.text for delta in deltas if isinstance(delta, ReasoningDelta))
	text = "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
	assert "It has 3 words and one image" in reasoning
	assert text.startswith("You asked: **What is this?**\n")


async def test_it_always_gives_the_same_answer(connected: Connect) -> None:
	provider = Provider("scripted", "scripted", (Model("reasoner@2000"),))
	(first, _), (second, _) = [await outcome(connected(provider), "reasoner@2000") for _ in range(2)]
	answer = collected(first)
	assert first == second
	assert [kind for kind, _ in groupby(type(delta).__name__ for delta in first)] == [
		"ReasoningDelta",
		"TextDelta",
		"Usage",
		"Finish",
	]
	assert "What is a rainbow?" in answer.text
	assert "What is a rainbow?" in answer.reasoning
	assert answer.usage is not None
	assert answer.usage.output_tokens == len(first) - 2


async def test_it_keeps_its_pace_and_stops_at_once(connected: Connect) -> None:
	stream = connected(Provider("scripted", "scripted", (Model("reasoner"),))).stream(prompt("reasoner"))
	start = time.monotonic()
	for _ in range(10):
		await anext(stream)
	assert 0.19 < time.monotonic() - start < 2
	closed = time.monotonic()
	await stream.aclose()
	assert time.monotonic() - closed < CLOSES_WITHIN
