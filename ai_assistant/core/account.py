"""What is known of an answer beside its text: who was asked, when, what it took and how it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ai_assistant.core import usage as tokens
from ai_assistant.core.catalogue import Catalogue
from ai_assistant.core.deltas import Finish, FinishReason, GatewayDelta, Retrying, Started, Usage
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

	catalogue: Catalogue
	provider: str | None = None
	model: Model | None = None
	usage: Usage | None = None
	finish: Finish | None = None
	asked_at: float | None = None
	_failed: list[tuple[Usage, Model]] = field(default_factory=list)
	"""What was counted of requests in this attempt that failed before they were answered."""

	def note(self, delta: GatewayDelta) -> None:
		"""What a delta tells beside the answer."""
		match delta:
			case Started():
				self._set_aside()
				self.asked_at = self.asked_at or time.time()
				self.ask(delta.provider, delta.model)
			case Retrying():
				self._set_aside()
			case Usage():
				self.usage = delta
			case Finish():
				self.finish = delta

	def ask(self, provider: str, model: str) -> None:
		self.provider, self.model = provider, self.catalogue.find(provider, model)

	def _set_aside(self) -> None:
		if self.usage and self.model:
			self._failed.append((self.usage, self.model))
		self.usage = None

	def spending(
		self, run: Run, attempt: int, outcome: Outcome, prompt: Sequence[Message], reasoning: str, text: str
	) -> Spending | None:
		"""Of an attempt that is not the last one; what was counted is not counted again. None if nobody was asked."""
		if self.provider is None or self.model is None:
			return None
		usage, cost = self._took(self.usage or tokens.estimate(prompt, reasoning, text))
		self.usage, self._failed = None, []
		return Spending(
			run.id,
			attempt,
			run.user,
			self.provider,
			self.model.name,
			usage,
			cost,
			outcome,
			time.time(),
		)

	def _took(self, last: Usage) -> tuple[Usage, float | None]:
		"""Of all requests in this attempt, and what that costs. `last`: of the one that was answered, if any was."""
		usage = tokens.total([*(usage for usage, _ in self._failed), last])
		answered = [(last, self.model)] if self.model else []
		return usage, tokens.total_cost([*self._failed, *answered])

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
		last = self.usage or tokens.estimate(prompt if self.asked_at else [], reasoning, text)
		usage, cost = self._took(last)
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
			cost=cost,
			timing=self._timing(run.created, now, emission, last),
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
