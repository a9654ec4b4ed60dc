"""What keeps a provider from being asked, as far as its settings show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ai_assistant.core.settings import Provider

_NOT_IN_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Fault:
	"""`field`: the setting that is wrong, None where one is missing. `message` goes on from its name."""

	field: str | None
	message: str


def fault_of(provider: Provider) -> Fault | None:
	return _fault_of_address(provider) or _fault_of_key(provider)


def _fault_of_address(provider: Provider) -> Fault | None:
	"""Whoever forgets the address must not send everything to the vendor of the SDK."""
	if provider.base_url is None:
		if provider.kind == "openai_compatible":
			return Fault(None, "needs base_url, such as https://llm.example/v1")
	elif not _is_address(provider.base_url):
		return Fault("base_url", "must look like https://llm.example/v1")
	return None


def _is_address(text: str) -> bool:
	try:
		parts = urlsplit(text)
		has_place = bool(parts.hostname) and parts.port != 0
	except ValueError:
		return False
	return has_place and parts.scheme in ("http", "https") and _NOT_IN_ADDRESS.search(text) is None


def _fault_of_key(provider: Provider) -> Fault | None:
	if provider.kind in ("openai", "anthropic") and not (provider.api_key or provider.api_key_env):
		return Fault(None, "needs api_key_env, or api_key")
	return None
