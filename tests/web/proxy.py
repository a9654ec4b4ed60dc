"""A TCP proxy that can be cut, stalled, and made to refuse what a request's head holds."""

from __future__ import annotations

import asyncio
from threading import Event, Thread
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

START = 10.0
"""Seconds within which it must be up or down."""

_REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
	"""Stands at `url` before a site, from `__enter__` to `__exit__`. What is set holds for what comes from then on."""

	url: str

	def __init__(self, target: str):
		self.target = target
		self.refused: tuple[str, ...] = ()
		"""Requests whose head holds one of these are answered 403."""
		self._is_cut = False
		self._is_up = Event()
		self._open: dict[asyncio.StreamWriter, asyncio.Event] = {}
		self._thread = Thread(target=lambda: asyncio.run(self._serve()), name="proxy", daemon=True)

	def __enter__(self) -> Proxy:
		self._thread.start()
		assert self._is_up.wait(START)
		return self

	def __exit__(
		self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
	) -> None:
		self._loop.call_soon_threadsafe(self._stop.set)
		self._thread.join(START)

	def cut(self) -> None:
		"""Ends every connection, and each new one at once."""
		self._is_cut = True
		self._do(self._abort)

	def mend(self) -> None:
		self._is_cut = False

	def abort(self) -> None:
		"""Ends every connection."""
		self._do(self._abort)

	def stall(self) -> None:
		"""Nothing more goes through the connections there are, which stay open."""
		self._do(lambda: [flows.clear() for flows in self._open.values()])

	def _do(self, what: Any) -> None:
		done = Event()
		self._loop.call_soon_threadsafe(lambda: (what(), done.set()))
		assert done.wait(START)

	def _abort(self) -> None:
		for writer, flows in self._open.items():
			writer.transport.abort()
			flows.set()

	async def _serve(self) -> None:
		self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
		server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
		self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
		self._is_up.set()
		await self._stop.wait()
		server.close()
		self._abort()
		while self._open:
			await asyncio.sleep(0.01)

	async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
		place = urlsplit(self.target)
		try:
			if self._is_cut:
				return writer.transport.abort()
			far_reader, far_writer = await asyncio.open_connection(place.hostname, place.port)
		except OSError:
			return writer.transport.abort()
		flows = asyncio.Event()
		flows.set()
		self._open |= {writer: flows, far_writer: flows}
		try:
			back = asyncio.create_task(self._pass(far_reader, writer, flows))
			await self._pass(reader, far_writer, flows, writer)
			await back
		finally:
			for one in (writer, far_writer):
				del self._open[one]
				one.transport.abort()

	async def _pass(
		self,
		reader: asyncio.StreamReader,
		writer: asyncio.StreamWriter,
		flows: asyncio.Event,
		refuse_to: asyncio.StreamWriter | None = None,
	) -> None:
		"""Until either side ends. `refuse_to`: who is told what is refused."""
		try:
			while data := await reader.read(65536):
				await flows.wait()
				if refuse_to and any(word.encode() in data for word in self.refused):
					refuse_to.write(_REFUSAL)
					await refuse_to.drain()
					refuse_to.close()
					break
				writer.write(data)
				await writer.drain()
		except OSError:
			pass
		writer.close()
