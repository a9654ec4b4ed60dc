"""From what a client asks to a run that can be stored."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import msgspec

from ai_assistant.core import requests
from ai_assistant.core.catalogue import Catalogue
from ai_assistant.core.errors import InvalidRequest, NotFound
from ai_assistant.core.incoming import new_messages
from ai_assistant.core.messages import Message, Place
from ai_assistant.core.run import Branch, Generation, NewRun
from ai_assistant.core.settings import Settings
from ai_assistant.core.store import Store

_LONGEST_TITLE = 80


class Intake:
	"""Checks requests that start a run. Raises InvalidRequest, and NotFound for a message that is not the user's."""

	def __init__(self, store: Store, settings: Settings, catalogue: Catalogue):
		self._store = store
		self._limits = settings.limits
		self._catalogue = catalogue

	def chat(self, user: str, request: requests.ChatRequest) -> NewRun:
		messages = new_messages(request, self._limits)
		conversation_id = requests.conversation_id(request.conversation_id)
		return self._new_run(user, conversation_id, messages, request)

	def regenerate(self, user: str, request: requests.RegenerateRequest) -> NewRun:
		place = self._place(user, request.message_id)
		answered = place.parent if place.role == "assistant" else request.message_id
		if answered is None or self._place(user, answered).role not in ("user", "tool"):
			raise InvalidRequest("There is nothing to answer - at `$.message_id`.")
		return self._branch(user, place, [], request, Branch(answered))

	def edit(self, user: str, request: requests.EditMessageRequest) -> NewRun:
		place = self._place(user, request.message_id)
		if place.role != "user":
			raise InvalidRequest("Only a message of role user can be edited - at `$.message_id`.")
		said = requests.ChatRequest(
			message=request.message,
			context=place.context if request.context is None else request.context,
			attachments=request.attachments or [],
			tools=request.tools,
		)
		kept = place.attachments if request.attachments is None else ()
		(message,) = new_messages(said, self._limits, kept)
		return self._branch(user, place, [message], request, Branch(place.parent, request.message_id))

	def _place(self, user: str, message_id: str) -> Place:
		place = self._store.find_message(user, message_id)
		if place is None:
			raise NotFound("There is no such message.")
		return place

	def _branch(
		self,
		user: str,
		place: Place,
		messages: list[Message],
		request: requests.AnswerRequest,
		branch: Branch,
	) -> NewRun:
		new = self._new_run(user, place.conversation_id, messages, request, branch)
		return replace(new, leaf=place.leaf)

	def _new_run(
		self,
		user: str,
		conversation_id: str | None,
		messages: list[Message],
		request: requests.AnswerRequest,
		branch: Branch | None = None,
	) -> NewRun:
		provider = request.preferred_provider or request.provider
		self._catalogue.resolve(provider, request.model)
		new = NewRun(
			id=uuid4().hex,
			user=user,
			conversation_id=conversation_id or str(uuid4()),
			message_ids=tuple(uuid4().hex for _ in messages),
			messages=tuple(messages),
			generation=_generation(provider, request),
			created=time.time(),
			title=title(_question(messages)),
			request_id=request.request_id,
			branch=branch,
			on_busy=request.on_busy,
		)
		return replace(new, digest=_digest(conversation_id, new)) if new.request_id else new


def _generation(provider: str | None, request: requests.AnswerRequest) -> Generation:
	tools: list[dict[str, Any]] = msgspec.to_builtins(request.tools)
	return Generation(
		provider,
		request.model,
		request.temperature,
		request.max_tokens,
		tuple(tools),
		request.mode,
		request.simple_language,
	)


def _question(messages: list[Message]) -> str:
	"""What the user said last; what a tool did where that is all."""
	told = [message.content for message in messages]
	asked = [message.content for message in messages if message.role == "user"]
	return (asked or told or [""])[-1]


def title(text: str) -> str:
	"""Its first words."""
	words = " ".join(text.split())
	return words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1].rstrip() + "…"


def _digest(conversation_id: str | None, new: NewRun) -> str:
	"""Of what is asked, in whatever words: how it is to be answered makes no other request of it, nor does an answer that
	has come meanwhile before what is said in other words."""
	place = new.branch and (new.branch.instead_of or new.branch.parent)
	asked = (conversation_id, new.messages, new.generation, place)
	return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()
