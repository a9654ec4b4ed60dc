from __future__ import annotations

import pytest

from ai_assistant.core.catalogue import Catalogue
from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.settings import Model, Provider


def catalogue() -> Catalogue:
	return Catalogue(
		[
			Provider("late", "scripted", (Model("small"), Model("shared")), priority=20),
			Provider("early", "scripted", (Model("large"), Model("shared")), priority=10),
		]
	)


@pytest.mark.parametrize(
	("provider", "model", "expected"),
	[
		(None, None, [("early", "large"), ("late", "small")]),
		("late", None, [("late", "small"), ("early", "large")]),
		(None, "shared", [("early", "shared"), ("late", "shared")]),
		("late", "shared", [("late", "shared"), ("early", "shared")]),
		(None, "small", [("late", "small")]),
	],
)
def test_candidates_come_by_preference_and_priority(
	provider: str | None, model: str | None, expected: list[tuple[str, str]]
) -> None:
	assert [(each.name, chosen.name) for each, chosen in catalogue().resolve(provider, model)] == expected


@pytest.mark.parametrize(
	("provider", "model", "message"),
	[
		("other", None, "There is no provider 'other'. There are: early, late."),
		(None, "other", "There is no model 'other'. There are: large, shared, small."),
		("early", "small", "There is no model 'small' of early. There are: large, shared."),
	],
)
def test_unknown_names_are_refused_with_what_is_allowed(
	provider: str | None, model: str | None, message: str
) -> None:
	with pytest.raises(InvalidRequest) as caught:
		catalogue().resolve(provider, model)
	assert str(caught.value) == message


def test_a_site_without_providers_says_so() -> None:
	with pytest.raises(InvalidRequest, match="No provider is set up"):
		Catalogue([]).resolve()
