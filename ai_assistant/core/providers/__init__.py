"""Who generates. Each kind of provider has a file named after it, with a class `Client`."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ai_assistant.core.providers.provider import ProviderClient
from ai_assistant.core.settings import Provider, ProviderKind


def connect(provider: Provider) -> ProviderClient:
	"""A client of that provider."""
	client: ProviderClient = load(provider.kind).Client(provider)
	return client


def load(kind: ProviderKind) -> ModuleType:
	"""What speaks to such providers. The first of a kind imports its vendor's SDK, which takes a second or two."""
	return import_module(f"{__name__}.{kind}")
