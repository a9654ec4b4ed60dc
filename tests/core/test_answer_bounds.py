"""Providers that do not come to an end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ai_assistant.core.errors import TooLarge
from ai_assistant.core.events import Error
from ai_assistant.core.run import RunResult
from ai_assistant.core.settings import Limits
from ai_assistant.core.store import Finished
from ai_assistant.hosts.standalone.store import SqlStore
from tests.core.conftest import MODELS, TestSite, finals
from tests.simulator import Answer, Behaviour


@pytest.mark.parametrize(
	("bound", "code"), [({"answer_characters": 100}, "invalid_request"), ({"answer_seconds": 1}, "timeout")]
)
def test_an_answer_without_end_is_ended_and_what_there_is_of_it_kept(
	site: TestSite, bound: dict[str, Any], code: str
) -> None:
	site.configure(limits=replace(site.settings.limits, **bound))
	site.start_engine()
	run = site.ask(MODELS["slow"])
	(final,) = finals(site.events(run))
	assert isinstance(final, Error)
	assert final.code == code
	assert final.text
	whole = Answer.to(Behaviour.parse(MODELS["slow"])).text
	assert whole.startswith(final.text)
	assert len(final.text) < len(whole) / 2
	site.simulator.wait_closed(MODELS["slow"])


def test_an_answer_that_only_thinks_is_asked_for_once_and_ended_in_the_same_time(site: TestSite) -> None:
	site.configure(limits=replace(site.settings.limits, answer_seconds=1))
	site.start_engine()
	(final,) = finals(site.events(site.ask(MODELS["thinking"])))
	assert isinstance(final, Error)
	assert final.code == "timeout"
	assert final.reasoning
	assert len(site.simulator.requests_of(MODELS["thinking"])) == 1


class SmallStore(SqlStore):
	"""Takes texts of up to so many characters."""

	most = 30

	def finish_run(
		self, run_id: str, result: RunResult, limits: Limits, only_waiting: bool = False
	) -> Finished | None:
		if len(result.text) > self.most:
			raise TooLarge("This site stores less in one piece.")
		return super().finish_run(run_id, result, limits, only_waiting)


class FaultyStore(SqlStore):
	"""Refuses every text, for whatever reason."""

	def finish_run(
		self, run_id: str, result: RunResult, limits: Limits, only_waiting: bool = False
	) -> Finished | None:
		if result.text:
			raise ValueError("There is no place for it.")
		return super().finish_run(run_id, result, limits, only_waiting)


def test_of_an_answer_that_is_too_large_to_be_stored_the_beginning_is_kept(site: TestSite) -> None:
	site.store = SmallStore(site.database)
	site.start_engine()
	run = site.ask(MODELS["plain"])
	(final,) = finals(site.events(run))
	assert isinstance(final, Error)
	assert (final.code, final.retryable, final.attempt) == ("internal", False, 1)
	assert 0 < len(final.text) <= SmallStore.most
	assert Answer.to(Behaviour.parse(MODELS["plain"])).text.startswith(final.text)
	assert final.message_id
	assert len(site.simulator.requests_of(MODELS["plain"])) == 1


def test_an_answer_that_cannot_be_stored_at_all_ends_its_run_all_the_same(site: TestSite) -> None:
	site.store = FaultyStore(site.database)
	site.start_engine(attempts=2)
	run = site.ask(MODELS["plain"])
	(final,) = finals(site.events(run))
	assert isinstance(final, Error)
	assert (final.code, final.text) == ("internal", "")
	assert len(site.simulator.requests_of(MODELS["plain"])) == 1
