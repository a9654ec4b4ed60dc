"""What OpenAI's clients ask below `v1`, and `streaming_chat_completion`, which answers alike."""

from __future__ import annotations

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
from ai_assistant.core.sse import COMMENT
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.following import Following
from ai_assistant.hosts.standalone.methods import Call, Method, respond
from ai_assistant.hosts.standalone.streams import Pieces, Streams

_V1 = "ai_assistant.api.v1"


class OpenAI:
	"""Its methods in the manner of OpenAI's Chat Completions."""

	def __init__(self, assistant: Assistant, accounts: Accounts, following: Following, streams: Streams):
		self._assistant = assistant
		self._accounts = accounts
		self._following = following
		self._streams = streams

	def table(self) -> dict[str, Method]:
		return {
			"ai_assistant.api.streaming_chat_completion": Method(("POST",), self._streaming_chat_completion),
			_V1: Method(("GET", "POST"), self._v1, is_for_guests=True, failure=answer_to),
		}

	async def _streaming_chat_completion(self, call: Call) -> Response:
		def begin(user: str) -> Pieces:
			request = call.parse(ChatRequest)
			started = self._assistant.start_run(user, request)
			return self._chunks(user, Chunks(started, request.model, has_usage=True))

		return await self._streams.answer(lambda: call.user(self._accounts), begin)

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
		deadline = self._following.deadline()
		asked = await self._following.run(call.parse, CompletionRequest)

		def start(user: str) -> StartedRun:
			return self._assistant.start_run(user, chat_request(asked, self._choices(user)))

		def begin(user: str) -> Pieces:
			return self._chunks(user, Chunks(start(user), asked.model, asked.has_usage))

		def start_as_user() -> tuple[str, StartedRun]:
			user = call.user(self._accounts)
			return user, start(user)

		if asked.stream:
			return await self._streams.answer(lambda: call.user(self._accounts), begin)
		user, started = await self._following.run(start_as_user)
		reply = await self._following.reply(user, started, deadline)
		return respond(Envelope(200, completed(reply)))

	async def _chunks(self, user: str, chunks: Chunks) -> Pieces:
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
