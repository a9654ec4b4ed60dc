import dataclasses
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from ai_assistant.core import settings as core
from ai_assistant.hosts.standalone.settings import FILE, Settings, SettingsError, load_settings

if sys.version_info >= (3, 11):
	import tomllib
else:
	import tomli as tomllib

EXAMPLE = files("ai_assistant.hosts.standalone") / "ai-assistant.example.toml"

PROVIDER = """
[[providers]]
name = "mine"
kind = "openai_compatible"
base_url = "http://127.0.0.1:9/v1"
api_key = "sk-hidden"
models = [{ name = "small" }, { name = "large", context_window = 128000 }]
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
	"""Nothing of the machine's own."""
	for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "DATABASE_URL", "REDIS_URL"):
		monkeypatch.delenv(name, raising=False)
	return monkeypatch


def load(directory: Path, text: str) -> Settings:
	(directory / FILE).write_text(text, encoding="utf-8")
	return load_settings(directory)


def refusal(directory: Path, text: str) -> str:
	with pytest.raises(SettingsError) as refused:
		load(directory, text)
	return str(refused.value)


def test_without_a_file_the_defaults_hold_and_the_scripted_provider_answers(tmp_path: Path) -> None:
	settings = load_settings(tmp_path)
	assert dataclasses.replace(settings.core, providers=(), budgets=()) == core.Settings()
	assert [(one.name, one.kind, one.models[0].name) for one in settings.core.providers] == [
		("scripted", "scripted", "reasoner")
	]
	assert (settings.site, settings.database_url, settings.redis_url) == ("localhost", None, None)


