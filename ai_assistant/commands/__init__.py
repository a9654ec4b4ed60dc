"""`bench ai-assistant …`. Loaded with every bench command, so what is heavy is imported by the command that needs it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
import frappe
from frappe.commands import get_site, pass_context


@click.group("ai-assistant")
def ai_assistant() -> None:
	"""The AI Assistant: its worker, and what admins want to see and do."""


@contextmanager
def _connected(context: Any) -> Iterator[None]:
	"""As Administrator, who may ask too."""
	with frappe.init_site(get_site(context)):
		frappe.connect()
		yield


@ai_assistant.command()
@pass_context
def worker(context: Any) -> None:
	"""Run the engine as a process of its own, for all sites of the bench. Then no background job is used for it."""
	from ai_assistant.hosts.frappe.process import run_worker

	run_worker(get_site(context))


@ai_assistant.command()
@pass_context
def doctor(context: Any) -> None:
	"""Look whether the site can answer, and what to do if not. Exits with 1 if something is wrong."""
	from ai_assistant.hosts.frappe.doctor import examine

	is_wrong = False
	with _connected(context):
		for finding in examine():
			verdict, color = ("wrong ", "red") if finding.remedy else ("well  ", "green")
			remedy = f" → {finding.remedy}" if finding.remedy else ""
			click.echo(f"{click.style(verdict, fg=color)}{finding.part}: {finding.detail}{remedy}")
			is_wrong |= bool(finding.remedy)
	sys.exit(int(is_wrong))


@ai_assistant.command()
@click.argument("question")
@click.option("--conversation", help="Go on with this one.")
@click.option("--model")
@click.option("--provider")
@pass_context
def ask(
	context: Any, question: str, conversation: str | None, model: str | None, provider: str | None
) -> None:
	"""Ask as Administrator and print the answer while it is made. Ctrl-C stops it."""
	from ai_assistant.core.errors import AssistantError
	from ai_assistant.hosts.frappe import console

	with _connected(context):
		try:
			console.ask(question, conversation, model, provider)
		except AssistantError as error:
			sys.exit(str(error))


@ai_assistant.command()
@pass_context
def listen(context: Any) -> None:
	"""Print every event of the site as JSON."""
	from ai_assistant.hosts.frappe import console

	with _connected(context):
		console.listen()


@ai_assistant.command()
@click.option("--limit", default=20, show_default=True)
@click.option("--status", type=click.Choice(["Waiting", "Queued", "Running", "Completed", "Failed"]))
@pass_context
def runs(context: Any, limit: int, status: str | None) -> None:
	"""Print the newest runs: who, how fast, at what cost."""
	from ai_assistant.hosts.frappe import console

	with _connected(context):
		console.runs(limit, status)


@ai_assistant.command()
@click.argument("task_id")
@pass_context
def stop(context: Any, task_id: str) -> None:
	"""Stop a run; what there is of the answer is kept."""
	from ai_assistant.hosts.frappe import console

	with _connected(context):
		console.stop(task_id)


if "worker" in sys.argv[1:3]:
	# In the parent of background jobs: what each of its forks would else import anew before the first event.
	import_module("ai_assistant.hosts.frappe.preload")

commands = [ai_assistant]
