from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from ai_assistant.core import settings as core
from ai_assistant.hosts.standalone import settings as host
from ai_assistant.hosts.standalone.settings import FILE, SettingsError, load_settings

EXAMPLE = Path(host.__file__).parent / "ai-assistant.example.toml"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
	for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "DATABASE_URL", "REDIS_URL"):
		monkeypatch.delenv(variable, raising=False)


def load(data: Path, text: str) -> host.Settings:
	(data / FILE).write_text(text)
	return load_settings(data)


def test_without_a_file_the_scripted_provider_answers(tmp_path: Path) -> None:
	settings = load_settings(tmp_path)
	assert [provider.kind for provider in settings.core.providers] == ["scripted"]
	assert settings.core.limits == core.Limits()


def test_a_key_in_the_environment_makes_its_provider_the_first(
	tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
	assert [provider.kind for provider in load_settings(tmp_path).core.providers] == ["anthropic", "scripted"]


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
	monkeypatch.setenv("AI_ASSISTANT_ENGINE__RUNS", "7")
	engine = load(tmp_path, "[engine]\nruns = 5\nthreads = 2\n").core.engine
	assert (engine.runs, engine.threads, engine.lease) == (7, 2, core.Engine().lease)


@pytest.mark.parametrize(
	("text", "line", "told"),
	[
		('site = "x"\nsiet = "y"\n', 2, "siet: no such setting; there are engine, limits"),
		("[limits]\nwait = 5\nmesages = 3\n", 3, "there are history_messages"),
		("[engine]\n\nruns = 0\n", 3, "greater than or equal to 1"),
		(
			'[[providers]]\nname = "a"\nkind = "scripted"\nmodels = [{ name = "m" }]\n[[providers]]\nname = "b"\n'
			'kind = "else"\nmodels = [{ name = "m" }]\n',
			7,
			"'openai', 'openai_compatible'",
		),
		("wait = = 1\n", None, "line 1"),
	],
)
def test_a_bad_setting_is_refused_with_its_line_and_what_is_allowed(
	tmp_path: Path, text: str, line: int | None, told: str
) -> None:
	with pytest.raises(SettingsError) as refused:
		load(tmp_path, text)
	assert told in str(refused.value)
	assert str(refused.value).startswith(f"{tmp_path / FILE}:{f'{line}:' if line else ''}")


@pytest.mark.parametrize(
	("variable", "value"), [("AI_ASSISTANT_ENGINE__RUNS", "none"), ("AI_ASSISTANT_LIMTS__WAIT", "1")]
)
def test_a_bad_variable_is_refused_by_its_name(
	tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
	monkeypatch.setenv(variable, value)
	with pytest.raises(SettingsError, match=variable):
		load_settings(tmp_path)


@pytest.mark.parametrize(
	("provider", "told"),
	[
		('kind = "openai"', "api_key_env"),
		('kind = "openai"\napi_key_env = "NOT_THERE"', "NOT_THERE"),
		('kind = "openai"\napi_key = "very-secret"\npriority = "high"', "priority"),
	],
)
def test_a_provider_that_cannot_work_is_refused_without_its_key(
	tmp_path: Path, provider: str, told: str
) -> None:
	text = f'[[providers]]\nname = "a"\nmodels = [{{ name = "m" }}]\n{provider}\n'
	with pytest.raises(SettingsError, match=told) as refused:
		load(tmp_path, text)
	assert "very-secret" not in str(refused.value)


def test_keys_and_addresses_with_passwords_are_not_shown(
	tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setenv("REDIS_URL", "redis://:very-secret@127.0.0.1")
	text = '[[providers]]\nname = "a"\nkind = "openai"\napi_key = "very-secret"\nmodels = [{ name = "m" }]\n'
	assert "very-secret" not in repr(load(tmp_path, text))


def names(kind: Any) -> set[str]:
	found: set[str] = set()
	for field in fields(kind):
		found.add(field.name)
		inner: Any = get_type_hints(kind)[field.name]
		while not is_dataclass(inner) and get_args(inner):
			inner = get_args(inner)[0]
		if is_dataclass(inner):
			found |= names(inner)
	return found


def test_the_example_names_every_setting_and_is_valid(
	tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setenv("OPENAI_API_KEY", "secret")
	lines = [
		line[1:] if line.startswith("#") and line[1:2] != " " else line
		for line in EXAMPLE.read_text().splitlines()
	]
	settings = load(tmp_path, "\n".join(lines))
	text = "\n".join(line.partition("#")[0] for line in lines)
	assert [name for name in names(core.Settings) if name not in text] == []
	for field in ("retries", "limits", "engine", "retention"):
		assert getattr(settings.core, field) == getattr(core.Settings(), field)
