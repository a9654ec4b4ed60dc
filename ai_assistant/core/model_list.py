"""The models of a site as OpenAI's clients list and name them: `provider/model`, or only `model`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ai_assistant.core.errors import NotFound
from ai_assistant.core.replies import ModelChoice


class ModelNotFound(NotFound):
	code = "model_not_found"


class ListedModel(Struct):
	"""`created`, which OpenAI's clients want, is not known."""

	id: str
	owned_by: str
	created: int = 0
	object: str = "model"


class ModelList(Struct):
	data: list[ListedModel]
	object: str = "list"


def model_list(choices: Sequence[ModelChoice]) -> ModelList:
	return ModelList([ListedModel(_id(choice), choice.provider) for choice in choices])


def listed(id: str, choices: Sequence[ModelChoice]) -> ListedModel:
	"""Raises ModelNotFound."""
	for choice in choices:
		if id in (_id(choice), choice.model):
			return ListedModel(id, choice.provider)
	raise _unknown(id)


def chosen(id: str, choices: Sequence[ModelChoice]) -> tuple[str | None, str]:
	"""Provider and model; only `provider/model` names a provider. Raises ModelNotFound."""
	if any(id == choice.model for choice in choices):
		return None, id
	for choice in choices:
		if id == _id(choice):
			return choice.provider, choice.model
	raise _unknown(id)


def _id(choice: ModelChoice) -> str:
	return f"{choice.provider}/{choice.model}"


def _unknown(id: str) -> ModelNotFound:
	return ModelNotFound(f"There is no model {id!r}; `models` lists those there are - at `$.model`.")
