"""What a request may be, without a site."""

import base64
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from msgspec import Raw

from ai_assistant.core.errors import InvalidRequest, RequestError, TooLarge
from ai_assistant.core.incoming import new_messages
from ai_assistant.core.messages import File, Message
from ai_assistant.core.requests import (
	ChatRequest,
	CreateConversationRequest,
	SearchRequest,
	conversation_id,
	parse,
	parse_json,
)
from ai_assistant.core.settings import Limits

ID = UUID("6f1d2c9a-0000-4000-8000-00000000000a")
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def parse_as_json(kind: type[ChatRequest], parameters: dict[str, Any]) -> ChatRequest:
	return parse_json(kind, {name: Raw(msgspec.json.encode(value)) for name, value in parameters.items()})


def messages_of(limits: Limits | None = None, /, **parameters: Any) -> list[Message]:
	return new_messages(parse(ChatRequest, {"message": "Hello?"} | parameters), limits or Limits())


def ask(**parameters: Any) -> ChatRequest:
	request = parse(ChatRequest, {"message": "Hello?"} | parameters)
	new_messages(request, Limits())
	return request


def conversation(arguments: str = "{}", call: str = "c1", name: str = "f") -> dict[str, Any]:
	calls = [{"id": call, "function": {"name": name, "arguments": arguments}}]
	return {
		"message": None,
		"messages": [
			{"role": "user", "content": "a"},
			{"role": "assistant", "content": "", "tool_calls": calls},
			{"role": "tool", "content": "b", "tool_call_id": call},
		],
	}


@pytest.mark.parametrize(
	"parameters",
	[
		conversation(arguments="x" * 1_000_001),
		{"tools": [{"function": {"name": "f", "description": "x" * 1_000_001}}]},
		{"context": {"page": ["x" * 1_000_001]}},
	],
	ids=["arguments", "tools", "context"],
)
def test_everything_in_a_request_counts_to_its_size(parameters: dict[str, Any]) -> None:
	with pytest.raises(InvalidRequest, match="1,000,000 characters in all"):
		ask(**parameters)


@pytest.mark.parametrize(
	("parameters", "place"),
	[
		({"message": "a\0"}, "$.message"),
		(conversation(arguments="\0"), "$.messages[1].tool_calls[0].function.arguments"),
		(conversation(call="\x1b"), "$.messages[1].tool_calls[0].id"),
		(conversation(name="\x1b"), "$.messages[1].tool_calls[0].function.name"),
		({"request_id": "\0"}, "$.request_id"),
		({"context": {"a": [{"b\0": 1}]}}, "$.context.a[0]"),
		(
			{"tools": [{"function": {"name": "f", "description": "\ud83d"}}]},
			"$.tools[0].function.description",
		),
	],
)
def test_control_characters_are_refused_wherever_they_are(parameters: dict[str, Any], place: str) -> None:
	with pytest.raises(InvalidRequest) as refused:
		ask(**parameters)
	assert str(refused.value).endswith(f", as `{place}` does.")


PNG = b"\x89PNG\r\n\x1a\n and more"
FILES = {
	"image/png": PNG,
	"image/jpeg": b"\xff\xd8\xff\xe0 and more",
	"image/gif": b"GIF89a and more",
	"image/webp": b"RIFF\x0a\0\0\0WEBPVP8 and more",
}


def data_url(media_type: str, content: bytes) -> str:
	return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def drawn(*urls: str, role: str = "user", **more: Any) -> dict[str, Any]:
	parts = [{"type": "image_url", "image_url": {"url": url} | more} for url in urls]
	question = {"role": "user", "content": "And?"}
	return {"message": None, "messages": [{"role": role, "content": parts}, question]}


@pytest.mark.parametrize("media_type", FILES)
def test_images_are_kept_as_they_came(media_type: str) -> None:
	url = data_url(media_type, FILES[media_type])
	first, _ = messages_of(**drawn(url, url, detail="low"))
	kind = media_type.partition("/")[2]
	kept = [File("image", f"image-{n}.{kind}", media_type, len(FILES[media_type]), url) for n in (1, 2)]
	assert (first.content, first.files) == ("", tuple(kept))


