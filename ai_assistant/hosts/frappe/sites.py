"""The sites of a bench, as an engine sees them."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import frappe

from ai_assistant.core.errors import ServiceUnavailable
from ai_assistant.core.gateway import Gateway
from ai_assistant.core.ledger import Span, Spending, Total
from ai_assistant.core.messages import Conversation, ConversationStatus
from ai_assistant.core.queue import EngineQueue
from ai_assistant.core.run import RunResult
from ai_assistant.core.settings import Limits, Settings
from ai_assistant.core.site import Site
from ai_assistant.core.store import Finished, LoadedRun, Turnover
from ai_assistant.hosts.frappe.context import connected
from ai_assistant.hosts.frappe.roles import visited_roles_of
from ai_assistant.hosts.frappe.settings import load_settings
from ai_assistant.hosts.frappe.store import FrappeStore

_FRESH = 60.0
"""Seconds after which settings are read again, also if nobody told of a change."""

_FAILED = 5.0
"""Seconds for which a site that could not be read is not tried again: a database may not even refuse for ten."""

_LOOK = 1.0
"""Seconds between two looks at whether a site is in maintenance."""

_log = logging.getLogger(__name__)


class VisitedStore(FrappeStore):
	"""What the engine's threads ask of a site: each a unit of work of its own."""

	def __init__(self, site: str):
		self._site = site

	def get_conversation(self, user: str, conversation_id: str) -> Conversation | None:
		with connected(self._site):
			return super().get_conversation(user, conversation_id)

	def change_conversation(
		self,
		user: str,
		conversation_id: str,
		title: str | None = None,
		status: ConversationStatus | None = None,
		only_if_title: str | None = None,
	) -> Conversation | None:
		with connected(self._site):
			return super().change_conversation(user, conversation_id, title, status, only_if_title)

	def load_runs(self, run_ids: Sequence[str], most_messages: int) -> list[LoadedRun | None]:
		with connected(self._site):
			return super().load_runs(run_ids, most_messages)

	def read_files(self, attachment_ids: Sequence[str]) -> Mapping[str, str]:
		with connected(self._site):
			return super().read_files(attachment_ids)

	def begin_attempts(self, attempts: Sequence[tuple[str, int]]) -> list[bool]:
		with connected(self._site):
			return super().begin_attempts(attempts)

	def finish_run(
		self, run_id: str, result: RunResult, limits: Limits, only_waiting: bool = False
	) -> Finished | None:
		with connected(self._site):
			return super().finish_run(run_id, result, limits, only_waiting)

	def free_waiting(self, user: str, limits: Limits) -> Turnover:
		with connected(self._site):
			return super().free_waiting(user, limits)

	def record(self, spending: Spending) -> None:
		with connected(self._site):
			super().record(spending)

	def spent(self, span: Span) -> Total:
		with connected(self._site):
			return super().spent(span)


@dataclass
class _Known:
	site: Site
	version: bytes | None
	read: float
	"""Monotonic seconds."""


class BenchSites:
	"""Implements core.site.Sites. A site in maintenance, or without the app, is not served."""

	def __init__(self, queue: EngineQueue, threads: Executor):
		self._queue = queue
		self._threads = threads
		self._known: dict[str, _Known] = {}
		self._rests: dict[str, tuple[bool, float]] = {}
		"""And until when that is trusted, in monotonic seconds."""
		self._unreadable: set[str] = set()
		self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
		self._failed: defaultdict[str, float] = defaultdict(float)
		"""Until when a site is not read again, in monotonic seconds."""
		self._gateways: list[Gateway] = []

	async def get(self, name: str) -> Site | None:
		if await self.is_resting(name):
			return None
		version = await self._queue.settings_version(name)
		async with self._reading[name]:
			if not (self._is_current(name, version) or self._has_failed(name)):
				await self._read(name, version)
		known = self._known.get(name)
		return known.site if known else None

	def _is_current(self, name: str, version: bytes | None) -> bool:
		known = self._known.get(name)
		return known is not None and known.version == version and time.monotonic() - known.read < _FRESH

	def _has_failed(self, name: str) -> bool:
		return time.monotonic() < self._failed[name]

	async def is_resting(self, name: str) -> bool:
		rests, until = self._rests.get(name, (False, 0.0))
		if time.monotonic() > until:
			rests = await asyncio.get_running_loop().run_in_executor(self._threads, self._look, name, rests)
			self._rests[name] = rests, time.monotonic() + _LOOK
		return rests

	def _look(self, name: str, rested: bool) -> bool:
		"""What was known stays while the file cannot be read: Frappe empties it before it writes it."""
		try:
			rests = _rests(name)
		except Exception:
			if name not in self._unreadable:
				_log.exception("the configuration of site %s cannot be read", name)
			self._unreadable.add(name)
			return rested
		self._unreadable.discard(name)
		return rests

	async def is_gone(self, name: str) -> bool:
		if self._has_failed(name):
			return False
		return await asyncio.get_running_loop().run_in_executor(self._threads, _is_gone, name)

	async def _read(self, name: str, version: bytes | None) -> None:
		"""While the database is away, or the site broken, what is known stays: no site may harm another one's runs."""
		try:
			settings = await asyncio.get_running_loop().run_in_executor(self._threads, _settings_of, name)
		except Exception as error:
			if not isinstance(error, ServiceUnavailable):
				_log.exception("the settings of site %s cannot be read", name)
			self._failed[name] = time.monotonic() + _FAILED
			return
		if settings is None:
			self._known.pop(name, None)
		else:
			self._known[name] = _Known(self._site(name, settings), version, time.monotonic())

	def _site(self, name: str, settings: Settings) -> Site:
		"""The one that is known while its settings are the same: its gateway has connections and a memory."""
		known = self._known.get(name)
		if known and known.site.settings == settings:
			return known.site
		gateway = Gateway(settings.providers, settings.retries)
		self._gateways.append(gateway)
		return Site(name, VisitedStore(name), gateway, settings, partial(visited_roles_of, name))

	async def close(self) -> None:
		"""Also the gateways of former settings: runs may have gone on with them."""
		for gateway in self._gateways:
			await gateway.close()


def _rests(name: str) -> bool:
	"""As the bench's files say: the database may be at work."""
	folder = os.path.join(".", name)
	is_there = os.path.exists(os.path.join(folder, "site_config.json"))
	return is_there and bool(frappe.get_site_config(".", folder).maintenance_mode)


def _settings_of(name: str) -> Settings | None:
	try:
		with connected(name):
			if "ai_assistant" not in frappe.get_installed_apps():
				return None
			return load_settings()
	except frappe.IncorrectSitePath:
		_log.warning("there is no site %s on this bench", name)
		return None


def _is_gone(name: str) -> bool:
	"""Whether there is no such site, or the app was taken from it."""
	try:
		with connected(name):
			return "ai_assistant" not in frappe.get_installed_apps()
	except frappe.IncorrectSitePath:
		return True
	except Exception:
		return False
