"""The command line. Each command imports what it needs when it runs, so that all of them start fast."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(
	name="ai-assistant",
	help="Answers chat messages as a live stream.",
	no_args_is_help=True,
	add_completion=False,
	pretty_exceptions_enable=False,
)
user_app = typer.Typer(help="People who may ask.", no_args_is_help=True)
token_app = typer.Typer(help="Keys for programs.", no_args_is_help=True)
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")

Data = Annotated[Path, typer.Option("--data", help="Directory of the site: settings, database, Redis.")]
Url = Annotated[str, typer.Option("--url", help="Address of the site.")]
Token = Annotated[
	str, typer.Option("--token", envvar="AI_ASSISTANT_TOKEN", help="key:secret, from `token create`.")
]

_DATA = Path("data")
_URL = "http://127.0.0.1:8000"


def main() -> None:
	app()


@app.command()
def serve(
	host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
	port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
	data: Data = _DATA,
	workers: Annotated[int, typer.Option(min=0, help="Worker processes; 0 if they run elsewhere.")] = 1,
) -> None:
	"""Run the site: HTTP, Socket.IO on the same port, and the workers that answer."""
	from ai_assistant.hosts.standalone.serve import serve

	serve(host, port, data, workers)


@app.command()
def worker(data: Data = _DATA) -> None:
	"""Run one worker for the site in that directory."""
	from ai_assistant.hosts.standalone.worker import run_worker

	run_worker(data)


@app.command()
def ask(
	message: Annotated[str, typer.Argument(help="What to ask; `-` reads it from standard input.")],
	url: Url = _URL,
	token: Token = "",
	conversation: Annotated[str | None, typer.Option(help="Id of the conversation to go on with.")] = None,
	provider: Annotated[str | None, typer.Option(help="Who is to answer.")] = None,
	model: Annotated[str | None, typer.Option(help="Which of the provider's models.")] = None,
) -> None:
	"""Ask a site and show the answer while it is made. Ctrl-C stops it."""
	from ai_assistant.hosts.standalone.ask import ask

	request = {
		"message": sys.stdin.read() if message == "-" else message,
		"conversation_id": conversation,
		"provider": provider,
		"model": model,
	}
	_exit(ask(url, _required(token), request))


@app.command()
def listen(
	url: Url = _URL,
	token: Token = "",
	count: Annotated[int | None, typer.Option(min=1, help="End after so many events.")] = None,
) -> None:
	"""Print every event of the user, one JSON object a line."""
	from ai_assistant.hosts.standalone.ask import listen

	_exit(listen(url, _required(token), count))


def _required(token: str) -> str:
	if ":" in token:
		return token
	_fail(
		"Give --token key:secret or set AI_ASSISTANT_TOKEN. "
		"`ai-assistant token create --user NAME --data DIR` makes one."
	)


def _exit(work: Coroutine[Any, Any, int | None]) -> NoReturn:
	"""Runs it and ends with the status that it returns."""
	from ai_assistant.hosts.standalone.client import SiteError

	try:
		status = asyncio.run(work)
	except SiteError as error:
		_fail(str(error))
	except KeyboardInterrupt:
		status = 130
	raise typer.Exit(status or 0)


def _fail(sentence: str) -> NoReturn:
	typer.echo(sentence, err=True)
	raise typer.Exit(1)
