"""Parameters of the methods for administrators, typed and bounded."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ai_assistant.core.message_params import Name
from ai_assistant.core.requests import Limit
from ai_assistant.core.settings import Model, Provider, ProviderKind

Tokens = Annotated[int, Meta(ge=1, le=10_000_000)]
Price = Annotated[float, Meta(ge=0, le=1_000_000)]


class ModelParam(Struct, forbid_unknown_fields=True):
	"""As `core.settings.Model`."""

	name: Name
	context_window: Tokens | None = None
	input_price: Price | None = None
	output_price: Price | None = None
	cache_read_price: Price | None = None
	max_tokens: Tokens | None = None
	reasoning: bool = False
	images: bool = True

	def model(self) -> Model:
		return Model(**{field.name: getattr(self, field.name) for field in fields(Model)})


class ProviderRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `admin.add_provider` and `admin.change_provider`. Without `api_key`, the one that is stored stays."""

	name: Name
	kind: ProviderKind
	models: Annotated[list[ModelParam], Meta(min_length=1, max_length=100)]
	base_url: Annotated[str, Meta(max_length=2_000)] | None = None
	api_key: Annotated[str, Meta(max_length=10_000)] | None = None
	timeout: Annotated[float, Meta(ge=1, le=3_600)] = Provider.timeout

	def provider(self) -> Provider:
		return Provider(
			self.name,
			self.kind,
			tuple(model.model() for model in self.models),
			self.base_url or None,
			self.api_key or None,
			timeout=self.timeout,
		)


class ProviderName(Struct, forbid_unknown_fields=True):
	"""Parameters of `admin.remove_provider` and `admin.test_provider`."""

	name: Name


class EnableProviderRequest(Struct, forbid_unknown_fields=True):
	name: Name
	is_enabled: bool


class OrderProvidersRequest(Struct, forbid_unknown_fields=True):
	names: Annotated[list[Name], Meta(max_length=1_000)]


class AddUserRequest(Struct, forbid_unknown_fields=True):
	name: Name
	is_admin: bool = False


class ChangeUserRequest(Struct, forbid_unknown_fields=True):
	"""Parameters of `admin.change_user`; what is left out stays."""

	name: Name
	is_admin: bool | None = None
	is_disabled: bool | None = None


class RunsRequest(Struct, forbid_unknown_fields=True):
	status: Literal["queued", "running", "completed", "failed"] | None = None
	user: Name | None = None
	limit: Limit = 50
	cursor: Annotated[str, Meta(max_length=140)] | None = None
