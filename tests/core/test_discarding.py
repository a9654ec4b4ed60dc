"""What is left of a question that cannot be queued."""

from __future__ import annotations

import pytest

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.clients import sync_client
from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.journal import Journal
from ai_assistant.core.queue import Queue
from ai_assistant.core.requests import (
	ChatRequest,
	EditMessageRequest,
	HistoryRequest,
	MessageRequest,
	RegenerateRequest,
)
from tests.core.conftest import MODELS, SITE, USER, TestSite

MODEL = MODELS["plain"]


def without_redis(site: TestSite) -> Assistant:
	nowhere = sync_client("redis://127.0.0.1:1")
	queue, journal = Queue(nowhere), Journal(nowhere, site.settings.retention)
	return Assistant(SITE, site.store, site.settings, queue, journal, lambda: None, lambda user: ())


def test_the_history_is_that_of_the_branch_that_was_chosen(site: TestSite) -> None:
	site.start_engine()
	for question in ("One?", "Two?"):
		site.events(site.ask(MODEL, conversation_id="7", message=question))
	conversations, away = site.assistant.conversations, without_redis(site)
	first, answer, *_ = conversations.history(USER, HistoryRequest("7")).messages
	site.events(site.assistant.regenerate(USER, RegenerateRequest(message_id=answer.id, model=MODEL)))
	conversations.choose_branch(USER, MessageRequest(answer.id))
	chosen = conversations.history(USER, HistoryRequest("7")).messages
	assert [message.content for message in chosen[::2]] == ["One?", "Two?"]
	for refused in (
		lambda: away.start_run(USER, ChatRequest(message="Three?", model=MODEL, conversation_id="7")),
		lambda: away.regenerate(USER, RegenerateRequest(message_id=answer.id, model=MODEL)),
		lambda: away.edit_message(
			USER, EditMessageRequest(message_id=first.id, message="Eins?", model=MODEL)
		),
	):
		with pytest.raises(ServiceUnavailable):
			refused()
		assert conversations.history(USER, HistoryRequest("7")).messages == chosen
