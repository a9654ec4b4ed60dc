"""What a user may do with conversations: the use cases behind `chat.…` that start no run."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar
from uuid import uuid4

from ai_assistant.core import requests
from ai_assistant.core.errors import InvalidRequest, NotFound
from ai_assistant.core.export import as_json, as_markdown
from ai_assistant.core.messages import Conversation, Feedback, File, Preferences, StoredMessage
from ai_assistant.core.replay import Replay
from ai_assistant.core.replies import (
	Changed,
	ConversationPage,
	History,
	RunInFlight,
	SearchPage,
	SearchResult,
)
from ai_assistant.core.run import Run
from ai_assistant.core.store import Store
from ai_assistant.core.transcript import Transcript

_T = TypeVar("_T")

_LATEST = 4e9
"""Unix seconds; no conversation is later."""

_AT_ONCE = 20
"""Messages of an export that are read, and written, together."""

_EXCERPT = 120
"""Characters of a message that was found, before and after the word."""


class Conversations:
	"""Those of one site. Raises NotFound for what the user does not have."""

	def __init__(self, store: Store, replay: Replay):
		self._store = store
		self._replay = replay

	def create(self, user: str, request: requests.CreateConversationRequest) -> Conversation:
		conversation_id = requests.conversation_id(request.conversation_id) or str(uuid4())
		title = " ".join(request.title.split())
		return self._store.create_conversation(user, conversation_id, title, time.time())

	def list(self, user: str, request: requests.ListConversationsRequest) -> ConversationPage:
		before, words = _before(request.cursor) if request.cursor else None, request.search.split()
		found = self._store.list_conversations(user, request.limit, before, request.status, words)
		last = found[-1] if len(found) == request.limit else None
		return ConversationPage(found, f"{last.modified!r}_{last.id}" if last else None)

	def history(self, user: str, request: requests.HistoryRequest) -> History:
		conversation = self._get(user, request)
		# The runs before the messages: one that ends now is in both.
		active = self._store.active_runs(user, conversation.id)
		messages = self._store.get_messages(user, conversation.id, request.limit, request.before) or []
		answered = {message.task_id for message in messages}
		runs = [run for run in active if run.id not in answered]
		runs += self._in_vain(user, conversation, _unanswered(messages, active, request.before is None))
		older = messages[0].id if len(messages) == request.limit and messages[0].parent else None
		return History(conversation, messages, [self._shown(run) for run in runs], older)

	def rename(self, user: str, request: requests.RenameRequest) -> Conversation:
		title = " ".join(request.title.split())
		if not title:
			raise InvalidRequest("Is empty - at `$.title`.")
		return _found(self._store.change_conversation(user, _id(request), title=title))

	def archive(self, user: str, request: requests.ConversationRequest) -> Conversation:
		return _found(self._store.change_conversation(user, _id(request), status="archived"))

	def unarchive(self, user: str, request: requests.ConversationRequest) -> Conversation:
		return _found(self._store.change_conversation(user, _id(request), status="active"))

	def choose_branch(self, user: str, request: requests.MessageRequest) -> Conversation:
		conversation_id = self._store.choose_branch(user, request.message_id)
		if conversation_id is None:
			raise NotFound("There is no such message.")
		return _found(self._store.get_conversation(user, conversation_id))

	def get_attachment(self, user: str, request: requests.AttachmentRequest) -> File:
		file = self._store.get_file(user, request.attachment_id)
		if file is None:
			raise NotFound("There is no such attachment.")
		return file

	def give_feedback(self, user: str, request: requests.FeedbackRequest) -> Changed:
		if request.comment and not request.rating:
			raise InvalidRequest("A comment needs a rating, good or bad - at `$.rating`.")
		feedback = Feedback(request.rating, request.comment) if request.rating else None
		if not self._store.set_feedback(user, request.message_id, feedback):
			raise NotFound("There is no such answer.")
		return Changed()

	def search(self, user: str, request: requests.SearchRequest) -> SearchPage:
		words = request.query.split()
		if not words:
			raise InvalidRequest("Holds no word - at `$.query`.")
		return SearchPage(
			[
				SearchResult(
					found.conversation_id,
					found.title,
					found.message_id,
					found.role,
					_excerpt(found.content, words[0]),
					found.created,
				)
				for found in self._store.search(user, words, request.limit)
			]
		)

	def export(self, user: str, request: requests.ExportRequest) -> Iterator[bytes]:
		"""The body of the answer, piece by piece: as JSON all branches, as Markdown the one that is chosen."""
		conversation = self._get(user, request)
		outline = _found(self._store.outline(user, conversation.id))
		if request.format == "json":
			return as_json(conversation, self._pages(user, conversation.id, list(outline.parents)))
		return as_markdown(conversation, self._pages(user, conversation.id, outline.chosen()))

	def _pages(
		self, user: str, conversation_id: str, ids: Sequence[str]
	) -> Iterator[Sequence[StoredMessage]]:
		for start in range(0, len(ids), _AT_ONCE):
			page = self._store.export_messages(user, conversation_id, ids[start : start + _AT_ONCE])
			yield _found(page)

	def get_preferences(self, user: str, request: requests.EmptyRequest) -> Preferences:
		return self._store.get_preferences(user)

	def set_preferences(self, user: str, request: requests.PreferencesRequest) -> Preferences:
		preferences = Preferences(request.name.strip(), request.instructions.strip(), request.enabled)
		self._store.set_preferences(user, preferences)
		return preferences

	def _get(self, user: str, request: requests.ConversationRequest) -> Conversation:
		return _found(self._store.get_conversation(user, _id(request)))

	def _in_vain(self, user: str, conversation: Conversation, asked: Sequence[str]) -> Sequence[Run]:
		"""The last tries to answer these messages, where they ended without a word."""
		found = self._store.newest_runs(user, conversation.id, asked) if asked else []
		return [run for run in found if run.result and run.message_id is None]

	def _shown(self, run: Run) -> RunInFlight:
		"""Of one that has ended there is nothing but the end, which is read like any event."""
		shown = Transcript() if run.result else self._replay.shown(run)
		return RunInFlight(
			task_id=run.id,
			answers=run.user_message_id,
			status=run.status,
			reasoning=shown.reasoning,
			text=shown.text,
			tool_calls=shown.tool_calls,
			sources=shown.sources,
			cursor=shown.cursor,
		)


def _id(request: requests.ConversationRequest) -> str:
	conversation_id = requests.conversation_id(request.conversation_id)
	if conversation_id is None:
		raise InvalidRequest("Is empty - at `$.conversation_id`.")
	return conversation_id


def _found(what: _T | None) -> _T:
	if what is None:
		raise NotFound("There is no such conversation.")
	return what


def _unanswered(messages: Sequence[StoredMessage], active: Sequence[Run], are_newest: bool) -> Sequence[str]:
	"""Ids of those that no answer follows, nor is being made. `are_newest`: nothing follows the last of them."""
	following = [*messages[1:], *([None] if are_newest else [])]
	asked = [
		message.id
		for message, after in zip(messages, following, strict=False)
		if message.role != "assistant" and (after is None or after.role != "assistant")
	]
	return [id for id in asked if id not in {run.user_message_id for run in active}]


def _excerpt(content: str, word: str) -> str:
	"""The text around the word, on one line."""
	at = max(0, content.lower().find(word.lower()))
	start, end = max(0, at - _EXCERPT), at + len(word) + _EXCERPT
	text = " ".join(content[start:end].split())
	return f"{'…' if start else ''}{text}{'…' if end < len(content) else ''}"


def _before(cursor: str) -> tuple[float, str]:
	modified, _, id = cursor.partition("_")
	try:
		place = float(modified)
	except ValueError:
		place = math.nan
	if 0 <= place < _LATEST:
		return place, id
	raise InvalidRequest("The cursor is not one that this method gave - at `$.cursor`.")
