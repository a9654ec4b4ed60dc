"""The client of web/client in a Node process, told what to do and heard."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Condition, Thread
from types import TracebackType
from typing import Any

from tests.contract.host import text_of

SCRIPT = Path(__file__).parent.parent.parent / "web" / "client" / "tests" / "program.mjs"

WAIT = 30.0
"""Seconds that anything is waited for."""


def words(count: int) -> Callable[[Any], bool]:
	"""Whether a run shows so many."""
	return lambda state: len(state["text"].split()) >= count


class Refused(Exception):
	"""A RequestError of the client: `code` and `status` are its own."""

	def __init__(self, failure: dict[str, Any]):
		super().__init__(failure)
		self.code, self.status = failure.get("code"), failure.get("status")


class Program:
	"""Everything that it told so far is in `told`: pairs of a kind and a value, in order."""

	def __init__(self, **options: Any):
		self.told: list[tuple[str, Any]] = []
		self._more = Condition()
		self._asked = 0
		self._process = subprocess.Popen(
			["node", str(SCRIPT), json.dumps(options)],
			stdin=subprocess.PIPE,
			stdout=subprocess.PIPE,
			text=True,
		)
		self._reader = Thread(target=self._read, daemon=True)
		self._reader.start()

	def __enter__(self) -> Program:
		return self

	def __exit__(
		self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
	) -> None:
		assert self._process.stdin
		self._process.stdin.close()
		try:
			assert self._process.wait(10) == 0 or error
		finally:
			self._process.kill()
			self._process.wait(10)
			self._reader.join(10)

	def _read(self) -> None:
		assert self._process.stdout
		with self._process.stdout as lines:
			for line in lines:
				told = json.loads(line)
				with self._more:
					self.told.append((told["kind"], told["value"]))
					self._more.notify_all()

	def wait(
		self, kind: str, is_it: Callable[[Any], Any] = bool, since: int = 0, seconds: float = WAIT
	) -> Any:
		"""The first value of that kind for which it holds, told from position `since` on. Raises TimeoutError."""

		def find() -> Any:
			return next((value for one, value in self.told[since:] if one == kind and is_it(value)), None)

		with self._more:
			if found := self._more.wait_for(find, seconds):
				return found
			raise TimeoutError(f"No such {kind}; last told: {self.told[-3:]}")

	def command(self, command: str, *values: Any) -> Any:
		"""What the command answers. Raises Refused."""
		id = self.post(command, *values)
		reply = self.wait("reply", lambda reply: reply["id"] == id)
		if "failure" in reply:
			raise Refused(reply["failure"])
		return reply["result"]

	def post(self, command: str, *values: Any) -> int:
		"""Gives the command; the reply will have this id."""
		self._asked += 1
		assert self._process.stdin
		line = json.dumps({"id": self._asked, "command": command, "values": values})
		self._process.stdin.write(line + "\n")
		self._process.stdin.flush()
		return self._asked

	def ask(self, model: str, **request: Any) -> str:
		"""The task_id of a new run, which is followed."""
		started = self.command("ask", "send", {"message": "Hello?", "model": model, **request})
		task_id: str = started["task_id"]
		self.command("follow", task_id)
		return task_id

	def states(self, task_id: str) -> list[Any]:
		"""All that a run has shown, in order."""
		return [value for kind, value in self.told if kind == "run" and value["taskId"] == task_id]

	def wait_run(self, task_id: str, is_it: Callable[[Any], Any]) -> Any:
		return self.wait("run", lambda state: state["taskId"] == task_id and is_it(state))

	def final(self, task_id: str) -> Any:
		"""The state with which it ended."""
		return self.wait_run(task_id, lambda state: state["final"])

	def check(self, task_id: str, model: str) -> Any:
		"""The state with which it ended: the answer is whole, and at no moment anything but its beginning was shown."""
		final, whole = self.final(task_id), text_of(model)
		assert final["text"] == whole
		assert [one["text"] for one in self.states(task_id) if not whole.startswith(one["text"])] == []
		return final

	def connected(self) -> Program:
		self.wait_transport("socket")
		return self

	def wait_transport(self, transport: str, since: int = 0) -> Any:
		return self.wait("connection", lambda state: state["transport"] == transport, since)


Start = Callable[..., Program]
"""Starts a client; options are added to those it has anyway."""


@contextmanager
def started(**options: Any) -> Iterator[Start]:
	"""Clients that are ended together."""
	with ExitStack() as programs:
		yield lambda **more: programs.enter_context(Program(**{**options, **more}))
