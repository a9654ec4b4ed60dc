"""What the tests of the store begin with: two users who ask, and what answers them."""

from __future__ import annotations

from typing import Any

import frappe

from ai_assistant.ai_assistant.site_test import ANN, BOB, SiteTest
from ai_assistant.core.deltas import Usage
from ai_assistant.core.messages import Message, StoredMessage
from ai_assistant.core.run import Generation, NewRun, Run, RunResult
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import LoadedRun, Turnover
from ai_assistant.hosts.frappe.store import FrappeStore

NOON = 1_763_726_400.0
"""2025-11-21, in Unix seconds."""

_OURS = ("AI Conversation", "AI Message", "AI Attachment", "AI Run", "AI Spending", "AI Preferences")


class StoreTest(SiteTest):
	"""The store commits, so that these tests clear up by themselves."""

	def setUp(self) -> None:
		super().setUp()
		self.store = FrappeStore()

	def tearDown(self) -> None:
		for doctype in _OURS:
			frappe.db.delete(doctype, {"owner": ("in", (ANN, BOB))})
		frappe.db.commit()  # the savepoint has gone with the first commit

	def ask(self, id: str, *said: str, at: float = 0.0, limits: Limits | None = None, **fields: Any) -> Run:
		"""`at`: seconds after noon."""
		return self.store.create_run(new_run(id, *said, at=at, **fields), limits or Limits())

	def answer(
		self, id: str, text: str = "Four.", at: float = 10.0, limits: Limits | None = None, **fields: Any
	) -> tuple[Run, Turnover]:
		finished = self.store.finish_run(id, result(text, at, **fields), limits or Limits())
		assert finished is not None
		return finished.run, finished.turnover

	def history(self, conversation: str = "7", user: str = ANN) -> list[StoredMessage]:
		return self.store.get_messages(user, conversation, 100, None) or []

	def shown(self, conversation: str = "7") -> list[str]:
		return [message.content for message in self.history(conversation)]

	def loaded(self, id: str, most: int = 20) -> LoadedRun:
		(found,) = self.store.load_runs([id], most)
		assert found is not None
		return found

	def read_by_model(self, id: str, most: int = 20) -> list[str]:
		return [message.content for message in self.loaded(id, most).messages]


def new_run(
	id: str, *said: str, at: float = 0.0, user: str = ANN, conversation: str = "7", **fields: Any
) -> NewRun:
	turns: dict[str, Any] = {
		"message_ids": tuple(f"{id}-{number}" for number in range(len(said))),
		"messages": tuple(Message("user", text) for text in said),
		"generation": Generation(),
		"title": said[-1] if said else "",
	}
	return NewRun(id=id, user=user, conversation_id=conversation, created=NOON + at, **(turns | fields))


def result(text: str = "Four.", at: float = 10.0, attempt: int = 1, **fields: Any) -> RunResult:
	given: dict[str, Any] = {
		"state": "completed",
		"reasoning": "",
		"finish_reason": "stop",
		"provider": "openai",
		"model": "gpt-5",
		"usage": Usage(12, 9, 0, 0, 21, "exact"),
		"cost": 0.5,
	}
	return RunResult(attempt=attempt, text=text, ended=NOON + at, **(given | fields))
