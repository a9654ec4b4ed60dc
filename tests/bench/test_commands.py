"""`bench ai-assistant …`, the console, and what uninstalling would do."""

from __future__ import annotations

from ai_assistant.core.events import Completion, Text
from tests.bench.models import WRITING
from tests.contract.bench import Bench
from tests.contract.host import MODELS, text_of
from tests.simulator import Answer, Behaviour

CONSOLE = """
from ai_assistant.console import stop, watch
stop(*arguments)
watch(*arguments)
"""


def test_a_question_on_the_command_line_is_answered_there_and_its_run_listed(bench: Bench) -> None:
	asked = bench.command("ai-assistant", "ask", "Hello?", "--model", MODELS["plain"])
	assert asked.returncode == 0, asked.stdout
	assert text_of("plain") in asked.stdout
	listed = bench.command("ai-assistant", "runs", "--limit", "1")
	assert listed.stdout.split()[1:3] == ["Administrator", "Completed"]


def test_the_command_line_stops_a_run_of_anybody(bench: Bench) -> None:
	task_id = bench.ask(WRITING)
	bench.wait_event(task_id, Text)
	assert bench.command("ai-assistant", "stop", task_id).returncode == 0
	final = bench.final(task_id)
	assert isinstance(final, Completion)
	assert final.finish_reason == "cancelled"


def test_a_console_stops_a_run_of_anybody_and_shows_it_from_its_beginning(bench: Bench) -> None:
	task_id = bench.ask(WRITING)
	bench.wait_event(task_id, Text)
	_, *shown = bench.run(CONSOLE, task_id).splitlines()
	final = bench.final(task_id)
	assert isinstance(final, Completion)
	assert final.text in "\n".join(shown)
	assert Answer.to(Behaviour.parse(WRITING)).text.startswith(final.text)


def test_uninstalling_in_a_dry_run_leaves_answers_alone(bench: Bench) -> None:
	task_id = bench.ask(MODELS["paced"])
	bench.wait_event(task_id, Text)
	done = bench.command("uninstall-app", "ai_assistant", "--yes", "--no-backup", "--dry-run")
	assert done.returncode == 0, done.stdout
	final = bench.final(task_id)
	assert isinstance(final, Completion)
	assert (final.text, final.finish_reason) == (text_of("paced"), "stop")
