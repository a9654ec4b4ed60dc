"""Settings of a standalone site: `ai-assistant.toml` in its data directory, overridden by the environment."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

from pydantic import ValidationError, create_model
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ai_assistant.core import settings as core
from ai_assistant.core.errors import AssistantError

if sys.version_info >= (3, 11):
	import tomllib
else:
	import tomli as tomllib

FILE = "ai-assistant.toml"
_PREFIX = "AI_ASSISTANT_"
_NOT_SETTINGS = {"AI_ASSISTANT_TOKEN"}
"""Variables of the command line's client."""

_HOSTED = (
	core.Provider(
		"openai", "openai", (core.Model("gpt-5-mini", reasoning=True),), api_key_env="OPENAI_API_KEY"
	),
	core.Provider(
		"anthropic",
		"anthropic",
		(core.Model("claude-haiku-4-5", reasoning=True, max_tokens=16_000),),
		api_key_env="ANTHROPIC_API_KEY",
	),
)
_SCRIPTED = core.Provider("scripted", "scripted", (core.Model("reasoner", reasoning=True),), priority=1000)


class SettingsError(AssistantError):
	"""A setting that cannot be used: where it stands and what is allowed, never what it holds."""


@dataclass(frozen=True)
class Settings:
	"""The core's settings, and what only this host has."""

	core: core.Settings
	site: str = "localhost"
	"""Name of the site: Socket.IO's namespace is `/<site>`."""
	database_url: str | None = field(default=None, repr=False)
	redis_url: str | None = field(default=None, repr=False)


def load_settings(data: Path) -> Settings:
	"""Raises SettingsError for an unknown key or a bad value, with its line or variable."""
	path = data / FILE
	text = path.read_text() if path.exists() else ""
	try:
		values = tomllib.loads(text)
	except tomllib.TOMLDecodeError as error:
		raise SettingsError(f"{path}: {error}") from None
	_refuse_unknown_variables()
	try:
		found = _model()(**values)
	except ValidationError as error:
		raise SettingsError(_explain(error, path, text)) from None
	given = {name: getattr(found, name) for name in _core_types()}
	settings = core.Settings(**given | {"providers": _checked(given["providers"]) or _defaults()})
	return Settings(
		settings,
		cast(_Base, found).site,
		os.environ.get("DATABASE_URL") or None,
		os.environ.get("REDIS_URL") or None,
	)


def _core_types() -> dict[str, Any]:
	return get_type_hints(core.Settings, include_extras=True)


def _model() -> type[BaseSettings]:
	"""Reads the environment before what it is given. Its fields are those of the core, named only there."""
	defaults = core.Settings()
	types: dict[str, Any] = {name: (kind, getattr(defaults, name)) for name, kind in _core_types().items()}
	return create_model("SiteSettings", __base__=_Base, **types)


class _Base(BaseSettings):
	model_config = SettingsConfigDict(extra="forbid", env_prefix=_PREFIX, env_nested_delimiter="__")

	site: str = Settings.site

	@classmethod
	def settings_customise_sources(
		cls,
		settings_cls: type[BaseSettings],
		init_settings: PydanticBaseSettingsSource,
		env_settings: PydanticBaseSettingsSource,
		dotenv_settings: PydanticBaseSettingsSource,
		file_secret_settings: PydanticBaseSettingsSource,
	) -> tuple[PydanticBaseSettingsSource, ...]:
		return env_settings, init_settings


def _defaults() -> tuple[core.Provider, ...]:
	"""Whoever has a key in the environment, and one that needs none."""
	return (*(one for one in _HOSTED if os.environ.get(one.api_key_env or "")), _SCRIPTED)


def _checked(providers: tuple[core.Provider, ...]) -> tuple[core.Provider, ...]:
	names = [provider.name for provider in providers]
	for provider in providers:
		if names.count(provider.name) > 1:
			raise SettingsError(f"Two providers are named {provider.name}; a name is given once.")
		variable = provider.api_key_env
		if variable and not provider.api_key and not os.environ.get(variable):
			raise SettingsError(f"Provider {provider.name}: the environment has no {variable}.")
		if provider.kind in ("openai", "anthropic") and not (provider.api_key or variable):
			raise SettingsError(f"Provider {provider.name}: set api_key_env, or api_key.")
	return providers


def _refuse_unknown_variables() -> None:
	known = {f"{_PREFIX}{name}".upper() for name in ("site", *_core_types())}
	for variable in os.environ:
		is_setting = variable.startswith(_PREFIX) and variable not in _NOT_SETTINGS
		if is_setting and variable.split("__")[0].upper() not in known:
			raise SettingsError(f"{variable}: no such setting; there are {', '.join(sorted(known))}.")


def _explain(error: ValidationError, path: Path, text: str) -> str:
	"""The first thing that is wrong, and where."""
	first = error.errors(include_input=False, include_url=False)[0]
	place = [str(step) for step in first["loc"]]
	message = first["msg"]
	if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
		message = f"no such setting; there are {', '.join(_allowed(first['loc'][:-1]))}"
	variable = next((name for name in _variables(place) if name in os.environ), None)
	where = f"{variable}" if variable else f"{path}:{_line(text, first['loc'])}"
	return f"{where}: {'.'.join(place)}: {message}."


def _variables(place: list[str]) -> list[str]:
	"""The variables that may have set it, the most particular one first."""
	return [_PREFIX + "__".join(place[:length]).upper() for length in range(len(place), 0, -1)]


def _allowed(place: tuple[int | str, ...]) -> list[str]:
	"""The names of the settings at that place."""
	if not place:
		return sorted(["site", *_core_types()])
	kind: Any = core.Settings
	for step in place:
		if isinstance(step, str):
			kind = get_type_hints(kind)[step]
			while not is_dataclass(kind):
				kind = get_args(kind)[0]
	return sorted(one.name for one in fields(kind))


def _line(text: str, place: tuple[int | str, ...]) -> int:
	"""The line of the TOML source that comes nearest to the place, by its table headers and keys."""
	wanted = [step for step in place if isinstance(step, str)]
	index = next((step for step in place if isinstance(step, int)), 0)
	seen: dict[str, int] = {}
	table: list[str] = []
	best, nearest = 0, 1
	for number, line in enumerate(text.splitlines(), 1):
		if header := _HEADER.match(line):
			table = header["name"].replace(" ", "").split(".")
			if header["array"]:
				seen[header["name"]] = seen.get(header["name"], -1) + 1
		key = _KEY.match(line)
		path = table + (key["name"].replace(" ", "").split(".") if key else [])
		if seen.get(".".join(table), index) == index and path == wanted[: len(path)] and len(path) > best:
			best, nearest = len(path), number
	return nearest


_HEADER = re.compile(r"^\s*\[(?P<array>\[)?\s*(?P<name>[\w. -]+?)\s*\]")
_KEY = re.compile(r"^\s*(?P<name>[\w.-]+)\s*=")
