"""The store of a site on a bench, asked from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client
from typing import Any

from tests.contract.bench import Bench

SERVE = """
from multiprocessing.connection import Listener
from threading import Thread
from ai_assistant.core.errors import AssistantError
from ai_assistant.core.queue import Queue
from ai_assistant.hosts.frappe.context import connected
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.store import FrappeStore

class SiteStore(FrappeStore):
	def clear(self):
		Queue(queue_redis()).lock_orphans(site, 30)  # or the scheduler would have the tests' runs carried
		for doctype in ("AI Attachment", "AI Message", "AI Run", "AI Conversation", "AI Preferences", "AI Spending"):
			frappe.db.delete(doctype, {"owner": ("in", ("ann", "bob"))})

def answer(connection, method, given, named):
	with connection:
		try:
			with connected(site):
				found = getattr(SiteStore(), method)(*given, **named)
		except Exception as error:
			found = error if isinstance(error, AssistantError) else RuntimeError(repr(error))
		connection.send(found)

with Listener(arguments[0]) as listener:
	print("ready", flush=True)
	while asked := (connection := listener.accept()).recv():
		Thread(target=answer, args=(connection, *asked)).start()
"""
"""Does each call in a thread of its own, as an engine does."""


class BenchStore:
	"""Has the methods of FrappeStore, and `clear`, which leaves nothing of the tests' users."""

	def __init__(self, address: str):
		self._address = address

	def __getattr__(self, method: str) -> Callable[..., Any]:
		return lambda *given, **named: self._ask(method, given, named)

	def _ask(self, method: str, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
		with Client(self._address) as connection:
			connection.send((method, given, named))
			found = connection.recv()
		if isinstance(found, Exception):
			raise found
		return found


@contextmanager
def bench_store(bench: Bench, address: str) -> Iterator[BenchStore]:
	"""`address`: of a socket that is not there yet."""
	with bench.running(SERVE, address):
		store = BenchStore(address)
		yield store
		store.clear()
		with Client(address) as connection:
			connection.send(None)
