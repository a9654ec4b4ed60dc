"""A run in `chat.completion.chunk`s, the pieces in which OpenAI's Chat Completions stream an answer."""

from __future__ import annotations

import time
from collections.abc import Iterable

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from ai_assistant.core.chat_completions import FINISHES, FinishReason, TokenUsage, token_usage
from ai_assistant.core.completion_failure import Unfinished, failure_of
from ai_assistant.core.deltas import Usage
from ai_assistant.core.errors import AssistantError, ProviderError, ServiceUnavailable
from ai_assistant.core.events import (
	AnyEvent,
	Completion,
	Error,
	FinalEvent,
	FinishedToolCall,
	Reasoning,
	Status,
	Text,
	ToolCall,
	decode,
	utf16_length,
)
from ai_assistant.core.replies import StartedRun
from ai_assistant.core.transcript import utf16_from

_DONE = b"data: [DONE]\n\n"


class Function(Struct, omit_defaults=True):
	arguments: str
	name: str | None = None


class CallPiece(Struct, omit_defaults=True):
	"""A piece of the tool call at `index`; only its first names it."""

	index: int
	function: Function
	id: str | None = None
	type: str | None = None


class Delta(Struct, omit_defaults=True):
	role: str | None = None
	content: str | None = None
	reasoning_content: str | None = None
	tool_calls: list[CallPiece] | None = None


class ChunkChoice(Struct):
	delta: Delta
	finish_reason: FinishReason | None = None
	index: int = 0


class Chunk(Struct):
	"""A `chat.completion.chunk`. `usage` is null in all but the last one, and left out where it was not asked for."""

	id: str
	created: int
	model: str
	choices: list[ChunkChoice]
	conversation_id: str
	task_id: str
	usage: TokenUsage | UnsetType | None = UNSET
	object: str = "chat.completion.chunk"