@pytest.mark.parametrize(
	("url", "says"),
	[
		("https://example.com/a.png", "image/png, image/jpeg, image/webp, image/gif"),
		("http://127.0.0.1/", "is a URL `data:"),
		("file:///etc/passwd", "is a URL `data:"),
		("data:image/svg+xml;base64,PHN2Zz4=", "is a URL `data:"),
		("data:image/bmp;base64,Qk0=", "is a URL `data:"),
		("data:image/png,abc", "is a URL `data:"),
		("data:image/png;base64,a", "Is not base64"),
		("data:image/png;base64,\u00e4\u00f6\u00fc\u00df", "Is not base64"),
		("data:image/png;base64,aGVs\nbG8=", "Is not base64"),
		("data:image/png;base64,", "Is not of the type image/png"),
		(data_url("image/png", FILES["image/jpeg"]), "Is not of the type image/png"),
		(data_url("image/png", PNG + bytes(50)), "up to 50 bytes"),
		(data_url("image/png", PNG + bytes(50 - len(PNG) + 1)), "up to 50 bytes"),
	],
)
def test_what_is_no_image_of_those_allowed_is_refused(url: str, says: str) -> None:
	with pytest.raises(InvalidRequest) as refused:
		messages_of(Limits(image_bytes=50), **drawn(url))
	assert says in str(refused.value)
	assert str(refused.value).endswith("at `$.messages[0].content`.")
	assert url not in str(refused.value)


def test_an_image_may_have_exactly_the_bytes_that_are_allowed() -> None:
	for size in (50, 51, 52):
		messages_of(Limits(image_bytes=size), **drawn(data_url("image/png", PNG.ljust(size))))


def test_images_are_counted_and_come_from_users() -> None:
	url = data_url("image/png", PNG)
	with pytest.raises(InvalidRequest, match="up to 2 images; this one has 3"):
		messages_of(Limits(images=2), **drawn(url, url, url))
	with pytest.raises(InvalidRequest, match="Only a message of role user"):
		messages_of(**drawn(url, role="system"))


@pytest.mark.parametrize(
	("file", "media_type"),
	[
		({"name": "notes.txt"}, "text/plain"),
		({"name": "main.rs"}, "text/plain"),
		({"name": "Makefile"}, "text/plain"),
		({"name": "a.YML"}, "application/yaml"),
		({"name": "table.csv", "media_type": "application/octet-stream"}, "text/csv"),
		({"name": "unknown", "media_type": "text/x-python; charset=utf-8"}, "text/x-python"),
		({"name": "a", "media_type": "application/ld+json"}, "application/ld+json"),
		({"name": "a", "media_type": "application/x-yaml"}, "application/x-yaml"),
	],
)
def test_text_files_are_kept_with_the_last_message(file: dict[str, str], media_type: str) -> None:
	(message,) = messages_of(attachments=[file | {"content": "t\u00e9xt"}], context={"a": 1})
	assert message.files == (File("text", file["name"], media_type, 5, "t\u00e9xt"),)
	assert message.context == {"a": 1}


@pytest.mark.parametrize(
	("file", "place"),
	[
		({"name": "a.png", "content": ""}, "$.attachments[0]"),
		({"name": "a.txt", "media_type": "image/svg+xml", "content": ""}, "$.attachments[0]"),
		({"name": "a.txt", "media_type": "application/pdf", "content": ""}, "$.attachments[0]"),
		({"name": "../a.txt", "content": ""}, "$.attachments[0].name"),
		({"name": "..", "media_type": "text/plain", "content": ""}, "$.attachments[0].name"),
		({"name": "a\\b.txt", "content": ""}, "$.attachments[0].name"),
		({"name": "a\nb.txt", "content": ""}, "$.attachments[0].name"),
		({"name": "a\u202etxt.py", "content": ""}, "$.attachments[0].name"),
		({"name": "a\u200b.txt", "content": ""}, "$.attachments[0].name"),
		({"name": "a\u0085b.txt", "content": ""}, "$.attachments[0].name"),
		({"name": "a\u2028b.txt", "content": ""}, "$.attachments[0].name"),
		({"name": "a.txt", "content": "\0"}, "$.attachments[0].content"),
		({"name": "a.txt", "content": "x" * 101}, "$.attachments[0].content"),
		({"name": "a.txt", "content": 7}, "$.attachments[0].content"),
		({"name": "a.txt"}, "$.attachments[0]"),
	],
)
def test_files_that_are_no_text_are_refused(file: dict[str, Any], place: str) -> None:
	with pytest.raises(InvalidRequest) as refused:
		messages_of(Limits(message_characters=100), attachments=[file])
	assert f" `{place}`" in str(refused.value)


