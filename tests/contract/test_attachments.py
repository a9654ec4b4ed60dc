"""Images and text files of messages: kept apart from them, read one by one, bounded, and gone with their conversation."""

from __future__ import annotations

import base64
from typing import Any

from tests.contract.host import MODELS, Host
from tests.contract.test_methods import new_id
from tests.contract.test_prompt import FILE, PNG, done, history


def image_of(size: int) -> dict[str, Any]:
	content = base64.b64encode(bytes.fromhex("89504e470d0a1a0a").ljust(size, b"x")).decode()
	return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{content}"}}


def asked_with_files(host: Host) -> tuple[int, list[dict[str, Any]]]:
	"""A conversation, and what its first message refers to."""
	conversation = new_id()
	parts = [
		{"type": "text", "text": "What is this pelican?"},
		{"type": "image_url", "image_url": {"url": PNG}},
	]
	question: dict[str, Any] = {"messages": [{"role": "user", "content": parts}], "attachments": [FILE]}
	done(host.call("chat_completion", **question, conversation_id=conversation, model=MODELS["plain"]))
	first, *_ = history(host, conversation)
	attachments: list[dict[str, Any]] = first["attachments"]
	return conversation, attachments


def test_a_message_refers_to_its_files_and_each_is_read_by_itself(host: Host) -> None:
	_, (image, text) = asked_with_files(host)
	assert image == {
		"id": image["id"],
		"kind": "image",
		"name": "image-1.png",
		"media_type": "image/png",
		"size": 58,
	}
	assert (text["kind"], text["name"], text["media_type"], text["size"]) == (
		"text",
		"notes.txt",
		"text/plain",
		14,
	)
	for attachment, content in ((image, PNG), (text, FILE["content"])):
		file = done(host.get("chat.get_attachment", attachment_id=attachment["id"]))
		assert file == {name: attachment[name] for name in ("kind", "name", "media_type", "size")} | {
			"content": content
		}


def test_files_of_others_are_not_there(host: Host) -> None:
	_, (image, _) = asked_with_files(host)
	for user, id in (("bob", image["id"]), ("ann", image["id"].upper()), ("ann", "nothing")):
		status, body = host.get("chat.get_attachment", user, attachment_id=id)
		assert (status, body["error"]["code"]) == (404, "not_found")


def test_search_and_exports_name_files_without_what_is_in_them(host: Host) -> None:
	conversation, attachments = asked_with_files(host)
	found = done(host.get("chat.search", query="pelican"))["results"][0]
	assert found["excerpt"] == "What is this pelican?"
	exported = done(host.get("chat.export", conversation_id=conversation))
	assert exported["messages"][0]["attachments"] == attachments
	told = done(host.get("chat.export", conversation_id=conversation, format="markdown"))["content"]
	assert "Attached: image-1.png (image/png, 58 bytes)" in told
	assert "Attached: notes.txt (text/plain, 14 bytes)" in told
	for answer in (str(exported), told):
		assert PNG not in answer
		assert "Eggs" not in answer


def test_files_go_with_their_conversation(host: Host) -> None:
	conversation, attachments = asked_with_files(host)
	done(host.call("chat.delete_conversation", conversation_id=conversation))
	for attachment in attachments:
		status, _ = host.get("chat.get_attachment", attachment_id=attachment["id"])
		assert status == 404


def test_more_bytes_than_a_request_may_have_are_refused_and_nothing_is_kept(host: Host) -> None:
	conversation = new_id()
	messages = [{"role": "user", "content": [image_of(950_000)] * 8}]
	status, body = host.call(
		"chat_completion", messages=messages, conversation_id=conversation, model=MODELS["plain"], stream=True
	)
	assert (status, body["error"]["code"]) == (413, "too_large")
	assert "have up to 7,500,000 bytes; these have 7,600,000." in body["error"]["message"]
	status, _ = host.get("chat.get_conversation_history", conversation_id=conversation)
	assert status == 404
