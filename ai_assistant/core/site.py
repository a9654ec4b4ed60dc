"""One site as an engine needs it."""

from __future__ import annotations

from dataclasses import dataclass

from ai_assistant.core.gateway import Gateway
from ai_assistant.core.settings import Settings
from ai_assistant.core.store import Store


@dataclass(frozen=True)
class Site:
	name: str
	store: Store
	gateway: Gateway
	settings: Settings
