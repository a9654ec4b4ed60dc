"""What is known of an answer beside its text: who was asked, when, what it took and how it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ai_assistant.core import usage as tokens
from ai_assistant.core.deltas import Finish, FinishReason, Usage
from ai_assistant.core.emission import Emission
from ai_assistant.core.errors import ProviderError
from ai_assistant.core.events import Timing
from ai_assistant.core.ledger import Outcome, Spending
from ai_assistant.core.messages import Message
from ai_assistant.core.run import Run, RunResult
from ai_assistant.core.settings import Model


@dataclass
class Account:
	"""Filled while the run goes on. `asked_at`: Unix seconds of the first request to a provider."""

	provider: str | None = None
	model: Model | None = None
	usage: Usage | None = None
	finish: Finish | None = None
	asked_at: float | None = None

	def spending(
		self, run: Run, attempt: int, outcome: Outcome, prompt: Sequence[Message], reasoning: str, text: str
	) -> Spending | None:
		"""Of an attempt that is not the last one; what was counted is not counted again. None if nobody was asked."""
		if self.provider is None or self.model is None:
			return None
		usage = self.usage or tokens.estimate(prompt, reasoning, text)
		self.usage = None
		return Spending(
			run.id,
			attempt,
			run.user,
			self.provider,
			self.model.name,
			usage,
			tokens.cost(usage, self.model),
			outcome,
			time.time(),
		)

	def result(
		self,
		run: Run,
		prompt: Sequence[Message],
		emission: Emission,
		reason: FinishReason | None,
		failure: ProviderError | None,
	) -> RunResult:
		"""How the run ends now. `reason`: why it ends, if not the provider says so."""
		now = time.time()
		reason = self.finish.reason if self.finish else reason
		error = None if reason else failure or _restarted()
		text, reasoning = emission.text.replace("\0", ""), emission.reasoning.replace("\0", "")
		usage = self.usage or tokens.estimate(prompt if self.asked_at else [], reasoning, text)
		return RunResult(
			attempt=emission.attempt,
			state="failed" if error else "completed",
			text=text,
			reasoning=reasoning,
			ended=now,
			finish_reason=reason,
			tool_calls=emission.tool_calls,
			sources=tuple(emission.sources),
			opaque=tuple(self.finish.opaque) if self.finish else (),
			provider=self.provider,
			model=self.model.name if self.model else None,
			usage=usage,
			cost=tokens.cost(usage, self.model) if self.model else None,
			timing=self._timing(run.created, now, emission, usage),
			error=str(error) if error else None,
			code=error.code if error else None,
			retryable=bool(error and error.retryable),
			retry_after=error.retry_after if error else None,
		)

	def _timing(self, created: float, now: float, emission: Emission, usage: Usage) -> Timing:
		def since_created(moment: float | None) -> int | None:
			return None if moment is None else max(0, round((moment - created) * 1000))

		thought_from, thought_until = emission.first_reasoning, emission.first_text or now
		writing = now - emission.first_shown if emission.first_shown else 0.0
		return Timing(
			queued_ms=since_created(self.asked_at or now) or 0,
			first_event_ms=since_created(emission.first_shown),
			first_text_ms=since_created(emission.first_text),
			thinking_ms=max(0, round((thought_until - thought_from) * 1000)) if thought_from else 0,
			duration_ms=since_created(now) or 0,
			tokens_per_second=round(usage.output_tokens / writing, 1) if writing > 0 else None,
		)


def _restarted() -> ProviderError:
	return ProviderError("worker_lost", "The service was restarted; the answer so far was kept.")
