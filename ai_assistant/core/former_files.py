"""Files as messages held them before they had a place of their own: for the upgrades of both hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ai_assistant.core.messages import File


def former_files(images: Sequence[str], texts: Sequence[Mapping[str, str]]) -> Iterator[File]:
	"""`images`: `data:` URLs; `texts`: each a name, a media_type and a text."""
	for number, url in enumerate(images, start=1):
		media_type, _, content = url.removeprefix("data:").partition(";base64,")
		size = len(content) // 4 * 3 - content.count("=", -2)
		yield File("image", f"image-{number}.{media_type.partition('/')[2]}", media_type, size, url)
	for file in texts:
		text = file["text"]
		yield File("text", file["name"], file["media_type"], len(text.encode()), text)
