"""Values as text, and text as databases take it."""

from __future__ import annotations

import msgspec


def storable(text: str) -> str:
	"""NUL and halves of surrogate pairs, which some or all databases refuse, become U+FFFD."""
	if text.isascii() and "\0" not in text:
		return text
	whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
	return whole.replace("\0", "\ufffd")


def as_json(value: object) -> str:
	return msgspec.json.encode(value).decode()


def as_text(value: object) -> str:
	"""A JSON value; a text as it is."""
	return value if isinstance(value, str) else as_json(value)
