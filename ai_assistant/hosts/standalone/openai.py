"""What OpenAI's clients ask below `v1`, and `streaming_chat_completion`, which answers alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from starlette.responses import Response

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.chat_completions import completed
from ai_assistant.core.chunks import Chunks
from ai_assistant.core.completion_failure import answer_to
from ai_assistant.core.completion_request import CompletionRequest, chat_request
from ai_assistant.core.envelope import Envelope
from ai_assistant.core.errors import AssistantError, NotAuthenticated, NotFound
from ai_assistant.core.model_list import listed, model_list
from ai_assistant.core.replies import EventPage, ModelChoice, StartedRun
from ai_assistant.core.requests import ChatRequest, EmptyRequest
from ai_assistant.core.sse import COMMENT, OPENING
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.following import Following
from ai_assistant.hosts.standalone.methods import Call, Method, event_stream, respond

_V1 = "ai_assistant.api.v1"


class OpenAI:
	"""Its methods in the manner of OpenAI's Chat Completions."""

	def __init__(self, assistant: Assistant, accounts: Accounts, following: Following):
		self._assistant = assistant
		self._accounts = accounts
		self._following = following

	def table(self) -> dict[str, Method]:
		return {
			"ai_assistant.api.streaming_chat_completion": Method(("POST",), self._streaming_chat_completion),
			_V1: Method(("GET", "POST"), self._v1, is_for_guests=True, failure=answer_to),
		}

	async def _streaming_chat_completion(self, call: Call) -> Response:
		request = call.parse(ChatRequest)

		def start() -> tuple[str, StartedRun]:
			user = call.user(self._accounts)
			return user, self._assistant.start_run(user, request)

		user, started = await self._following.run(start)
		return event_stream(self._chunks(user, Chunks(started, request.model, has_usage=True)))

	async def _v1(self, call: Call) -> Response:
		if call.credentials is None:
			raise NotAuthenticated("Send `Authorization: Bearer key:secret`.")
		path = call.http.scope["path"].partition(f"{_V1}/")[2]
		if (call.http.method, path) == ("POST", "chat/completions"):
			return await self._complete(call)
		resource, _, id = path.partition("/")
		if (call.http.method, resource) == ("GET", "models"):
			choices = await self._following.run(lambda: self._choices(call.user(self._accounts)))
			return respond(Envelope(200, listed(id, choices) if id else model_list(choices)))
		raise NotFound(f"There is no {call.http.method} /{path} here.")

	def _choices(self, user: str) -> list[ModelChoice]:
		return self._assistant.models(user, EmptyRequest())

	async def _complete(self, call: Call) -> Response:
		asked, deadline = call.parse(CompletionRequest), self._following.deadline()

		def start() -> tuple[str, StartedRun]:
			user = call.user(self._accounts)
			return user, self._assistant.start_run(user, chat_request(asked, self._choices(user)))

		user, started = await self._following.run(start)
		if asked.stream:
			return event_stream(self._chunks(user, Chunks(started, asked.model, asked.has_usage)))
		reply = await self._following.reply(user, started.task_id, deadline)
		return respond(Envelope(200, completed(reply)))

	async def _chunks(self, user: str, chunks: Chunks) -> AsyncIterator[bytes]:
		yield OPENING
		try:
			async with aclosing(
				self._following.pages(user, chunks.task_id, EventPage([], "0-0", False))
			) as pages:
				async for page in pages:
					yield chunks.take(page.events) or COMMENT
		except AssistantError as error:
			yield chunks.break_off(error)
		else:
			yield chunks.end()
