"""Who may see, make, change and delete which documents over Frappe's own REST interface, by role."""

from __future__ import annotations

import json
from collections.abc import Set
from typing import Any
from urllib.parse import quote

import pytest

from tests.contract.bench import Bench
from tests.contract.host import MODELS

ROLES = ("ann", "bob", "chief", "auditor", "clerk", "visitor", None)
"""The owner, another user, an administrator, an auditor, one of the desk, one of the website, a guest."""

READERS: dict[str, Set[str | None]] = {
	"AI Conversation": {"ann", "auditor"},
	"AI Message": {"ann", "auditor"},
	"AI Attachment": {"ann", "auditor"},
	"AI Run": {"ann", "auditor", "chief"},
	"AI Spending": {"ann", "auditor", "chief"},
	"AI Preferences": {"ann"},
	"AI Provider": {"chief"},
}

WRITERS: dict[str, Set[str | None]] = {
	"AI Conversation": {"ann"},
	"AI Preferences": {"ann"},
	"AI Provider": {"chief"},
}

MAKERS: dict[str, Set[str | None]] = {
	"AI Conversation": {"ann", "bob", "chief"},
	"AI Preferences": {"ann", "bob", "chief"},
	"AI Provider": {"chief"},
}

REFUSED = (401, 403, 404)

NAMES = """
import json
owner, provider = arguments
kinds = ("Conversation", "Message", "Attachment", "Run", "Spending", "Preferences")
names = {f"AI {kind}": frappe.db.get_value(f"AI {kind}", {"owner": owner}) for kind in kinds}
print(json.dumps(names | {"AI Provider": provider}))
"""


@pytest.fixture(scope="module")
def documents(bench: Bench) -> dict[str, str]:
	"""One of each DocType, all of them ann's."""
	notes = {"name": "notes.txt", "content": "Milk"}
	status, body = bench.call(
		"chat_completion", "ann", message="Hello?", model=MODELS["plain"], attachments=[notes]
	)
	assert status == 200, body
	assert bench.call("chat.set_preferences", "ann", instructions="Be short.")[0] == 200
	found: dict[str, str] = json.loads(bench.run(NAMES, bench.names["ann"], "contract-suite"))
	assert all(found.values()), found
	return found


def is_listed(bench: Bench, doctype: str, name: str, user: str | None) -> bool:
	query = quote(json.dumps([["name", "=", name]]))
	url = f"{bench.url}/api/resource/{quote(doctype)}?filters={query}"
	status, body = bench.open(url, {}, user, None)
	assert status == 200 or status in REFUSED, (doctype, status)
	return status == 200 and body["data"] == [{"name": name}]


@pytest.mark.parametrize("user", ROLES)
def test_documents_are_read_by_those_they_are_for(
	bench: Bench, documents: dict[str, str], user: str | None
) -> None:
	for doctype, name in documents.items():
		may_read = user in READERS[doctype]
		assert is_listed(bench, doctype, name, user) == may_read, doctype
		status, _ = bench.resource("GET", doctype, name, user)
		assert status == 200 if may_read else status in REFUSED, (doctype, status)


@pytest.mark.parametrize("user", ROLES)
def test_nobody_else_makes_changes_or_deletes_them(
	bench: Bench, documents: dict[str, str], user: str | None
) -> None:
	for doctype, name in documents.items():
		if user not in WRITERS.get(doctype, ()):
			for verb, body in (("PUT", {"title": "Mine"}), ("DELETE", None)):
				assert bench.resource(verb, doctype, name, user, body)[0] in REFUSED, (verb, doctype)
		if user not in MAKERS.get(doctype, ()):
			made: dict[str, Any] = {"owner": "contract-ann@example.com", "title": "Mine"}
			assert bench.resource("POST", doctype, None, user, made)[0] in REFUSED, doctype
	kept = json.loads(bench.run(NAMES, bench.names["ann"], "contract-suite"))
	assert kept == documents


@pytest.mark.parametrize("user", [role for role in ROLES if role != "chief"])
def test_settings_are_for_administrators(bench: Bench, user: str | None) -> None:
	settings = "AI Assistant Settings"
	assert bench.resource("GET", settings, settings, user)[0] in REFUSED
	assert bench.resource("PUT", settings, settings, user, {"max_tokens": 1})[0] in REFUSED


@pytest.mark.parametrize("user", [role for role in ROLES if role not in ("chief", "auditor")])
def test_reports_are_for_administrators_and_auditors(bench: Bench, user: str | None) -> None:
	path = "frappe.desk.query_report.run?report_name=AI%20Runs%20per%20Day"
	status, _ = bench.open(f"{bench.url}/api/method/{path}", {}, user, None)
	assert status in REFUSED
