"""Which providers and models a site has, and who is to be asked for what."""

from __future__ import annotations

from collections.abc import Sequence

from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.settings import Model, Provider

Candidate = tuple[Provider, Model]


class Catalogue:
	"""The providers of a site by priority. Needs no SDK and asks nobody."""

	def __init__(self, providers: Sequence[Provider]):
		self.use(providers)

	def use(self, providers: Sequence[Provider]) -> None:
		"""From now on it is these."""
		self.providers = tuple(sorted(providers, key=lambda provider: provider.priority))

	def resolve(self, preferred_provider: str | None = None, model: str | None = None) -> list[Candidate]:
		"""Whom to ask, the first one first: the preferred provider, then by priority; each for `model` or its first.

		Raises InvalidRequest for a name that nobody has; it says which there are.
		"""
		if not self.providers:
			raise InvalidRequest("No provider is set up. An administrator adds one in the settings.")
		self._check(preferred_provider, model)
		candidates = [
			(provider, offered)
			for provider in self.providers
			for offered in provider.models
			if offered.name == (model or provider.models[0].name)
		]
		return sorted(candidates, key=lambda candidate: candidate[0].name != preferred_provider)

	def find(self, provider: str, model: str) -> Model:
		"""The one of these names; one without prices where there is none any more."""
		models = [one for asked in self.providers if asked.name == provider for one in asked.models]
		return next((one for one in models if one.name == model), Model(model))

	def _check(self, preferred_provider: str | None, model: str | None) -> None:
		names = [provider.name for provider in self.providers]
		if preferred_provider is not None and preferred_provider not in names:
			raise InvalidRequest(
				f"There is no provider {preferred_provider!r}. There are: {', '.join(names)}."
			)
		asked = [provider for provider in self.providers if preferred_provider in (None, provider.name)]
		offered = list(dict.fromkeys(model.name for provider in asked for model in provider.models))
		if model is not None and model not in offered:
			raise InvalidRequest(
				f"There is no model {model!r}{_of(preferred_provider)}. There are: {', '.join(offered)}."
			)


def _of(provider: str | None) -> str:
	return f" of {provider}" if provider else ""
