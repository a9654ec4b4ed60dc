"""Images in messages: `data:` URLs, which are what they say. Nothing is fetched from anywhere."""

from __future__ import annotations

import base64
import re

from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.messages import File

_BEGINNINGS = {
	"image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
	"image/jpeg": re.compile(rb"\xff\xd8\xff"),
	"image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
	"image/gif": re.compile(rb"GIF8[79]a"),
}
"""What every provider reads, and how such a file begins."""

_URL = re.compile(r"data:(image/[a-z]+);base64,")


def new_image(number: int, url: str, most_bytes: int, place: str) -> File:
	"""The image, which has no name but its number. Raises InvalidRequest for what is none, or a larger one."""
	told = _URL.match(url)
	beginning = _BEGINNINGS.get(told[1]) if told else None
	if told is None or beginning is None:
		allowed = ", ".join(_BEGINNINGS)
		raise InvalidRequest(f"An image is a URL `data:<type>;base64,…` of {allowed} - at {place}.")
	if (len(url) - told.end()) // 4 * 3 > most_bytes + 2:
		raise InvalidRequest(f"An image has up to {most_bytes:,} bytes - at {place}.")
	try:
		content = base64.b64decode(url[told.end() :], validate=True)
	except ValueError:
		raise InvalidRequest(f"Is not base64 - at {place}.") from None
	if len(content) > most_bytes:
		raise InvalidRequest(f"An image has up to {most_bytes:,} bytes - at {place}.")
	if not beginning.match(content):
		raise InvalidRequest(f"Is not of the type {told[1]} - at {place}.")
	name = f"image-{number}.{told[1].partition('/')[2]}"
	return File("image", name, told[1], len(content), url)
