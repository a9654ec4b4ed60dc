"""The kinds of provider, as the conformance suite knows them."""

from __future__ import annotations

from dataclasses import dataclass

from ai_assistant.core.messages import Message
from ai_assistant.core.providers.provider import Prompt
from ai_assistant.core.settings import Model, Provider, ProviderKind

KEY = "sk-a-secret-key"


@dataclass(frozen=True)
class Kind:
	"""`root` is where that kind's API begins below a server's address."""

	kind: ProviderKind
	root: str

	def provider(
		self, url: str, *models: str, name: str = "", key: str | None = KEY, timeout: float = 5.0
	) -> Provider:
		offered = tuple(Model(model, reasoning=True) for model in models)
		base_url = url + self.root
		return Provider(name or self.kind, self.kind, offered, base_url, api_key=key, timeout=timeout)


OPENAI = Kind("openai", "/v1")
OPENAI_COMPATIBLE = Kind("openai_compatible", "/v1")
ANTHROPIC = Kind("anthropic", "")
HTTP_KINDS = (OPENAI, OPENAI_COMPATIBLE, ANTHROPIC)


def prompt(model: str, question: str = "What is a rainbow?") -> Prompt:
	return Prompt([Message("user", question)], Model(model, reasoning=True))
