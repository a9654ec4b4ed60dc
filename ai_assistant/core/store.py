"""The store: where a site keeps conversations and runs. Hosts implement it; the core only knows this port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ai_assistant.core.ledger import Ledger
from ai_assistant.core.messages import (
	Conversation,
	ConversationStatus,
	Feedback,
	File,
	Found,
	Message,
	Outline,
	Place,
	Preferences,
	StoredMessage,
)
from ai_assistant.core.run import NewRun, Run, RunResult
from ai_assistant.core.settings import Limits


@dataclass(frozen=True)
class LoadedRun:
	"""`title`: of the conversation. `preferences`: of the user, if they are enabled."""

	run: Run
	messages: list[Message]
	preferences: Preferences | None = None


@dataclass(frozen=True)
class Turnover:
	"""What the end of a run means for the others of its user, oldest first: those that an engine may take now, and those
	that still wait, with their positions."""

	freed: tuple[Run, ...] = ()
	waiting: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Finished:
	run: Run
	turnover: Turnover = Turnover()


class Store(Ledger, Protocol):
	"""Synchronous and safe to call from several threads. Times are Unix seconds, ids are text.

	Methods with a `user` never return or change what belongs to another: they answer None, as if it did not exist.
	Raises ServiceUnavailable when the database cannot be reached or stays locked.
	"""

	def create_conversation(self, user: str, conversation_id: str, title: str, now: float) -> Conversation:
		"""The conversation of that id, made if this user has none."""

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None: ...

	def list_conversations(
		self,
		user: str,
		limit: int,
		before: tuple[float, str] | None,
		status: ConversationStatus = "active",
		words: Sequence[str] = (),
	) -> list[Conversation]:
		"""Newest first by (modified, id); `before` is that pair of the last one already seen.

		Only those whose title holds every one of the words, in whatever case.
		"""

	def change_conversation(
		self,
		user: str,
		conversation_id: str,
		title: str | None = None,
		status: ConversationStatus | None = None,
		only_if_title: str | None = None,
	) -> Conversation | None:
		"""Sets what is given; nothing if the title is another one meanwhile than `only_if_title`."""

	def delete_conversation(self, user: str, conversation_id: str) -> list[Run] | None:
		"""Takes it from its user at once, its id too. Returns the runs that have not ended: with the last of them
		everything under it goes, at once if there are none. None for no such conversation."""

	def get_messages(
		self, user: str, conversation_id: str, limit: int, before: str | None
	) -> list[StoredMessage] | None:
		"""The newest `limit` messages of the chosen branch older than the message `before`, oldest first; None for no
		such conversation."""

	def outline(self, user: str, conversation_id: str) -> Outline | None: ...

	def export_messages(
		self, user: str, conversation_id: str, ids: Sequence[str]
	) -> list[StoredMessage] | None:
		"""Those of these that are there, in the order given, without their siblings; None for no such conversation."""

	def find_message(self, user: str, message_id: str) -> Place | None: ...

	def get_file(self, user: str, attachment_id: str) -> File | None: ...

	def choose_branch(self, user: str, message_id: str) -> str | None:
		"""From now on the history is the newest branch through this message. Returns the conversation's id."""

	def set_feedback(self, user: str, message_id: str, feedback: Feedback | None) -> bool:
		"""On an answer. False for no such answer."""

	def search(self, user: str, words: Sequence[str], limit: int) -> list[Found]:
		"""Messages of user and assistant that hold every one of the words, in whatever case, newest first."""

	def get_preferences(self, user: str) -> Preferences: ...

	def set_preferences(self, user: str, preferences: Preferences) -> None: ...

	def create_run(self, new: NewRun, limits: Limits) -> Run:
		"""Stores the conversation if it is new, the messages and the run in one transaction. One that was archived is
		active again.

		The run is `queued`, or `waiting` if another run of the conversation has not ended or the user has no room for
		one more. With a `request_id` this user has used before, stores nothing and returns that earlier run (compare
		`digest` and `id`). Raises Conflict if the conversation is busy and the run is not to wait, TooManyRequests,
		NotFound for a branch of a conversation that is gone, InvalidRequest for the result of a call that was not made in
		the conversation, and TooLarge for a file larger than the database takes.
		"""

	def get_run(self, user: str, run_id: str) -> Run | None: ...

	def active_runs(self, user: str, conversation_id: str) -> list[Run]:
		"""Runs of the conversation that have not ended, oldest first."""

	def newest_runs(self, user: str, conversation_id: str, message_ids: Sequence[str]) -> list[Run]:
		"""For each of these messages of the conversation the run that was asked for last to answer it, if there is one."""

	def discard_run(self, run_id: str, leaf: str | None = None) -> None:
		"""Forgets a run that never came to the queue, its messages, and its conversation if nothing else is in it.

		A history that ended with it ends with `leaf` again, or else with what its messages followed, as does what was said
		to it meanwhile.
		"""

	def load_runs(self, run_ids: Sequence[str], most_messages: int) -> list[LoadedRun | None]:
		"""Each run with what its model is to read, in the order asked for: whoever's they are, for the engine.

		These are, oldest first, of the branch that ends with the message to be answered: what the run's request brought,
		the newest question with what follows it, the newest `most_messages` before that, and every message of role
		system. Answers that are empty (failed before any text) are left out. Of files there are the attachments only.
		"""

	def read_files(self, attachment_ids: Sequence[str]) -> Mapping[str, str]:
		"""What is in them, whoever's they are, for the engine: by id, those that are there."""

	def begin_attempts(self, attempts: Sequence[tuple[str, int]]) -> list[bool]:
		"""Marks each run as running in this attempt, in one transaction.

		False for one that has ended, or of which this attempt or a later one has begun.
		"""

	def finish_run(
		self, run_id: str, result: RunResult, limits: Limits, only_waiting: bool = False
	) -> Finished | None:
		"""Stores the answer (if it has any text, reasoning or tool call) and what it took, ends the run and queues those
		that waited for it, in one transaction.

		Returns the run with its `message_id`. A run that had ended is returned as it was; None if a later attempt
		has begun, if it was to end only while it is `waiting`, or there is no such run.
		"""

	def free_waiting(self, user: str, limits: Limits) -> Turnover:
		"""As at the end of a run, for one whose end went unnoticed."""

	def unfinished_runs(self, created_before: float, limit: int, after: Run | None = None) -> list[Run]:
		"""Runs that have not ended, oldest first by (created, id), from the one behind `after` on."""
