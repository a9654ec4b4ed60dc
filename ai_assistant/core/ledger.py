"""What answers cost: a line for every attempt, kept also when its conversation is deleted. It holds no text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Literal, Protocol

from ai_assistant.core.deltas import Usage

Outcome = Literal["completed", "cancelled", "failed", "retried", "lost"]


@dataclass(frozen=True)
class Spending:
	"""What one attempt took. `ended`: Unix seconds; `cost`: in the currency of the model's prices, None if it has none."""

	run_id: str
	attempt: int
	user: str
	provider: str
	model: str
	usage: Usage
	cost: float | None
	outcome: Outcome
	ended: float

	@property
	def day(self) -> str:
		"""YYYY-MM-DD, in UTC."""
		return datetime.fromtimestamp(self.ended, timezone.utc).date().isoformat()


@dataclass(frozen=True)
class Total:
	"""`estimated`: attempts among them whose tokens no provider has counted."""

	attempts: int = 0
	input_tokens: int = 0
	output_tokens: int = 0
	estimated: int = 0
	cost: float = 0.0


@dataclass(frozen=True)
class Span:
	"""Attempts from one day to another, both included; of every user if none is named."""

	since: str
	until: str = "9999-12-31"
	user: str | None = None


Line = tuple[str, str, str, str]
"""Day, user, provider and model."""


@dataclass(frozen=True)
class DailyUsage:
	"""What one user spent on one model in a day."""

	day: str
	user: str
	provider: str
	model: str
	total: Total

	@property
	def line(self) -> Line:
		return self.day, self.user, self.provider, self.model


class Ledger(Protocol):
	def record(self, spending: Spending) -> None:
		"""What is recorded again for the same attempt replaces what was."""

	def spent(self, span: Span) -> Total: ...

	def daily_usage(self, span: Span, limit: int, after: Line | None = None) -> list[DailyUsage]:
		"""The newest day first, then by user, provider and model; those that come after the line `after`."""

	def attempt_of(self, line: Line) -> str | None:
		"""`<run>-<attempt>` of one that is in the line."""

	def line_of(self, attempt: str) -> Line | None:
		"""The line that this one is in."""
