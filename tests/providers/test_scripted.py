from __future__ import annotations

from ai_assistant.core.deltas import ReasoningDelta, TextDelta
from ai_assistant.core.messages import Attachment, Message
from ai_assistant.core.prompt import prompted
from ai_assistant.core.providers.provider import Prompt
from ai_assistant.core.run import Generation, Run
from ai_assistant.core.settings import Model, Provider, Settings
from ai_assistant.core.store import LoadedRun
from tests.providers.conftest import Connect


async def test_it_answers_about_the_question_and_not_about_its_material(connected: Connect) -> None:
	files = (
		Attachment("1", "image", "a.png", "image/png", 1),
		Attachment("2", "text", "a.txt", "text/plain", 1),
	)
	asked = Message("user", "What is this?", attachments=files)
	run = Run("r", "ann", "7", "queued", 0, 100.0, Generation(), "m")
	model = Model("reasoner@10000")
	prompt = Prompt(
		prompted(LoadedRun(run, [asked]), Settings(), model, lambda ids: dict.fromkeys(ids, "b")), model
	)
	deltas = [delta async for delta in connected(Provider("scripted", "scripted", (model,))).stream(prompt)]
	reasoning = "".join(delta.text for delta in deltas if isinstance(delta, ReasoningDelta))
	text = "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
	assert "It has 3 words and one image" in reasoning
	assert text.startswith("You asked: **What is this?**\n")
