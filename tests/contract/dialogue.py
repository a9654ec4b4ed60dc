"""What is said in a conversation of the user ann, and what is there of it afterwards."""

from __future__ import annotations

from typing import Any

from tests.contract.host import MODELS, Host, text_of

HELLO = {"role": "user", "content": "Hello?"}
ANSWER = text_of("plain")


def done(answer: tuple[int, Any]) -> Any:
	"""What was answered with success."""
	status, body = answer
	assert status == 200, body
	return body["message"]


def ask(host: Host, conversation: object, message: str | None = "Hello?", **more: Any) -> Any:
	asked = {"message": message, "conversation_id": conversation, "model": MODELS["plain"]} | more
	return done(host.call("chat_completion", **asked))


def history(host: Host, conversation: object) -> Any:
	return done(host.get("chat.get_conversation_history", conversation_id=conversation))


def said(host: Host, conversation: object) -> list[str]:
	return [message["content"] for message in history(host, conversation)["messages"]]
