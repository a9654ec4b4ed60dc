"""Whose turn it is: which runs of a user may go on at once, and which wait for another to end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace

from ai_assistant.core.errors import Conflict, InvalidRequest, TooManyRequests
from ai_assistant.core.run import NewRun, Run
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Turnover

_STEP = 1e-5
"""Seconds between two runs that were asked for at the same moment: enough for every database to tell them apart."""


@dataclass(frozen=True)
class UnderWay:
	"""How many runs of a user have not ended, how many of these wait, and how many are of the conversation in question.

	`newest`: when the last of them was asked for.
	"""

	active: int = 0
	waiting: int = 0
	of_conversation: int = 0
	newest: float = 0.0


def placed(new: NewRun, under_way: UnderWay, modified: float, has_begun: bool) -> NewRun:
	"""The run as it follows what its user did before: later than all that, whatever the clocks of two machines say, and
	with what is new to its conversation only. `modified`: of the conversation; `has_begun`: something was said in it."""
	moved = replace(new, created=max(new.created, max(modified, under_way.newest) + _STEP))
	return moved.continued() if has_begun and new.branch is None else moved


def check_results(new: NewRun, calls: Callable[[], Collection[str]]) -> None:
	"""Raises InvalidRequest for the result of a call that was made neither here nor before.

	`calls`: gives the ids of all that the conversation has.
	"""
	made = {call.id for message in new.messages for call in message.tool_calls}
	answered = [message.tool_call_id for message in new.messages if message.tool_call_id not in (None, *made)]
	known = calls() if answered else ()
	for id in answered:
		if id not in known:
			raise InvalidRequest(f"No answer of this conversation made the call `{id}` - at `$.messages`.")


def first_state(new: NewRun, under_way: UnderWay, limits: Limits) -> Run:
	"""The new run as it begins beside the active ones of its user. Raises Conflict and TooManyRequests, and the run's own
	refusal. What it interrupts leaves its room."""
	if new.refusal:
		raise new.refusal
	before = under_way.of_conversation
	if before and new.on_busy == "reject":
		raise Conflict("This conversation is being answered. Wait for the end, stop it, or ask it to queue.")
	stopped = before if new.on_busy == "interrupt" else 0
	if under_way.active - stopped >= limits.runs_per_user:
		raise TooManyRequests(
			f"You have {limits.runs_per_user} answers under way. Wait for one to end, or stop it.", 2.0
		)
	if before or under_way.active - under_way.waiting >= limits.running_per_user:
		return new.run("waiting", under_way.waiting + 1)
	return new.run("queued")


def turnover(
	waiting: Sequence[tuple[Run, Hashable]], going_on: Sequence[Hashable], limits: Limits
) -> Turnover:
	"""`waiting`: all runs of one user that do, each with its conversation; those of one keep their order. `going_on`: the
	conversations of the user's other runs that have not ended, one for each. One that was deleted is another than what
	has its id now."""
	busy, free = set(going_on), limits.running_per_user - len(going_on)
	freed, still = list[Run](), list[Run]()
	for run, conversation in sorted(waiting, key=lambda one: (one[0].created, one[0].id)):
		if free > 0 and conversation not in busy:
			freed.append(replace(run, state="queued"))
			free -= 1
		else:
			still.append(replace(run, position=len(still) + 1))
		busy.add(conversation)
	return Turnover(tuple(freed), tuple(still))
