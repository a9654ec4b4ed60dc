"""The `serve` process: the web server, the embedded Redis, and workers as child processes."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
import uvloop

from ai_assistant.core.errors import AssistantError, ServiceUnavailable
from ai_assistant.hosts.standalone.app import Application
from ai_assistant.hosts.standalone.process import begin_process
from ai_assistant.hosts.standalone.redis import embedded_redis
from ai_assistant.hosts.standalone.settings import Settings, load_settings
from ai_assistant.hosts.standalone.workers import Workers

_GRACE = 5.0
"""Seconds beyond the drain after which workers and connections are closed by force."""

_IDLE = 80
"""Seconds that an idle connection is kept: longer than browsers' and proxies' pools do, which else ask a closed one."""


def serve(host: str, port: int, data: Path, workers: int) -> None:
	"""Returns after SIGTERM or SIGINT. Port 0 takes a free one. Exits with one line if it cannot start."""
	begin_process("site")
	try:
		data.mkdir(parents=True, exist_ok=True, mode=0o700)
		settings = load_settings(data)
		with _listening(host, port) as listener, _redis(settings, data):
			application = Application(settings, data)
			_greet_first_admin(application)
			patience = settings.core.engine.drain + _GRACE
			uvloop.run(_serve(application, listener, Workers(data, workers), patience))
	except (AssistantError, OSError) as error:
		sys.exit(f"Cannot start: {error}")


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
	family = socket.AF_INET6 if ":" in host else socket.AF_INET
	with socket.socket(family) as listener:
		listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		try:
			listener.bind((host, port))
		except OSError as error:
			raise ServiceUnavailable(
				f"{host}:{port} cannot be listened on ({error.strerror}); choose another with --port."
			) from None
		yield listener


def _redis(settings: Settings, data: Path) -> contextlib.AbstractContextManager[object]:
	return contextlib.nullcontext() if settings.redis_url else embedded_redis(data)


def _greet_first_admin(application: Application) -> None:
	if made := application.accounts.ensure_first_admin():
		name, password = made
		print(f"First start: sign in as {name} with the password {password} (shown only now).", flush=True)


class _Server(uvicorn.Server):
	"""Tells when it accepts, and leaves signals to us: workers drain while clients are still connected."""

	async def startup(self, sockets: list[socket.socket] | None = None) -> None:
		await super().startup(sockets)
		for listener in sockets or ():
			_greet(listener)

	def stop_accepting(self) -> None:
		for server in self.servers if self.started else ():
			server.close()

	@contextlib.contextmanager
	def capture_signals(self) -> Iterator[None]:
		yield


async def _serve(
	application: Application, listener: socket.socket, workers: Workers, patience: float
) -> None:
	stop = _stop_event()
	server = _Server(configuration(application))
	serving = asyncio.create_task(server.serve([listener]))
	stopping = asyncio.create_task(stop.wait())
	workers.start()
	await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
	server.stop_accepting()
	await workers.stop(patience)
	await application.close()
	server.should_exit = True
	await serving


def configuration(application: Application) -> uvicorn.Config:
	"""How uvicorn is to run it."""
	return uvicorn.Config(
		application.asgi,
		http="httptools",
		ws="websockets-sansio",
		ws_per_message_deflate=False,
		access_log=False,
		log_config=None,
		lifespan="on",
		timeout_keep_alive=_IDLE,
		timeout_graceful_shutdown=int(_GRACE),
	)


def _stop_event() -> asyncio.Event:
	stop = asyncio.Event()
	for number in (signal.SIGTERM, signal.SIGINT):
		asyncio.get_running_loop().add_signal_handler(number, stop.set)
	return stop


def _greet(listener: socket.socket) -> None:
	host, port = listener.getsockname()[:2]
	url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
	print(f"Ready: {url}", flush=True)
	print(
		"Open it in a browser, or make a key for a program with `ai-assistant token create --user NAME`.",
		flush=True,
	)
	print("Ctrl-C stops the site.", flush=True)
