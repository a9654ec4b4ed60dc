"""Every setting of the core, with its default, unit and bounds. Hosts read them from where they keep settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Le, MinLen

ProviderKind = Literal["openai", "openai_compatible", "anthropic", "scripted"]


@dataclass(frozen=True)
class Model:
	"""One model of a provider. Prices are per million tokens, in the currency of the provider's bill."""

	name: Annotated[str, MinLen(1)]
	context_window: Annotated[int, Ge(1)] | None = None
	input_price: Annotated[float, Ge(0)] | None = None
	output_price: Annotated[float, Ge(0)] | None = None
	cache_read_price: Annotated[float, Ge(0)] | None = None
	max_tokens: Annotated[int, Ge(1)] | None = None
	"""Asked for when a request names none; Anthropic wants a number always."""
	reasoning: bool = False
	"""Whether to ask for reasoning where that must be asked for (OpenAI summaries, Anthropic thinking)."""
	images: bool = True
	"""Whether it reads images. One that does not is told that there were some."""


@dataclass(frozen=True)
class Provider:
	"""Somebody who generates. The first of `models` is used when a request names none."""

	name: Annotated[str, MinLen(1)]
	kind: ProviderKind
	models: Annotated[tuple[Model, ...], MinLen(1)]
	base_url: str | None = None
	api_key: str | None = field(default=None, repr=False)
	api_key_env: str | None = None
	"""Name of the environment variable that holds the key."""
	priority: int = 100
	"""The lowest is asked first."""
	timeout: Annotated[float, Ge(0.1), Le(3600)] = 120.0
	"""Seconds without a byte after which the stream counts as dead."""


@dataclass(frozen=True)
class Retries:
	"""What the gateway does before the first delta of an answer."""

	attempts: Annotated[int, Ge(1), Le(10)] = 3
	"""Requests to one provider, the first included."""
	backoff: Annotated[float, Ge(0), Le(60)] = 0.5
	"""Seconds before the second request; doubled each time, with jitter."""
	longest_wait: Annotated[float, Ge(0), Le(600)] = 30.0
	"""A provider that asks for more seconds than this is left for the next one."""
	cool_down: Annotated[float, Ge(0), Le(3600)] = 30.0
	"""Seconds for which a provider that failed is asked last."""


@dataclass(frozen=True)
class Limits:
	"""Bounds on what one request may carry and one user may start."""

	message_characters: Annotated[int, Ge(1)] = 200_000
	request_characters: Annotated[int, Ge(1)] = 1_000_000
	messages: Annotated[int, Ge(1)] = 200
	"""Messages in one request."""
	runs_per_user: Annotated[int, Ge(1)] = 20
	"""Runs of one user that wait or are going on."""
	running_per_user: Annotated[int, Ge(1)] = 10
	"""Those of them that may go on at once."""
	streams_per_user: Annotated[int, Ge(1)] = 20
	"""Streams of server-sent events that one user may have open."""
	wait: Annotated[float, Ge(1), Le(3600)] = 100.0
	"""Seconds a `chat_completion` without `stream` waits for the answer."""
	history_messages: Annotated[int, Ge(1)] = 20
	"""Earlier messages of the conversation that are sent to the model."""
	history_tokens: Annotated[int, Ge(1)] = 100_000
	"""Estimated tokens of these; fewer where the model's context window has room for fewer."""
	images: Annotated[int, Ge(0)] = 8
	"""Images in one request."""
	image_bytes: Annotated[int, Ge(1)] = 5_000_000
	"""Bytes of one image."""
	attachments: Annotated[int, Ge(0)] = 10
	"""Text files in one request."""
	request_bytes: Annotated[int, Ge(1)] = 7_500_000
	"""Bytes of all images and text files of one request."""
	prompt_bytes: Annotated[int, Ge(1)] = 20_000_000
	"""Bytes of the images and text files that one model is sent: the newest; it is told of the others."""
	answer_characters: Annotated[int, Ge(1)] = 4_000_000
	"""Characters of one answer: its text, reasoning, tool calls and sources."""
	answer_seconds: Annotated[int, Ge(1)] = 3_600
	"""Seconds within which an answer must have come to its end, with all attempts of one engine."""


@dataclass(frozen=True)
class Budget:
	"""What may be spent in a day or a month (UTC): by each user who has the role, by the user named, or by each of all."""

	per: Literal["day", "month"] = "month"
	user: str | None = None
	role: str | None = None
	tokens: Annotated[int, Ge(1)] | None = None
	"""Input and output together."""
	cost: Annotated[float, Ge(0)] | None = None
	"""In the currency of the models' prices."""


@dataclass(frozen=True)
class Engine:
	"""How one worker process carries runs."""

	runs: Annotated[int, Ge(1), Le(10_000)] = 1_000
	"""Runs carried at once."""
	threads: Annotated[int, Ge(1), Le(64)] = 4
	"""Threads for the store."""
	interval: Annotated[float, Ge(0), Le(1)] = 0.033
	"""Seconds over which deltas are joined into one event when the engine is busy."""
	attempts: Annotated[int, Ge(1), Le(10)] = 3
	"""Attempts of one run before it is given up."""
	lease: Annotated[float, Ge(1), Le(300)] = 8.0
	"""Seconds after which an engine that gave no sign of life has lost its runs."""
	heartbeat: Annotated[float, Ge(0.1), Le(60)] = 10.0
	"""Seconds of silence after which clients are told that a run is alive."""
	drain: Annotated[float, Ge(0), Le(600)] = 5.0
	"""Seconds that runs are given to end when the engine must stop."""


@dataclass(frozen=True)
class Retention:
	journal: Annotated[int, Ge(1)] = 600
	"""Seconds for which a finished run's events can be replayed."""
	longest_run: Annotated[int, Ge(60)] = 86_400
	"""Seconds after which the journal of a run that never ended is dropped."""


@dataclass(frozen=True)
class Modes:
	"""What the model is told, after the system prompt, by the `mode` of a request."""

	chat: str = (
		"You are in a conversation. Answer what was asked, clearly and no longer than it needs. "
		"If you do not know something, say so."
	)
	agent: str = (
		"You carry out a task. Work step by step with the tools you are given, look before you change anything, "
		"and tell at the end what was done and what was not."
	)
	code: str = (
		"You help with code in the user's editor. Give code that can be used as it is, in the language and style of "
		"what is there, and explain only what it does not show by itself."
	)
	ask: str = (
		"You answer questions about what the user shows you. Explain it; propose no changes that nobody asked for. "
		"Tell what your answer rests on, and say so if the material does not hold it."
	)


@dataclass(frozen=True)
class Settings:
	"""All settings of one site."""

	providers: tuple[Provider, ...] = ()
	system_prompt: str = ""
	"""Put before every conversation that does not bring its own."""
	modes: Modes = field(default_factory=Modes)
	title_model: str = ""
	"""`provider/model`, or a model: who gives a new conversation its title. Empty: its first words are the title."""
	retries: Retries = field(default_factory=Retries)
	limits: Limits = field(default_factory=Limits)
	budgets: tuple[Budget, ...] = ()
	engine: Engine = field(default_factory=Engine)
	retention: Retention = field(default_factory=Retention)
