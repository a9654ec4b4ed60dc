"""`bench ai-assistant …`. Loaded with every bench command, so what is heavy is imported by the command that needs it."""

import sys

import click
from frappe.commands import get_site, pass_context


@click.group("ai-assistant")
def ai_assistant() -> None:
	"""The AI Assistant: its worker, and what admins want to see and do."""


@ai_assistant.command()
@pass_context
def worker(context: object) -> None:
	"""Run the engine as a process of its own, for all sites of the bench. Then no background job is used for it."""
	from ai_assistant.hosts.frappe.process import run_worker

	run_worker(get_site(context))


def _preload() -> None:
	"""In the parent of background jobs: what each of its forks would else import anew before the first event."""
	import ai_assistant.hosts.frappe.preload  # noqa: F401


if "worker" in sys.argv[1:3]:
	_preload()

commands = [ai_assistant]
