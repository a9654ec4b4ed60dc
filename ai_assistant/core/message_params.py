"""Messages, tools and files as clients send them: in the form of OpenAI's Chat Completions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ai_assistant.core.messages import Role

Name = Annotated[str, Meta(min_length=1, max_length=140)]


class TextPart(Struct, forbid_unknown_fields=True, tag_field="type", tag="text"):
	text: str


class ImageUrl(Struct, forbid_unknown_fields=True):
	url: str
	detail: Literal["auto", "low", "high"] | None = None


class ImagePart(Struct, forbid_unknown_fields=True, tag_field="type", tag="image_url"):
	image_url: ImageUrl


class AttachmentParam(Struct, forbid_unknown_fields=True):
	"""A text file."""

	name: Name
	content: str
	media_type: Name | None = None


class ToolFunction(Struct, forbid_unknown_fields=True):
	name: Name
	arguments: str


class ToolCallParam(Struct, forbid_unknown_fields=True):
	id: Name
	function: ToolFunction
	type: Literal["function"] = "function"


class MessageParam(Struct, forbid_unknown_fields=True):
	"""One message as clients send it, in the form of OpenAI's Chat Completions."""

	role: Role
	content: str | list[TextPart | ImagePart] | None = None
	tool_calls: Annotated[list[ToolCallParam], Meta(max_length=128)] = []
	tool_call_id: Name | None = None
	name: Name | None = None

	@property
	def text(self) -> str:
		if isinstance(self.content, list):
			return "\n".join(part.text for part in self.content if isinstance(part, TextPart))
		return self.content or ""

	@property
	def images(self) -> list[str]:
		"""Their URLs."""
		parts = self.content if isinstance(self.content, list) else []
		return [part.image_url.url for part in parts if isinstance(part, ImagePart)]


class ToolSpec(Struct, forbid_unknown_fields=True):
	"""`parameters` is a JSON schema."""

	name: Name
	description: str | UnsetType = UNSET
	parameters: dict[str, Any] | UnsetType = UNSET
	strict: bool | UnsetType | None = UNSET


class ToolParam(Struct, forbid_unknown_fields=True):
	"""A function that the model may call, in the form of OpenAI's Chat Completions."""

	function: ToolSpec
	type: Literal["function"] = "function"
