"""A site as an engine needs it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from ai_assistant.core.budgets import over_budget
from ai_assistant.core.errors import QuotaExceeded
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.settings import Settings
from ai_assistant.core.store import Store


@dataclass(frozen=True)
class Site:
	"""`roles_of` gives the roles of a user; like the store, it is asked in threads."""

	name: str
	store: Store
	gateway: Gateway
	settings: Settings
	roles_of: Callable[[str], Collection[str]]

	def over_budget(self, user: str) -> QuotaExceeded | None:
		"""Why nothing is to be asked of a provider for this user."""
		return over_budget(self.settings.budgets, self.store, user, self.roles_of)


class Sites(Protocol):
	"""The sites whose runs an engine carries."""

	async def get(self, name: str) -> Site | None:
		"""None for one that is not served here, or not now: its runs wait. The same object while nothing changed."""

	async def is_resting(self, name: str) -> bool:
		"""Whether the site is in maintenance: what is under way is drained, the rest is set aside until that is over."""

	async def is_gone(self, name: str) -> bool:
		"""Whether there will never be a site of that name here: its runs are dropped."""
