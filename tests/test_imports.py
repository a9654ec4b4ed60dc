"""Who may import whom: `api → hosts.frappe → core ← hosts.standalone`, and each vendor's SDK in its own files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "ai_assistant"

VENDORS = {
	"openai": {"core/providers/openai.py", "core/providers/openai_compatible.py"},
	"anthropic": {"core/providers/anthropic.py"},
}
FRAPPE = ("api/", "hosts/frappe/", "commands/", "patches/", "ai_assistant/")
WEB_FRAMEWORKS = {"starlette", "fastapi", "flask", "werkzeug", "uvicorn", "socketio", "sqlalchemy"}


def modules() -> list[str]:
	return sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py"))


def imports(module: str) -> Iterator[str]:
	"""Every module that a file imports anywhere, by its full name."""
	for node in ast.walk(ast.parse((ROOT / module).read_text())):
		if isinstance(node, ast.Import):
			yield from (alias.name for alias in node.names)
		elif isinstance(node, ast.ImportFrom):
			assert node.level == 0, f"{module} imports relatively."
			yield from (f"{node.module}.{alias.name}" for alias in node.names)


def packages(module: str) -> set[str]:
	return {name.partition(".")[0] for name in imports(module)}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendors_sdk_is_imported_by_its_own_providers_only(vendor: str) -> None:
	assert {module for module in modules() if vendor in packages(module)} == VENDORS[vendor]


def test_frappe_is_imported_where_frappe_is_the_host_only() -> None:
	users = [module for module in modules() if "frappe" in packages(module)]
	assert [module for module in users if not module.startswith(FRAPPE)] == []


def test_the_core_imports_no_web_framework_and_no_host() -> None:
	for module in modules():
		if module.startswith("core/"):
			assert not packages(module) & WEB_FRAMEWORKS, module
			assert not any(name.startswith("ai_assistant.hosts") for name in imports(module)), module


def test_hosts_do_not_import_each_other() -> None:
	for here, there in (("frappe", "standalone"), ("standalone", "frappe")):
		for module in modules():
			if module.startswith(f"hosts/{here}/"):
				assert not any(name.startswith(f"ai_assistant.hosts.{there}") for name in imports(module)), (
					module
				)
