"""Text files that come with a message."""

from __future__ import annotations

import re
import unicodedata

from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.message_params import AttachmentParam
from ai_assistant.core.messages import File

_MEDIA_TYPE = re.compile(
	r"text/[a-z0-9.+-]+|application/(?:[a-z0-9.-]+\+)?(?:json|xml|yaml)"
	r"|application/(?:x-)?(?:csv|graphql|javascript|ndjson|php|python|ruby|sh|sql|tex|toml|typescript|yaml)",
)

_NO_TYPE = "application/octet-stream"
"""What clients tell of a file whose type they do not know."""

_TYPES = {
	"csv": "text/csv",
	"htm": "text/html",
	"html": "text/html",
	"json": "application/json",
	"md": "text/markdown",
	"xml": "application/xml",
	"yaml": "application/yaml",
	"yml": "application/yaml",
}

_PLAIN = re.compile(
	"adoc|bash|bat|c|cc|cfg|clj|cmake|conf|cpp|cs|css|dart|diff|dockerfile|editorconfig|env|"
	"erl|ex|exs|f90|fs|gitignore|go|gradle|graphql|groovy|h|hpp|hs|ini|ipynb|java|jinja|jl|js|"
	"jsonl|jsx|kt|less|lock|log|lua|m|makefile|mjs|ml|mm|ndjson|patch|php|pl|plist|po|proto|"
	"ps1|py|pyi|r|rb|rs|rst|sass|scala|scss|sh|sql|srt|svelte|svg|swift|tex|tf|toml|ts|tsv|"
	"tsx|txt|vb|vim|vtt|vue|xsd|zig|zsh"
)
"""Endings of text files that have no media type of their own, or none that is known everywhere."""

_NAME = re.compile(r"(?!\.{1,2}$)[^/\\]+")

_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Unicode's categories of characters that make a name look like another, or break a line."""

_TAKEN = "text, JSON, XML, YAML, CSV and source code are taken, by `media_type` or by the ending of the name"


def new_text_file(position: int, param: AttachmentParam, most_characters: int) -> File:
	"""The file, with the media type that its name tells if the client does not. Raises InvalidRequest."""
	place = f"$.attachments[{position}]"
	if hidden := next((sign for sign in param.name if unicodedata.category(sign) in _INVISIBLE), None):
		raise InvalidRequest(f"Contains the invisible character U+{ord(hidden):04X} - at `{place}.name`.")
	if not _NAME.fullmatch(param.name):
		raise InvalidRequest(f"Is a file's name, without a folder - at `{place}.name`.")
	if len(param.content) > most_characters:
		raise InvalidRequest(f"Longer than {most_characters:,} characters - at `{place}.content`.")
	media_type = (param.media_type or _NO_TYPE).partition(";")[0].strip().lower()
	if media_type == _NO_TYPE:
		media_type = _type_of(param.name) or media_type
	if not _MEDIA_TYPE.fullmatch(media_type):
		raise InvalidRequest(f"{_unknown(param, media_type)}: {_TAKEN} - at `{place}`.")
	return File("text", param.name, media_type, len(param.content.encode()), param.content)


def _unknown(param: AttachmentParam, media_type: str) -> str:
	if media_type == _NO_TYPE and "." not in param.name:
		return "Has neither a media type nor an ending, such as .txt, that tells one"
	return "Is not known as a text file"


def _type_of(name: str) -> str | None:
	ending = name.rpartition(".")[2].lower()
	return _TYPES.get(ending) or ("text/plain" if _PLAIN.fullmatch(ending) else None)
