"""What was spent, as administrators of either host read it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.host import MODELS, Host

Report = dict[str, Any]


def usage(host: Host, **asked: Any) -> Report:
	status, body = host.get("admin.usage", "chief", **asked)
	assert status == 200, body
	report: Report = body["message"]
	return report


def test_the_total_is_of_every_page_and_each_line_is_on_one(host: Host) -> None:
	for model in ("plain", "calling", "too_long"):
		status, body = host.call("chat_completion", "bob", message="Hello?", model=MODELS[model])
		assert status == 200, body
	name = host.names["bob"]
	whole = usage(host, user=name)
	assert len(whole["days"]) == 3
	assert whole["cursor"] is None
	assert whole["total"]["attempts"] == 3
	for figure, of_all in whole["total"].items():
		assert of_all == pytest.approx(sum(line["total"][figure] for line in whole["days"]))
	pages = [usage(host, user=name, limit=2)]
	while cursor := pages[-1]["cursor"]:
		assert len(cursor) <= 140
		pages.append(usage(host, user=name, limit=2, cursor=cursor))
	assert [line for page in pages for line in page["days"]] == whole["days"]
	assert [page["total"] for page in pages] == [whole["total"]] * 2


def test_what_was_stopped_failed_or_made_again_is_counted_for_each_attempt(host: Host) -> None:
	before = totals(host)
	host.final(host.ask(MODELS["restarted"]))
	host.final(host.ask(MODELS["broken"]))
	stopped = host.ask(MODELS["paced"])
	host.wait_words(stopped, 20)
	host.call("stop", task_id=stopped)
	host.final(stopped)
	after = totals(host)
	for model, attempts, estimated in (("restarted", 2, 1), ("broken", 1, 1), ("paced", 1, 1)):
		earlier, now = before.get(MODELS[model]), after[MODELS[model]]
		grown = {name: figure - (earlier[name] if earlier else 0) for name, figure in now.items()}
		assert (grown["attempts"], grown["estimated"]) == (attempts, estimated), model
		assert min(grown["input_tokens"], grown["output_tokens"], grown["cost"]) > 0, model


def totals(host: Host) -> dict[str, dict[str, float]]:
	"""What ann spent, by model."""
	return {line["model"]: line["total"] for line in usage(host, user=host.names["ann"])["days"]}


@pytest.mark.parametrize("asked", [
	{"since": "2026-03-02", "until": "2026-03-01"},
	{"since": "9999-12-31"},
	{"until": "2026-02-30"},
	{"cursor": "7"},
	{"cursor": "2026-02-30_0"},
	{"cursor": "🙂"},
	{"cursor": "2026-03-01_00112233445566778899aabbccddeeff"},
	{"cursor": "2026-03-01" + 131 * "0"},
	{"limit": 0},
])  # fmt: skip
def test_days_in_the_wrong_order_and_a_cursor_from_elsewhere_are_refused(
	host: Host, asked: dict[str, Any]
) -> None:
	status, body = host.get("admin.usage", "chief", **asked)
	assert (status, body["error"]["code"]) == (422, "invalid_request")


def test_days_are_counted_back_from_the_last(host: Host) -> None:
	report = usage(host, until="2026-03-30")
	assert (report["since"], report["until"], report["cursor"]) == ("2026-03-01", "2026-03-30", None)
	assert usage(host, until="0001-01-05")["since"] == "0001-01-01"
	assert usage(host, since="9999-12-31", until="9999-12-31")["days"] == []


def test_only_administrators_read_usage(host: Host) -> None:
	status, body = host.get("admin.usage", "ann")
	assert (status, "days" in str(body)) == (403, False)
