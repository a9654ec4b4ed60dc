"""What the methods for administrators answer. No key is ever among it, and nothing of what was said."""

from __future__ import annotations

from msgspec import Struct

from ai_assistant.core.deltas import FinishReason
from ai_assistant.core.figures import EngineFigures
from ai_assistant.core.settings import Model, ProviderKind


class ProviderEntry(Struct):
	name: str
	kind: ProviderKind
	base_url: str | None
	models: list[Model]
	timeout: float
	is_enabled: bool
	is_of_file: bool
	has_key: bool


class ProviderList(Struct):
	providers: list[ProviderEntry]


class Trial(Struct):
	"""`remedy`: what to do; empty where all is well."""

	success: bool
	detail: str
	remedy: str


class UserEntry(Struct):
	"""`created`: Unix seconds."""

	name: str
	full_name: str
	is_admin: bool
	is_disabled: bool
	created: float


class UserList(Struct):
	users: list[UserEntry]


class AddedUser(Struct):
	name: str
	password: str


class RunEntry(Struct):
	"""`created`: Unix seconds. What only an end tells is null before it."""

	task_id: str
	user: str
	conversation_id: str
	status: str
	attempts: int
	created: float
	provider: str | None = None
	model: str | None = None
	first_event_ms: int | None = None
	duration_ms: int | None = None
	total_tokens: int | None = None
	cost: float | None = None
	finish_reason: FinishReason | None = None
	code: str | None = None
	error: str | None = None


class RunPage(Struct):
	runs: list[RunEntry]
	cursor: str | None


class Figures(Struct):
	"""`completed` and `failed`: in the last hour; `first_event_ms`: the median of the newest answers; `memory`: bytes
	of this web process and the workers."""

	queued: int
	running: int
	completed: int
	failed: int
	first_event_ms: int | None
	deltas_per_second: float
	memory: int
	engines: list[EngineFigures]
