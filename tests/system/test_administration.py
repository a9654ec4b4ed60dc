"""What an administrator changes on a running site reaches its worker, and outlasts a restart."""

from __future__ import annotations

from typing import Any

from ai_assistant.core.events import Completion
from tests.contract.host import MODELS, text_of, wait_for
from tests.system.conftest import Served

KEY = "sk-of-the-page"


def do(site: Served, method: str, /, **parameters: Any) -> Any:
	status, body = site.call(f"admin.{method}", "chief", **parameters)
	assert status == 200, body
	return body["message"]


def add_provider(site: Served, kind: str, model: str) -> None:
	address = site.simulator.url + ("" if kind == "anthropic" else "/v1")
	models = [{"name": model, "max_tokens": 1_000}]
	do(site, "add_provider", name=f"new-{kind}", kind=kind, base_url=address, api_key=KEY, models=models)


def answered_by(site: Served, model: str) -> str | None:
	final = site.final(site.ask(model))
	assert isinstance(final, Completion), final
	return final.provider


def test_a_provider_answers_the_next_question_and_after_a_restart(served: Served) -> None:
	assert served.final(served.ask(MODELS["plain"])).text == text_of("plain")
	models = {"openai_compatible": "sim:text=3", "anthropic": "sim:text=4"}
	for kind, model in models.items():
		add_provider(served, kind, model)
		assert answered_by(served, model) == f"new-{kind}"
	served.stop()
	served.start()
	assert [answered_by(served, model) for model in models.values()] == [f"new-{kind}" for kind in models]
	assert KEY not in "".join(served.output)


def test_a_run_goes_on_with_the_provider_that_was_removed_meanwhile(served: Served) -> None:
	model = "sim:text=60,rate=40"
	add_provider(served, "openai_compatible", model)
	task_id = served.ask(model)
	served.simulator.wait_deltas(model, 5)
	do(served, "remove_provider", name="new-openai_compatible")
	assert isinstance(served.final(task_id), Completion)
	assert served.call("chat_completion", message="Hello?", model=model)[0] == 422


def test_figures_show_the_worker_and_what_it_does(served: Served) -> None:
	def busy() -> Any:
		status, body = served.get("admin.figures", "chief")
		assert status == 200
		figures = body["message"]
		return figures if figures["running"] and figures["deltas_per_second"] else None

	task_id = served.ask(MODELS["paced"])
	figures = wait_for(busy, 10, str)
	(engine,) = figures["engines"]
	assert engine["runs"] == 1
	assert 10 < engine["deltas_per_second"] < 100
	assert 20e6 < engine["memory"] < figures["memory"] < 400e6
	served.final(task_id)
	_, body = served.get("admin.figures", "chief")
	assert body["message"]["completed"] == 1
	assert body["message"]["first_event_ms"] > 0