def test_providers_whose_key_is_in_the_environment_come_before_the_scripted_one(
	tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
	environment.setenv("ANTHROPIC_API_KEY", "hidden")
	assert [one.name for one in load_settings(tmp_path).core.providers] == ["anthropic", "scripted"]
	environment.setenv("OPENAI_API_KEY", "hidden")
	providers = load_settings(tmp_path).core.providers
	assert [one.name for one in providers] == ["openai", "anthropic", "scripted"]
	assert max(providers, key=lambda one: one.priority).name == "scripted"


def test_providers_of_the_file_are_the_only_ones(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
	environment.setenv("OPENAI_API_KEY", "hidden")
	(provider,) = load(tmp_path, PROVIDER).core.providers
	assert (provider.name, provider.api_key) == ("mine", "sk-hidden")
	assert provider.models == (core.Model("small"), core.Model("large", context_window=128_000))


def test_the_environment_comes_before_the_file(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
	environment.setenv("AI_ASSISTANT_LIMITS__WAIT", "7.5")
	environment.setenv("AI_ASSISTANT_SITE", "b.test")
	environment.setenv("AI_ASSISTANT_TOKEN", "key:secret")
	settings = load(tmp_path, 'site = "a.test"\n[limits]\nwait = 5\nmessages = 6\n')
	assert settings.site == "b.test"
	assert (settings.core.limits.wait, settings.core.limits.messages) == (7.5, 6)


def test_providers_can_come_from_the_environment(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
	environment.setenv(
		"AI_ASSISTANT_PROVIDERS", '[{"name": "env", "kind": "scripted", "models": [{"name": "reasoner"}]}]'
	)
	assert [one.name for one in load(tmp_path, PROVIDER).core.providers] == ["env"]


def test_addresses_of_services_come_by_their_usual_names(
	tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
	environment.setenv("DATABASE_URL", "postgresql://u:hidden@host/name")
	environment.setenv("REDIS_URL", "redis://:hidden@host/0")
	settings = load_settings(tmp_path)
	assert settings.database_url == "postgresql://u:hidden@host/name"
	assert settings.redis_url == "redis://:hidden@host/0"
	assert "hidden" not in repr(settings)


def test_keys_are_not_shown(tmp_path: Path) -> None:
	assert "sk-hidden" not in repr(load(tmp_path, PROVIDER))


@pytest.mark.parametrize(
	("text", "line", "says"),
	[
		("\n\nsitte = 1\n", 3, "sitte.*engine, limits.*site"),
		("[limits]\nwait = 5\n\nwaitt = 6\n", 4, "limits.waitt.*runs_per_user.*wait"),
		("limits.waitt = 6\n", 1, "limits.waitt"),
		("# one\n[limits]\nwait = 0.5\n", 3, "limits.wait.*greater than or equal to 1"),
		("[limits]\nwait = 5\n[engine]\nwait = 5\n", 4, "engine.wait.*heartbeat"),
		('[engine]\nruns = "many"\n', 2, "engine.runs.*integer"),
		("[engine]\nlease = nan\n", 2, "engine.lease"),
		('system_prompt = """\n[limits]\nwait = 0\n"""\n[limits]\nwait = 0\n', 6, "limits.wait"),
		('site = "a b"\n', 1, "site"),
		(f"{PROVIDER}\n[[providers]]\nname = 'x'\nkind = 'sorted'\n", 11, "providers.1.kind.*openai_compat"),
		(f"{PROVIDER}\n[[providers]]\nname = 'x'\nkind = 'scripted'\n", 9, "providers.1.models.*required"),
		(f"{PROVIDER}\n[[providers]]\nname = 'x'\nkind = 'scripted'\nmodels = []\n", 12, "providers.1.models"),
		(PROVIDER.replace("large", ""), 7, "providers.0.models.1.name"),
		(PROVIDER.replace("base_url", "url"), 5, "providers.0.url.*base_url"),
		(f"{PROVIDER}timeout = 0\n[[providers.models]]\n", None, "(at line 9"),
		(f"{PROVIDER}{PROVIDER}", 10, "providers.1.name.*mine.*twice"),
		(PROVIDER.replace('api_key = "sk-hidden"', 'api_key_env = "NOT_SET"'), 6, "api_key_env.*NOT_SET"),
		(PROVIDER.replace("openai_compatible", "openai").replace("api_key", "#"), 2, "api_key_env"),
		(PROVIDER.replace('api_key = "sk-hidden"', 'api_key_env = "sk-hidden"'), 6, "api_key_env.*name of an environment variable"),
		(PROVIDER.replace("base_url", "#"), 2, "providers.0: needs base_url"),
		("[[providers]]\nname='a'\nkind='scripted'\n[[providers.models]]\nname='a'\n"
			"[[providers.models]]\nname='b'\nmax_tokens=0\n", 8, "providers.0.models.1.max_tokens"),
	],
)  # fmt: skip
def test_what_cannot_be_used_is_named_with_its_line_and_what_is_allowed(
	tmp_path: Path, text: str, line: int | None, says: str
) -> None:
	said = refusal(tmp_path, text)
	assert re.search(says if line else re.escape(says), said), said
	assert str(tmp_path / FILE) in said
	if line:
		assert f"{FILE}:{line}:" in said
	assert "sk-hidden" not in said


@pytest.mark.parametrize(
	"address",
	["", "not a url", "llm.example/v1", "ftp://llm.example", "http://", "http:///v1", "https://a b/v1", "http://[::1",
		"http://llm.example:port/v1", "http://llm.example:99999", "http://llm.example/v1\\n"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["openai", "openai_compatible", "anthropic"])
def test_an_address_has_a_scheme_and_a_host(tmp_path: Path, kind: str, address: str) -> None:
	text = PROVIDER.replace("openai_compatible", kind).replace("http://127.0.0.1:9/v1", address)
	assert refusal(tmp_path, text) == (
		f"{tmp_path / FILE}:5: providers.0.base_url: must look like https://llm.example/v1."
	)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "https://llm.example", "HTTP://[::1]:8080/v1/"])
def test_any_address_of_http_is_one(tmp_path: Path, address: str) -> None:
	(provider,) = load(tmp_path, PROVIDER.replace("http://127.0.0.1:9/v1", address)).core.providers
	assert provider.base_url == address


def test_variable_of_any_case_is_one_if_the_environment_has_it(
	tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
	environment.setenv("my_key", "hidden")
	text = PROVIDER.replace('api_key = "sk-hidden"', 'api_key_env = "my_key"')
	assert load(tmp_path, text).core.providers[0].api_key_env == "my_key"


@pytest.mark.parametrize(
	("variable", "value", "says"),
	[
		("AI_ASSISTANT_LIMITS__WAIT", "secret", "number"),
		("AI_ASSISTANT_LIMITS__WAITT", "5", "runs_per_user"),
		("AI_ASSISTANT_LIMTS__WAIT", "5", "AI_ASSISTANT_LIMITS"),
		("AI_ASSISTANT_PROVIDERS", "secret", "JSON"),
		("AI_ASSISTANT_PROVIDERS", '[{"name": "secret", "kind": "secret"}]', "openai_compatible"),
		("AI_ASSISTANT_SITE", "not a name", "site"),
	],
)
def test_a_variable_that_cannot_be_used_is_named(
	tmp_path: Path, environment: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
	environment.setenv(variable, value)
	said = refusal(tmp_path, "[limits]\nmessages = 5\n")
	assert said.startswith(f"{variable}:"), said
	assert says in said
	assert "secret" not in said


def test_a_file_that_is_not_toml_is_refused_with_the_line(tmp_path: Path) -> None:
	assert "line 2" in refusal(tmp_path, 'site = "a"\nbroken\n')


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
	(tmp_path / FILE).write_bytes(b'site = "\xff"\n')
	with pytest.raises(SettingsError, match="UTF-8"):
		load_settings(tmp_path)


def uncommented() -> str:
	"""The example with its settings switched on: those lines begin with `#` and no space."""
	return re.sub(r"^#(?! |$)", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_example_switches_nothing_on(tmp_path: Path) -> None:
	assert tomllib.loads(EXAMPLE.read_text(encoding="utf-8")) == {}


def test_the_example_shows_every_default(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
	environment.setenv("OPENAI_API_KEY", "hidden")
	settings = load(tmp_path, uncommented())
	plain = Settings(core.Settings())
	assert (settings.site, settings.streams) == (plain.site, plain.streams)
	assert dataclasses.replace(settings.core, providers=(), budgets=()) == core.Settings()
	(provider,) = settings.core.providers
	default = core.Provider("", "scripted", ())
	assert (provider.priority, provider.timeout) == (default.priority, default.timeout)


def test_the_example_lists_every_setting() -> None:
	shown = tomllib.loads(uncommented())
	assert set(shown) == {"site", "streams"} | {field.name for field in dataclasses.fields(core.Settings)}
	for name, kind in get_type_hints(core.Settings).items():
		if dataclasses.is_dataclass(kind):
			assert set(shown[name]) == names_of(kind), name
	providers = shown["providers"]
	assert {key for one in providers for key in one} == names_of(core.Provider)
	assert {key for one in providers for model in one["models"] for key in model} == names_of(core.Model)


def names_of(kind: Any) -> set[str]:
	return {field.name for field in dataclasses.fields(kind)}
