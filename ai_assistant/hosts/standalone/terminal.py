"""Answers on a terminal while they grow: finished lines scroll up, the growing ones and a timer stay below.

Where the output is no terminal there are no colours and no timer, so that it reads well in a log.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TextIO

from rich.cells import cell_len, chop_cells
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from ai_assistant.core.events import Error, FinalEvent
from ai_assistant.core.transcript import Transcript
from ai_assistant.hosts.standalone.client import Answer

Part = Literal["reasoning", "text"]
LineKind = Literal["reasoning", "text", "note", "error"]

_STYLES: dict[LineKind, str] = {"reasoning": "dim", "text": "", "note": "cyan", "error": "red"}
_MARKS: dict[LineKind, str] = {"reasoning": "> ", "text": "| ", "note": "* ", "error": "! "}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Line:
	kind: LineKind
	text: str


class Pane:
	"""Turns a growing transcript into lines of at most `width` cells."""

	def __init__(self, label: str, width: int, began: float):
		self.label = label
		self.began = began
		"""Seconds of `time.perf_counter()`."""
		self.growing = Line("text", "")
		"""The line that is not finished yet."""
		self.transcript = Transcript()
		self._width = width
		self._begin(0)

	def _begin(self, attempt: int) -> None:
		self._attempt = attempt
		self._shown: dict[Part, int] = {"reasoning": 0, "text": 0}

	def grow(self, transcript: Transcript) -> Iterator[Line]:
		"""The lines that are finished now."""
		self.transcript = transcript
		if transcript.attempt > self._attempt:
			if any(self._shown.values()):
				yield from self._flush()
				yield Line("note", f"Interrupted; starts again, attempt {transcript.attempt}.")
			self._begin(transcript.attempt)
		yield from self._extend("reasoning", transcript.reasoning)
		if transcript.text and not self._shown["text"] and transcript.thinking_seconds:
			yield from self._flush()
			yield Line("note", f"Thought for {transcript.thinking_seconds:.1f} s.")
		yield from self._extend("text", transcript.text)
		if transcript.final is not None:
			yield from self._flush()
			if isinstance(transcript.final, Error):
				yield Line("error", transcript.final.error)

	def _extend(self, part: Part, whole: str) -> Iterator[Line]:
		new = _UNPRINTABLE.sub("\ufffd", whole[self._shown[part] :])
		if not new:
			return
		self._shown[part] = len(whole)
		if part != self.growing.kind:
			yield from self._flush()
		*paragraphs, last = (self.growing.text + new).split("\n")
		lines = [line for paragraph in paragraphs for line in _wrap(paragraph, self._width)]
		*more, growing = _wrap(last, self._width)
		yield from (Line(part, line) for line in lines + more)
		self.growing = Line(part, growing)

	def _flush(self) -> Iterator[Line]:
		if self.growing.text.strip():
			yield self.growing
		self.growing = Line("text", "")

	@property
	def timer(self) -> str:
		"""What is being waited for and since when; empty once the answer's text comes."""
		if self.transcript.text or self.transcript.final is not None:
			return ""
		doing = "thinking" if self.transcript.reasoning else self.transcript.status or "waiting"
		return f"{doing} {time.perf_counter() - self.began:.1f} s"


def _wrap(text: str, width: int) -> list[str]:
	"""Breaks at spaces where there are any."""
	lines = []
	while cell_len(text) > width:
		fitting = chop_cells(text[: width + 1], width)[0]
		end = fitting.rfind(" ") + 1 or len(fitting)
		lines.append(text[:end].rstrip())
		text = text[end:]
	return [*lines, text]


class Screen:
	"""Several answers at once, each line marked with whose it is. A context manager."""

	def __init__(self, console: Console, answers: Sequence[tuple[str, Answer]]):
		"""`answers`: each with its label, which may be empty if there is only one."""
		self._console = console
		self._column = max(len(label) for label, _ in answers)
		width = min(console.width, 110) - self._column - 4
		self._panes = {answer.task_id: Pane(label, width, answer.asked) for label, answer in answers}
		self._live = Live(
			console=console, get_renderable=self._growing, refresh_per_second=12, transient=True
		)

	def __enter__(self) -> Screen:
		if self._console.is_terminal:
			self._live.start()
		return self

	def __exit__(self, *_: object) -> None:
		self._live.stop()

	def show(self, answer: Answer) -> None:
		pane = self._panes[answer.task_id]
		for line in pane.grow(answer.transcript):
			self._console.print(self._text(pane, line), soft_wrap=True)

	def _text(self, pane: Pane, line: Line) -> Text:
		label = f"{pane.label:{self._column}} " if pane.label else ""
		mark = _MARKS[line.kind] if pane.label or line.kind != "text" else ""
		return Text.assemble((label, "bold"), (mark, "dim"), (line.text, _STYLES[line.kind]))

	def _growing(self) -> Group:
		panes = [pane for pane in self._panes.values() if pane.transcript.final is None]
		texts = [self._text(pane, pane.growing) for pane in panes if pane.growing.text]
		return Group(*texts, *(self._text(pane, Line("note", pane.timer)) for pane in panes if pane.timer))


class Plain:
	"""One answer for a pipe, written as it comes: lines of reasoning begin with `> `, those of text with nothing."""

	def __init__(self, output: TextIO):
		self._output = output
		self._begin(0)

	def _begin(self, attempt: int) -> None:
		self._attempt = attempt
		self._shown: dict[Part, int] = {"reasoning": 0, "text": 0}

	def __enter__(self) -> Plain:
		return self

	def __exit__(self, *_: object) -> None:
		self._output.write("\n")

	def show(self, answer: Answer) -> None:
		transcript = answer.transcript
		if transcript.attempt > self._attempt:
			if any(self._shown.values()):
				self._output.write(f"\n* Interrupted; starts again, attempt {transcript.attempt}.\n")
			self._begin(transcript.attempt)
		if reasoning := self._new("reasoning", transcript.reasoning):
			start = "" if self._shown["reasoning"] > len(reasoning) else "> "
			self._output.write(start + reasoning.replace("\n", "\n> "))
		if text := self._new("text", transcript.text):
			is_first = self._shown["text"] == len(text)
			self._output.write("\n\n" + text if is_first and transcript.reasoning else text)
		if isinstance(transcript.final, Error):
			self._output.write(f"\n! {transcript.final.error}")
		self._output.flush()

	def _new(self, part: Part, whole: str) -> str:
		new = whole[self._shown[part] :]
		self._shown[part] = len(whole)
		return new


def summary(answer: Answer) -> str:
	"""One line: how much came how fast from whom, and how it ended."""
	final = answer.final
	if final is None:
		return f"{answer.events} events · not ended"
	speed, first = final.timing.tokens_per_second, answer.first_event
	parts = [f"{answer.events} events"]
	parts += [f"first event after {first * 1000:,.0f} ms"] if first is not None else []
	parts += [f"{speed:,.0f} tokens/s"] if speed is not None else []
	parts += [f"provider {final.provider}"] if final.provider else []
	parts += [f"model {final.model}"] if final.model else []
	return " · ".join([*parts, _ending(final)])


def _ending(final: FinalEvent) -> str:
	if isinstance(final, Error):
		return f"failed: {final.code}"
	return "stopped, the answer so far is kept" if final.finish_reason == "cancelled" else final.finish_reason
