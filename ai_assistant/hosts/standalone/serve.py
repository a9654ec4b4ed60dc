"""The `serve` process: the web server, the embedded Redis, and workers as child processes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
import uvloop

from ai_assistant.core.errors import AssistantError, ServiceUnavailable
from ai_assistant.hosts.standalone.app import Application
from ai_assistant.hosts.standalone.redis import embedded_redis
from ai_assistant.hosts.standalone.settings import Settings, SettingsError, load_settings
from ai_assistant.hosts.standalone.workers import Workers

_GRACE = 5.0
"""Seconds beyond the drain after which workers and connections are closed by force."""

_log = logging.getLogger(__name__)


def serve(host: str, port: int, data: Path, workers: int) -> None:
	"""Returns after SIGTERM or SIGINT. Port 0 takes a free one. Exits with one line if it cannot start."""
	logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
	try:
		data.mkdir(parents=True, exist_ok=True, mode=0o700)
		settings = load_settings(data)
		with _listening(host, port) as listener, _redis(settings, data):
			application = Application(settings, data)
			_greet_first_admin(application)
			uvloop.run(_serve(application, listener, Workers(data, workers), settings))
	except (SettingsError, AssistantError, OSError) as error:
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
				f"{host}:{port} cannot be listened on ({os.strerror(error.errno or 0)}); choose another with --port."
			) from None
		yield listener


def _redis(settings: Settings, data: Path) -> contextlib.AbstractContextManager[object]:
	return contextlib.nullcontext() if settings.redis_url else embedded_redis(data)


def _greet_first_admin(application: Application) -> None:
	if made := application.accounts.ensure_first_admin():
		name, password = made
		print(f"First start: sign in as {name} with the password {password} (shown only now).", flush=True)


class _Server(uvicorn.Server):
	"""Leaves signals to us: workers are drained while clients are still connected."""

	@contextlib.contextmanager
	def capture_signals(self) -> Iterator[None]:
		yield


async def _serve(
	application: Application, listener: socket.socket, workers: Workers, settings: Settings
) -> None:
	server = _Server(
		uvicorn.Config(
			application.asgi,
			http="httptools",
			ws="websockets-sansio",
			ws_per_message_deflate=False,
			access_log=False,
			log_config=None,
			lifespan="on",
			timeout_graceful_shutdown=int(_GRACE),
		)
	)
	stop = asyncio.Event()
	for number in (signal.SIGTERM, signal.SIGINT):
		asyncio.get_running_loop().add_signal_handler(number, stop.set)
	serving = asyncio.create_task(server.serve([listener]))
	stopping = asyncio.create_task(stop.wait())
	workers.start()
	greeting = asyncio.create_task(_greet(server, listener))
	await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
	greeting.cancel()
	stopping.cancel()
	await workers.stop(settings.core.engine.drain + settings.core.engine.lease + _GRACE)
	application.close()
	server.should_exit = True
	await serving


async def _greet(server: uvicorn.Server, listener: socket.socket) -> None:
	while not server.started:
		await asyncio.sleep(0.01)
	host, port = listener.getsockname()[:2]
	address = f"[{host}]" if ":" in host else host
	print(f"Ready: http://{address}:{port}", flush=True)
	print("Sign in with `ai-assistant token create --user NAME` and `ai-assistant ask`, or POST", flush=True)
	print(f"usr and pwd to http://{address}:{port}/api/method/login. Ctrl-C stops.", flush=True)