class Chunks:
	"""The server-sent events of one run, one chunk for all that comes together.

	What was sent cannot be taken back. So a new attempt repeats nothing of an answer that was begun, and one that
	thinks anew before any answer does so in a new paragraph of the reasoning.
	"""

	def __init__(self, run: StartedRun, model: str | None, has_usage: bool):
		"""`model` is named until a provider begins. `has_usage`: whether the last chunk tells the tokens."""
		self.task_id = run.task_id
		self._conversation_id = run.conversation_id
		self._is_over = False
		self._head = Chunk(
			id=f"chatcmpl-{run.task_id}",
			created=int(time.time()),
			model=model or "",
			choices=[],
			conversation_id=run.conversation_id,
			task_id=run.task_id,
			usage=None if has_usage else UNSET,
		)
		self._attempt = 0
		self._has_begun = False
		self._reasoning, self._text = _Sent(), _Sent()
		self._calls: dict[str, _SentCall] = {}

	def take(self, events: Iterable[Raw]) -> bytes:
		"""What these events, the next ones of the run, add; the end of the stream with the final one."""
		final = None
		for event in events:
			final = self._fold(decode(bytes(event))) or final
		data = self._encode(self._delta())
		return data + self._end(final) if final else data

	def end(self) -> bytes:
		"""When no more events can be had: of a run that has not ended, the client is told how to go on."""
		return b"" if self._is_over else self.break_off(Unfinished(self.task_id, self._conversation_id))

	def break_off(self, error: AssistantError) -> bytes:
		self._is_over = True
		if isinstance(error, ServiceUnavailable):  # for whoever reads the run, which goes on
			error = Unfinished(self.task_id, self._conversation_id)
		return _server_sent(msgspec.json.encode({"error": failure_of(error)})) + _DONE

	def _fold(self, event: AnyEvent) -> FinalEvent | None:
		if event.attempt > self._attempt:
			self._begin(event.attempt)
		match event:
			case Status(model=str(model)):
				self._head.model = model
			case Reasoning():
				self._reasoning.add(event.text, event.offset)
			case Text():
				self._text.add(event.text, event.offset)
			case ToolCall():
				self._call(event.id).add(event.name, event.arguments)
			case Completion() | Error():
				self._fold_final(event)
				return event
		return None

	def _begin(self, attempt: int) -> None:
		self._attempt = attempt
		if self._reasoning.length and not (self._text.length or self._calls):
			self._reasoning.length = 0
			self._reasoning.waiting.append("\n\n")
		for call in self._calls.values():
			call.seen = 0

	def _fold_final(self, event: FinalEvent) -> None:
		"""It is whole, and may bring what no delta did."""
		if event.model:
			self._head.model = event.model
		if event.truncated is True:
			return
		self._reasoning.add(event.reasoning, 0)
		self._text.add(event.text, 0)
		for call in event.tool_calls if isinstance(event, Completion) else ():
			self._finish_call(call)

	def _finish_call(self, finished: FinishedToolCall) -> None:
		call = self._call(finished.id)
		call.seen = 0
		call.add(finished.name, finished.arguments)

	def _call(self, id: str) -> _SentCall:
		return self._calls.setdefault(id, _SentCall(len(self._calls), id))

	def _delta(self) -> Delta:
		calls = [piece for call in self._calls.values() if (piece := call.take())]
		return Delta(
			content=self._text.take(), reasoning_content=self._reasoning.take(), tool_calls=calls or None
		)

	def _encode(self, delta: Delta, finish: FinishReason | None = None) -> bytes:
		"""Nothing for a delta without anything in it, unless it ends the answer."""
		if delta == Delta() and finish is None:
			return b""
		if not self._has_begun:
			self._has_begun = True
			delta.role, delta.content = "assistant", delta.content or ""
		self._head.choices = [ChunkChoice(delta, finish)]
		return _server_sent(msgspec.json.encode(self._head))

	def _end(self, final: FinalEvent) -> bytes:
		if isinstance(final, Error):
			return self.break_off(ProviderError(final.code, final.error, final.retry_after))
		self._is_over = True
		return self._encode(Delta(), FINISHES[final.finish_reason]) + self._encode_usage(final.usage) + _DONE

	def _encode_usage(self, usage: Usage) -> bytes:
		if self._head.usage is UNSET:
			return b""
		self._head.choices, self._head.usage = [], token_usage(usage)
		return _server_sent(msgspec.json.encode(self._head))


def _server_sent(data: bytes) -> bytes:
	return b"data: %b\n\n" % data


class _Sent:
	"""A text as far as it was sent. `length`: UTF-16 code units, with those that wait to be sent."""

	def __init__(self) -> None:
		self.length = 0
		self.waiting: list[str] = []

	def add(self, text: str, offset: int) -> None:
		"""Lets wait what is new of a text that begins at `offset`."""
		known = self.length - offset
		new = text if known == 0 else utf16_from(text, known)
		self.waiting.append(new)
		self.length += utf16_length(new)

	def take(self) -> str | None:
		text = "".join(self.waiting)
		self.waiting = []
		return text or None


class _SentCall:
	"""The same of one tool call. `seen`: characters of its arguments that came in this attempt."""

	def __init__(self, index: int, id: str):
		self.seen = 0
		self._index = index
		self._id = id
		self._name = ""
		self._length = 0
		self._waiting: list[str] = []
		self._has_begun = False

	def add(self, name: str, arguments: str) -> None:
		self._name = self._name or name
		self.seen += len(arguments)
		if self.seen > self._length:
			self._waiting.append(arguments[self._length - self.seen :])
			self._length = self.seen

	def take(self) -> CallPiece | None:
		if self._has_begun and not self._waiting:
			return None
		arguments, self._waiting = "".join(self._waiting), []
		if self._has_begun:
			return CallPiece(self._index, Function(arguments))
		self._has_begun = True
		return CallPiece(self._index, Function(arguments, self._name), self._id, "function")
