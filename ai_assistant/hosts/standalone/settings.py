"""Settings of a standalone site: `ai-assistant.toml` in its data directory, overridden by the environment."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast, get_args, get_type_hints

from annotated_types import Ge
from pydantic import StringConstraints, ValidationError, create_model
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ai_assistant.core import settings as core
from ai_assistant.core.errors import AssistantError
from ai_assistant.hosts.standalone.place import PREFIX, Key, Source
from ai_assistant.hosts.standalone.provider_fault import fault_of

if sys.version_info >= (3, 11):
	import tomllib
else:
	import tomli as tomllib

FILE = "ai-assistant.toml"
_NOT_SETTINGS = {"AI_ASSISTANT_TOKEN"}
"""Variables of the command line's client."""

_VARIABLE = re.compile("[A-Z_][A-Z0-9_]*")
"""What is quoted in an error; anything else may be a key, put there by mistake."""

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
	streams: int = 500
	"""Streams of server-sent events that are open at once on the site."""
	database_url: str | None = field(default=None, repr=False)
	redis_url: str | None = field(default=None, repr=False)


def load_settings(data: Path) -> Settings:
	"""Raises SettingsError for an unknown key or a bad value, with its line or variable."""
	source = _read(data / FILE)
	values = _parse(source)
	_refuse_variables()
	try:
		found = _model()(**values)
	except ValidationError as error:
		_refuse(source, error)
	given = {name: getattr(found, name) for name in _core_types()}
	_check(source, given["providers"])
	return Settings(
		core.Settings(**given | {"providers": given["providers"] or _defaults()}),
		cast(_Base, found).site,
		cast(_Base, found).streams,
		os.environ.get("DATABASE_URL") or None,
		os.environ.get("REDIS_URL") or None,
	)


def _read(path: Path) -> Source:
	try:
		return Source(path, path.read_text(encoding="utf-8") if path.exists() else "")
	except UnicodeDecodeError:
		raise SettingsError(f"{path}: is not UTF-8 text.") from None
	except OSError as error:
		raise SettingsError(f"{path}: cannot be read ({error.strerror}).") from None


def _parse(source: Source) -> dict[str, Any]:
	try:
		return tomllib.loads(source.text)
	except tomllib.TOMLDecodeError as error:
		raise SettingsError(f"{source.path}: {error}") from None


def _core_types() -> dict[str, Any]:
	return get_type_hints(core.Settings, include_extras=True)


@cache
def _model() -> type[BaseSettings]:
	"""Reads the environment before what it is given. Its fields are those of the core, named only there."""
	defaults = core.Settings()
	types: dict[str, Any] = {name: (kind, getattr(defaults, name)) for name, kind in _core_types().items()}
	return create_model("SiteSettings", __base__=_Base, **types)


class _Base(BaseSettings):
	model_config = SettingsConfigDict(extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__")

	site: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$")] = Settings.site
	streams: Annotated[int, Ge(0)] = Settings.streams

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


def _check(source: Source, providers: Sequence[core.Provider]) -> None:
	"""Refuses what only several settings together show."""
	names = [provider.name for provider in providers]
	for number, provider in enumerate(providers):
		if provider.name in names[:number]:
			_complain(
				source, ("providers", number, "name"), f"{provider.name} is named twice; once is allowed"
			)
		if fault := fault_of(provider):
			field = (fault.field,) if fault.field else ()
			_complain(source, ("providers", number, *field), fault.message)
		_check_variable(source, number, provider)


def _check_variable(source: Source, number: int, provider: core.Provider) -> None:
	variable = provider.api_key_env
	if variable and not provider.api_key and not os.environ.get(variable):
		message = f"the environment has no variable {variable}"
		if not _VARIABLE.fullmatch(variable):
			message = "must be the name of an environment variable, such as OPENAI_API_KEY, not the key"
		_complain(source, ("providers", number, "api_key_env"), message)


def _refuse_variables() -> None:
	"""Refuses those that pydantic would leave out silently or quote."""
	known = {f"{PREFIX}{name}".upper(): one.annotation for name, one in _model().model_fields.items()}
	for variable, value in os.environ.items():
		if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS:
			continue
		if variable.split("__")[0] not in known:
			raise SettingsError(f"{variable}: no such setting; there are {', '.join(sorted(known))}.")
		if known.get(variable, str) is not str and not _is_json(value):
			raise SettingsError(f"{variable}: must be JSON.")


def _is_json(text: str) -> bool:
	try:
		json.loads(text)
	except ValueError:
		return False
	return True


def _refuse(source: Source, error: ValidationError) -> NoReturn:
	"""Tells the first thing that is wrong."""
	first = error.errors(include_input=False, include_url=False)[0]
	key, message = first["loc"], first["msg"]
	if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
		message = f"no such setting; there are {', '.join(_allowed(key[:-1]))}"
	_complain(source, key, message)


def _complain(source: Source, key: Key, message: str) -> NoReturn:
	raise SettingsError(f"{source.place(key)}: {'.'.join(map(str, key))}: {message}.") from None


def _allowed(key: Key) -> list[str]:
	"""The names of the settings at that place."""
	if not key:
		return sorted(_model().model_fields)
	kind: Any = core.Settings
	for step in key:
		if isinstance(step, str):
			kind = get_type_hints(kind)[step]
			while not is_dataclass(kind):
				kind = get_args(kind)[0]
	return sorted(one.name for one in fields(kind))
