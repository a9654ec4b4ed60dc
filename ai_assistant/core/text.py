"""Text as databases take it."""

from __future__ import annotations


def storable(text: str) -> str:
	"""NUL and halves of surrogate pairs, which some or all databases refuse, become U+FFFD."""
	if text.isascii() and "\0" not in text:
		return text
	whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
	return whole.replace("\0", "\ufffd")