def test_files_are_counted_and_count_to_the_size() -> None:
	files = [{"name": "a.txt", "content": "x" * 100}] * 3
	with pytest.raises(InvalidRequest, match="Up to 2 files can be attached; here are 3"):
		messages_of(Limits(attachments=2), attachments=files)
	with pytest.raises(InvalidRequest, match="300 characters in all"):
		messages_of(Limits(request_characters=300), attachments=files)


@pytest.mark.parametrize("text", ["[1]", '{"a": 1}', "[", "7"])
def test_a_text_of_a_form_stays_one_whatever_it_looks_like(text: str) -> None:
	assert parse(SearchRequest, {"query": text, "limit": "3"}, is_form=True) == SearchRequest(text, 3)
	asked = parse(ChatRequest, {"message": text, "tools": "[]", "context": text}, is_form=True)
	assert (asked.message, asked.tools) == (text, [])


def test_a_form_brings_lists_and_objects_as_json() -> None:
	messages = '[{"role": "user", "content": "[1]"}]'
	asked = parse(ChatRequest, {"messages": messages, "context": '{"a": [1]}'}, is_form=True)
	assert asked.context == {"a": [1]}
	assert asked.messages
	assert asked.messages[0].content == "[1]"


@pytest.mark.parametrize("media_type", [{}, {"media_type": "application/octet-stream"}])
def test_a_file_without_an_ending_is_told_what_is_taken(media_type: dict[str, str]) -> None:
	file = {"name": "LICENCE", "content": "Free."} | media_type
	with pytest.raises(InvalidRequest, match=r"neither a media type nor an ending.* source code are taken"):
		messages_of(attachments=[file])


def test_images_and_text_files_have_bytes_in_common() -> None:
	image, file = drawn(data_url("image/png", PNG)), {"name": "a.txt", "content": "\u00e9"}
	size = len(PNG) + 2
	messages_of(Limits(request_bytes=size), **image, attachments=[file])
	with pytest.raises(TooLarge, match=f"up to {size - 1} bytes; these have {size}"):
		messages_of(Limits(request_bytes=size - 1), **image, attachments=[file])


@pytest.mark.parametrize("read", [parse, parse_as_json])
@pytest.mark.parametrize("alias", ["session_id", "thread_id"])
@pytest.mark.parametrize(
	("id", "same"),
	[(7, "7"), ("7", 7), (7, ""), ("", 7), (7, None), (None, "7"), (str(ID), ID.hex.upper())],
)
def test_one_id_under_two_names_is_compared_as_it_is_meant(
	id: Any, same: Any, alias: str, read: Callable[..., ChatRequest]
) -> None:
	request = read(ChatRequest, {"message": "hi", "conversation_id": id, alias: same})
	assert conversation_id(request.conversation_id) == conversation_id(id or same)
	with pytest.raises(InvalidRequest, match="are the same thing"):
		read(ChatRequest, {"message": "hi", "conversation_id": 8, alias: same or 7})


@pytest.mark.parametrize("read", [parse, parse_as_json])
def test_one_id_may_have_all_three_names(read: Callable[..., ChatRequest]) -> None:
	names = {"session_id": 7, "thread_id": "7", "conversation_id": ""}
	assert conversation_id(read(ChatRequest, {"message": "hi"} | names).conversation_id) == "7"


@pytest.mark.parametrize("id", ["[" * 100_000, "[7]", "7.0", "true", "9" * 5_000, '"\\ud800"'])
def test_what_is_no_id_is_refused_under_two_names_as_under_one(id: str) -> None:
	names = {"session_id": Raw(id.encode()), "conversation_id": Raw(b"7")}
	with pytest.raises(RequestError):
		parse_json(ChatRequest, {"message": Raw(b'"hi"')} | names)


def test_titles_without_control_characters_too() -> None:
	with pytest.raises(InvalidRequest, match=r"\$\.title"):
		parse(CreateConversationRequest, {"title": "a\0b"})


@pytest.mark.parametrize(
	"tool",
	[
		{"a": 1},
		{"type": "function", "function": "x"},
		{"type": "function", "function": {"name": ""}},
		{"type": "function", "function": {"name": "f", "parameters": []}},
		{"type": "web_search", "function": {"name": "f"}},
	],
)
def test_tools_that_no_provider_could_be_given_are_refused(tool: dict[str, Any]) -> None:
	with pytest.raises(InvalidRequest, match=r"\$\.tools"):
		ask(tools=[tool])


def test_a_tool_is_passed_on_as_it_came() -> None:
	assert msgspec.to_builtins(ask(tools=[TOOL]).tools) == [TOOL]
