"""Who generates. Each kind of provider has a file named after it, with a class `Client`."""

from __future__ import annotations

from importlib import import_module

from ai_assistant.core.providers.provider import ProviderClient
from ai_assistant.core.settings import Provider


def connect(provider: Provider) -> ProviderClient:
	"""A client of that provider. The first of a kind imports its vendor's SDK, which takes a second or two."""
	client: ProviderClient = import_module(f"{__name__}.{provider.kind}").Client(provider)
	return client
