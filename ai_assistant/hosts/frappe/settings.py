"""Settings of a Frappe site: AI Assistant Settings and the enabled AI Providers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TypeVar

import frappe
from frappe.utils.caching import site_cache
from frappe.utils.password import get_decrypted_password

from ai_assistant.core.queue import Queue
from ai_assistant.core.settings import (
	Budget,
	Engine,
	Limits,
	Model,
	Modes,
	Provider,
	Retention,
	Retries,
	Settings,
)
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.rows import Row

FORM = "AI Assistant Settings"

_OTHER_NAMES = {
	"attempts": "provider_attempts",
	"journal": "journal_seconds",
	"longest_run": "longest_run_seconds",
}
"""Fields of that form that are not called as in the core."""

_P = TypeVar("_P", Retries, Limits, Engine, Retention)

_FRESH = 2
"""Seconds for which a web process answers with what it last read."""


@site_cache(ttl=_FRESH)
def web_settings() -> Settings:
	"""Without the providers' keys, which only an engine needs."""
	return load_settings(with_keys=False)


def load_settings(with_keys: bool = True) -> Settings:
	"""As they are now: read by SQL, for a job that has just begun would first have to learn the forms."""
	entered = dict(frappe.db.sql("select field, value from tabSingles where doctype = %s", FORM))
	return Settings(
		providers=_providers(with_keys),
		system_prompt=entered.get("system_prompt") or "",
		modes=_modes(entered),
		title_model=entered.get("title_model") or "",
		retries=_part(Retries, entered),
		limits=_part(Limits, entered),
		budgets=_budgets(),
		engine=_part(Engine, entered),
		retention=_part(Retention, entered),
	)


def form_fields() -> Iterator[tuple[str, type, str]]:
	"""Each number of the form: its fieldname, and the core's dataclass and field that it is for."""
	for part, prefix in ((Retries, ""), (Limits, ""), (Engine, "engine_"), (Retention, "")):
		for field in fields(part):
			name = f"{prefix}{field.name}" if prefix else _OTHER_NAMES.get(field.name, field.name)
			yield name, part, field.name


def _part(part: type[_P], entered: dict[str, str | None]) -> _P:
	"""What nobody has entered, as after an upgrade, has its default."""
	defaults, given = part(), {}
	for fieldname, of, setting in form_fields():
		if of is part and (value := entered.get(fieldname)):
			given[setting] = type(getattr(defaults, setting))(float(value))
	return part(**given)


def _modes(entered: dict[str, str | None]) -> Modes:
	"""What is left empty is as the core has it."""
	texts = {field.name: entered.get(f"mode_{field.name}") for field in fields(Modes)}
	return Modes(**{mode: text for mode, text in texts.items() if text})


def tell_change(_doc: object, _event: str | None = None) -> None:
	"""Of a document with settings: engines read them again before the next run."""
	site = frappe.local.site
	web_settings.clear_cache()
	frappe.db.after_commit.add(lambda: Queue(queue_redis()).tell_change(site))


def _budgets() -> tuple[Budget, ...]:
	"""A bound of 0 is one that was not given."""
	query = "select * from `tabAI Budget` where parent = %s order by idx"
	return tuple(
		Budget(
			per=row.per,
			user=row.user or None,
			role=row.role or None,
			tokens=row.tokens or None,
			cost=row.cost or None,
		)
		for row in frappe.db.sql(query, FORM, as_dict=True)
	)


def _providers(with_keys: bool) -> tuple[Provider, ...]:
	found = frappe.db.sql(
		"select * from `tabAI Provider` where enabled = 1 order by priority, name", as_dict=True
	)
	models = frappe.db.sql("select * from `tabAI Provider Model` order by parent, idx", as_dict=True)
	return tuple(
		Provider(
			name=row.name,
			kind=row.kind,
			models=tuple(_model(model) for model in models if model.parent == row.name),
			base_url=row.base_url or None,
			api_key=_key(row.name) if with_keys else None,
			priority=row.priority,
			timeout=row.timeout,
		)
		for row in found
	)


def _model(row: Row) -> Model:
	"""One price may be 0; a model with neither has none."""
	has_prices = bool(row["input_price"] or row["output_price"])
	return Model(
		name=row["model"],
		context_window=row["context_window"] or None,
		input_price=row["input_price"] if has_prices else None,
		output_price=row["output_price"] if has_prices else None,
		cache_read_price=row["cache_read_price"] or None,
		max_tokens=row["max_tokens"] or None,
		reasoning=bool(row["reasoning"]),
		images=bool(row["images"]),
	)


def _key(provider: str) -> str | None:
	"""None also for one that was encrypted by another site's key: what is asked of this provider then ends as `auth`."""
	try:
		key: str | None = get_decrypted_password("AI Provider", provider, "api_key", raise_exception=False)
	except frappe.ValidationError:  # of Frappe 15, whatever is asked of it
		key = None
	return key
