"""Providers that do not come to an end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ai_assistant.core.events import Error
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
