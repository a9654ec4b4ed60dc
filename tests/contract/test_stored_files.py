"""Files of messages, and what results of tools belong to, as every store keeps them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ai_assistant.core.errors import InvalidRequest
from ai_assistant.core.messages import File, Message, references
from ai_assistant.core.run import Branch, NewRun
from ai_assistant.core.store import Store
from tests.contract.runs import CALL, completed, create, exported, finish, new_run, read_by_model

TEXT = File("text", "notes.txt", "text/plain", 7, "Ä 🥚")
IMAGE = File("image", "image-1.png", "image/png", 8, "data:image/png;base64,iVBORw0KGgo=")


def with_files(id: str, *files: File, **more: Any) -> NewRun:
	return replace(new_run(id, **more), messages=(Message("user", "What is this?", files=files),))


def test_a_store_gives_references_with_messages_and_contents_when_asked(store: Store) -> None:
	create(store, with_files("r1", IMAGE, TEXT), 5)
	finish(store, "r1", completed())
	image, text = attachments = references("r1-0", (IMAGE, TEXT))
	assert read_by_model(store, "r1", 5) == [Message("user", "What is this?", attachments=attachments)]
	for messages in (store.get_messages("ann", "7", 5, None), exported(store, "7")):
		assert [message.attachments for message in messages or []] == [attachments, ()]
	assert store.read_files([image.id, text.id, "nothing"]) == {
		image.id: IMAGE.content,
		text.id: TEXT.content,
	}
	assert store.get_file("ann", image.id) == IMAGE
	assert store.get_file("ann", text.id) == TEXT
	assert store.get_file("bob", text.id) is None
	assert store.get_file("ann", "nothing") is None


def test_an_empty_file_is_kept_too(store: Store) -> None:
	empty = replace(TEXT, size=0, content="")
	create(store, with_files("r1", empty), 5)
	assert store.get_file("ann", "r1-0-0") == empty
	assert store.read_files(["r1-0-0"]) == {"r1-0-0": ""}


def test_what_came_with_a_message_stays_with_those_that_keep_it(store: Store) -> None:
	context = {"document": "SO-0001"}
	said = Message("user", "Look!", files=(IMAGE, TEXT), context=context)
	create(store, replace(new_run("r1"), messages=(said,)), 5)
	place = store.find_message("ann", "r1-0")
	assert place is not None
	assert place.attachments == references("r1-0", (IMAGE, TEXT))
	assert place.context == context
	again = Message("user", "And this?", attachments=place.attachments, context=place.context)
	branch = Branch(None, "r1-0")
	create(store, replace(new_run("r2", created=120.0, branch=branch), messages=(again,)), 5)
	assert read_by_model(store, "r2", 5) == [again]
	store.discard_run("r2", "r1-0")
	assert store.get_file("ann", "r1-0-0") == IMAGE
	create(store, replace(new_run("r3", created=130.0, branch=branch), messages=(again,)), 5)
	(shown,) = store.get_messages("ann", "7", 5, None) or []
	assert (shown.id, shown.attachments) == ("r3-0", place.attachments)


def test_a_run_that_is_taken_back_takes_its_files_with_it_and_no_others(store: Store) -> None:
	create(store, with_files("r1", IMAGE), 5)
	finish(store, "r1", completed())
	create(store, with_files("r2", TEXT, created=120.0), 5)
	store.discard_run("r2")
	assert store.read_files(["r1-0-0", "r2-0-0"]) == {"r1-0-0": IMAGE.content}


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_deleted_conversation_takes_its_files_with_it(store: Store, is_answered: bool) -> None:
	create(store, with_files("r1", IMAGE, TEXT), 5)
	create(store, with_files("r2", TEXT, conversation="8", created=120.0), 5)
	if is_answered:
		finish(store, "r1", completed())
	store.delete_conversation("ann", "7")
	assert store.get_file("ann", "r1-0-0") is None
	if not is_answered:
		finish(store, "r1", completed())
	assert store.read_files(["r1-0-0", "r1-0-1", "r2-0-0"]) == {"r2-0-0": TEXT.content}


def test_results_belong_to_a_call_of_their_conversation_on_whatever_branch(store: Store) -> None:
	create(store, new_run("r1"), 9)
	finish(store, "r1", completed(tool_calls=(CALL,)))
	create(store, new_run("r2", created=120.0, branch=Branch("r1-0")), 9)
	result = (Message("tool", "rain", tool_call_id=CALL.id),)
	create(store, replace(new_run("r3", created=130.0), messages=result), 9)
	for elsewhere in ({"conversation": "8"}, {"user": "bob"}):
		with pytest.raises(InvalidRequest, match="`call_1` - at"):
			create(store, replace(new_run("r4", created=140.0, **elsewhere), messages=result), 9)
	assert store.get_conversation("ann", "8") is None
