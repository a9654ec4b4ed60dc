"""Settings of a Frappe site: AI Assistant Settings and the enabled AI Providers."""

from __future__ import annotations

import frappe
from frappe.utils.caching import site_cache
from frappe.utils.password import get_decrypted_password

from ai_assistant.core.queue import Queue
from ai_assistant.core.settings import (
	Engine,
	Limits,
	Model,
	Provider,
	Retention,
	Retries,
	Settings,
)
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.rows import Row

_FRESH = 2
"""Seconds for which a web process answers with what it last read."""


@site_cache(ttl=_FRESH)
def web_settings() -> Settings:
	"""Without the providers' keys, which only an engine needs."""
	return load_settings(with_keys=False)


def load_settings(with_keys: bool = True) -> Settings:
	"""As they are now."""
	given = frappe.get_doc("AI Assistant Settings")
	return Settings(
		providers=_providers(with_keys),
		system_prompt=given.system_prompt or "",
		retries=Retries(given.provider_attempts, given.backoff, given.longest_wait, given.cool_down),
		limits=Limits(
			given.message_characters,
			given.request_characters,
			given.messages,
			given.runs_per_user,
			given.wait,
			given.history_messages,
		),
		engine=Engine(
			given.engine_runs,
			given.engine_threads,
			given.engine_interval,
			given.engine_attempts,
			given.engine_lease,
			given.engine_heartbeat,
			given.engine_drain,
		),
		retention=Retention(given.journal_seconds, given.longest_run_seconds),
	)


def tell_change(_doc: object, _event: str | None = None) -> None:
	"""Of a document with settings: engines read them again before the next run."""
	site = frappe.local.site
	web_settings.clear_cache()
	frappe.db.after_commit.add(lambda: Queue(queue_redis()).tell_change(site))


def _providers(with_keys: bool) -> tuple[Provider, ...]:
	found = frappe.get_all("AI Provider", {"enabled": 1}, ["*"], order_by="priority, name")
	return tuple(
		Provider(
			name=row.name,
			kind=row.kind,
			models=_models(row.name),
			base_url=row.base_url or None,
			api_key=_key(row.name) if with_keys else None,
			priority=row.priority,
			timeout=row.timeout,
		)
		for row in found
	)


def _models(provider: str) -> tuple[Model, ...]:
	found = frappe.get_all("AI Provider Model", {"parent": provider}, ["*"], order_by="idx")
	return tuple(map(_model, found))


def _model(row: Row) -> Model:
	"""A price of 0 is one that was not given."""
	return Model(
		name=row["model"],
		context_window=row["context_window"] or None,
		input_price=row["input_price"] or None,
		output_price=row["output_price"] or None,
		cache_read_price=row["cache_read_price"] or None,
		max_tokens=row["max_tokens"] or None,
		reasoning=bool(row["reasoning"]),
	)


def _key(provider: str) -> str | None:
	key: str | None = get_decrypted_password("AI Provider", provider, "api_key", raise_exception=False)
	return key
