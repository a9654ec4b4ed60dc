"""The command line. Each command imports what it needs when it runs, so that all of them start fast."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ai_assistant.core.errors import AssistantError

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
	port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
	data: Data = _DATA,
	workers: Annotated[int, typer.Option(min=0, help="Worker processes; 0 if they run elsewhere.")] = 1,
) -> None:
	"""Run the site: HTTP, Socket.IO on the same port, and the workers that answer."""
	from ai_assistant.hosts.standalone.serve import serve

	_run(lambda: serve(host, port, data, workers))


@app.command()
def worker(
	data: Data = _DATA,
	supervised: Annotated[bool, typer.Option("--supervised", hidden=True)] = False,
) -> None:
	"""Run one worker for the site in that directory."""
	from ai_assistant.hosts.standalone.worker import run_worker

	_run(lambda: run_worker(data, supervised))


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
	known = _required(token)
	_run(lambda: asyncio.run(ask(url, known, request)))


@app.command()
def listen(
	url: Url = _URL,
	token: Token = "",
	count: Annotated[int | None, typer.Option(min=1, help="End after so many events.")] = None,
) -> None:
	"""Print every event of the user, one JSON object a line."""
	from ai_assistant.hosts.standalone.ask import listen

	known = _required(token)
	_run(lambda: asyncio.run(listen(url, known, count)))


def _required(token: str) -> str:
	if ":" in token:
		return token
	_fail(
		"Give --token key:secret or set AI_ASSISTANT_TOKEN. "
		"`ai-assistant token create --user NAME --data DIR` makes one."
	)


@user_app.command("add")
def add_user(
	name: Annotated[str, typer.Argument(help="Name to sign in with.")],
	admin: Annotated[bool, typer.Option("--admin", help="May administer the site.")] = False,
	data: Data = _DATA,
) -> None:
	"""Make a user; prints the password."""
	from ai_assistant.hosts.standalone.administration import accounts_of

	def work() -> None:
		with accounts_of(data) as accounts:
			typer.echo(f"{name} signs in with the password {accounts.add_user(name, is_admin=admin)}")

	_run(work)


@token_app.command("create")
def create_token(
	user: Annotated[str, typer.Option(help="Whose programs use it.")],
	data: Data = _DATA,
) -> None:
	"""Make a key for a program; prints key:secret."""
	from ai_assistant.hosts.standalone.administration import accounts_of

	def work() -> None:
		with accounts_of(data) as accounts:
			token = accounts.create_token(user)
		typer.echo("Shown only now; send it as `Authorization: token key:secret`.", err=True)
		typer.echo(token)

	_run(work)


@app.command()
def doctor(data: Data = _DATA, url: Url = _URL) -> None:
	"""Try each part of a site and tell what to do about what does not work."""
	from ai_assistant.hosts.standalone.doctor import run_doctor

	_run(lambda: run_doctor(data, url))


@app.command()
def demo() -> None:
	"""Start a site, ask several models at once, show their answers side by side, and stop it all."""
	from ai_assistant.hosts.standalone.demo import run_demo

	_run(run_demo)


def _run(work: Callable[[], int | None]) -> NoReturn:
	"""Ends with the status that it returns, and with a sentence where it raises what is known."""
	try:
		status = work()
	except AssistantError as error:
		_fail(str(error))
	except KeyboardInterrupt:
		status = 130
	raise typer.Exit(status or 0)


def _fail(sentence: str) -> NoReturn:
	typer.echo(sentence, err=True)
	raise typer.Exit(1)
