"""Runs and results for the tests of stores, and what these ask of a store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from ai_assistant.core.deltas import Source, Usage
from ai_assistant.core.events import FinishedToolCall, Timing
from ai_assistant.core.messages import Message, StoredMessage
from ai_assistant.core.run import Generation, NewRun, Run, RunResult
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Store

_T = TypeVar("_T")


CALL = FinishedToolCall("call_1", "get_weather", '{"city": "Kiel"}')
GENERATION = Generation("openai", "gpt-5", 0.5, 1000, ({"type": "function", "function": {"name": "f"}},))


def new_run(
	id: str, *said: str, user: str = "ann", conversation: str = "7", created: float = 100.0, **fields: Any
) -> NewRun:
	texts = said or (f"question of {id}",)
	return NewRun(
		id=id,
		user=user,
		conversation_id=conversation,
		message_ids=tuple(f"{id}-{number}" for number in range(len(texts))),
		messages=tuple(Message("user", text) for text in texts),
		generation=GENERATION,
		created=created,
		title=f"Title of {id}",
		**fields,
	)


def create(store: Store, new: NewRun, most: int) -> Run:
	return store.create_run(new, Limits(runs_per_user=most, running_per_user=most))


def finish(store: Store, run_id: str, result: RunResult) -> Run | None:
	finished = store.finish_run(run_id, result, Limits())
	return finished.run if finished else None


def begin(store: Store, run_id: str, attempt: int) -> bool:
	(has_begun,) = store.begin_attempts([(run_id, attempt)])
	return has_begun


def read_by_model(store: Store, run_id: str, limit: int) -> list[Message]:
	(loaded,) = store.load_runs([run_id], limit)
	return loaded.messages if loaded else []


def completed(text: str = "Four.", attempt: int = 1, ended: float = 110.0, **fields: Any) -> RunResult:
	return RunResult(
		attempt=attempt,
		state="completed",
		text=text,
		reasoning="",
		ended=ended,
		finish_reason="stop",
		**fields,
	)


FULL = RunResult(
	attempt=2,
	state="completed",
	text="Vier 🙂.",
	reasoning="Zwei und zwei.",
	ended=110.5,
	finish_reason="tool_calls",
	tool_calls=(CALL,),
	sources=(Source("s1", "Handbook", "https://example.com", "Leave.", 0.9),),
	opaque=({"signature": "abc"}, ["x", 1]),
	provider="openai",
	model="gpt-5",
	usage=Usage(12, 9, 4, 0, 21, "exact"),
	cost=0.0001,
	timing=Timing(3, 100, 1350, 1250, 1396, 6.4),
)


FAILED = RunResult(
	attempt=1,
	state="failed",
	text="Fo",
	reasoning="Two",
	ended=111.0,
	error="The connection broke.",
	code="network",
	retryable=True,
	retry_after=2.5,
)


def at_once(*works: Callable[[], _T]) -> list[_T | Exception]:
	"""Does them in threads that begin together; what each gave or raised."""
	barrier = Barrier(len(works))

	def do(work: Callable[[], _T]) -> _T | Exception:
		barrier.wait(10)
		try:
			return work()
		except Exception as error:
			return error

	with ThreadPoolExecutor(len(works)) as threads:
		return list(threads.map(do, works, timeout=60))


def exported(store: Store, conversation_id: str) -> list[StoredMessage]:
	"""All messages that ann has there."""
	outline = store.outline("ann", conversation_id)
	assert outline is not None
	return store.export_messages("ann", conversation_id, list(outline.parents)) or []
