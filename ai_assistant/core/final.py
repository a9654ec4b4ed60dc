"""The final event of a run, as its stored end tells it."""

from __future__ import annotations

from typing import Any

from ai_assistant.core.events import Completion, Error, FinalEvent, timestamp
from ai_assistant.core.run import Run


def final_event(run: Run, seq: int) -> FinalEvent:
	"""The one event that ends the run, `seq` in its last attempt. The run must have ended."""
	result = run.result
	if result is None:
		raise ValueError(f"run {run.id} has not ended")
	head: dict[str, Any] = {
		"task_id": run.id,
		"conversation_id": run.conversation_id,
		"attempt": result.attempt,
		"seq": seq,
		"timestamp": timestamp(result.ended),
		"t": max(0, round((result.ended - run.created) * 1000)),
		"text": result.text,
		"reasoning": result.reasoning,
		"message_id": run.message_id,
		"provider": result.provider,
		"model": result.model,
		"usage": result.usage,
		"timing": result.timing,
	}
	if result.finish_reason is None:
		return Error(
			**head,
			error=result.error or "The answer could not be made.",
			code=result.code or "internal",
			retryable=result.retryable,
			retry_after=result.retry_after,
		)
	return Completion(
		**head,
		finish_reason=result.finish_reason,
		cost=result.cost,
		sources=list(result.sources),
		tool_calls=list(result.tool_calls),
	)
