"""docs/protocol.md says what the code does: every type, field, code and limit, and none that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from ai_assistant.core import (
	batch,
	deltas,
	errors,
	events,
	figures,
	ledger,
	message_params,
	messages,
	replies,
	requests,
	settings,
)
from ai_assistant.core.settings import Settings
from ai_assistant.hosts.standalone import admin_replies
from ai_assistant.hosts.standalone.admin_requests import ModelParam
from ai_assistant.hosts.standalone.methods import Account
from docs.methods import METHODS
from docs.openapi import EVENTS
from docs.protocol_page import SECTIONS, TEXT, Row

OBJECTS: dict[str, type] = {
	kind.__name__: kind
	for kind in (
		events.Timing,
		events.FinishedToolCall,
		deltas.Usage,
		deltas.Source,
		messages.Conversation,
		messages.StoredMessage,
		messages.Attachment,
		messages.File,
		messages.Feedback,
		messages.Preferences,
		ledger.Total,
		ledger.DailyUsage,
		replies.Changed,
		replies.SearchPage,
		replies.SearchResult,
		replies.Exported,
		replies.UsageReport,
		replies.StartedRun,
		replies.Reply,
		replies.EventPage,
		replies.ModelChoice,
		replies.StopReply,
		replies.RunInFlight,
		replies.ConversationPage,
		replies.History,
		batch.BatchReply,
		batch.BatchData,
		batch.BatchResponse,
		Account,
		settings.Model,
		figures.EngineFigures,
		admin_replies.ProviderList,
		admin_replies.ProviderEntry,
		admin_replies.Trial,
		admin_replies.UserList,
		admin_replies.UserEntry,
		admin_replies.AddedUser,
		admin_replies.RunPage,
		admin_replies.RunEntry,
		admin_replies.Figures,
	)
}
AS_ANOTHER = {"streaming_chat_completion"}
"""Methods whose parameters are those of another one."""

PARAMETERS: dict[str, type] = {
	name: method.request for name, method in METHODS.items() if name not in AS_ANOTHER
} | {
	kind.__name__: kind
	for kind in (
		batch.BatchEntry,
		message_params.MessageParam,
		message_params.TextPart,
		message_params.ImagePart,
		message_params.ImageUrl,
		message_params.AttachmentParam,
		message_params.ToolCallParam,
		message_params.ToolFunction,
		message_params.ToolParam,
		message_params.ToolSpec,
		ModelParam,
	)
}
ENVELOPE = {field.name for field in msgspec.structs.fields(events.Event)}


def blocks(language: str) -> list[str]:
	return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


WORDS: dict[type[inspect.Type], str] = {
	inspect.StrType: "string",
	inspect.IntType: "integer",
	inspect.FloatType: "number",
	inspect.BoolType: "boolean",
	inspect.NoneType: "null",
	inspect.AnyType: "any",
	inspect.DictType: "object",
	inspect.RawType: "event",
	inspect.LiteralType: "string",
}


def words(kind: inspect.Type) -> set[str]:
	"""A type in the words of the page."""
	match kind:
		case inspect.UnionType():
			return set().union(*(words(part) for part in kind.types))
		case inspect.ListType() | inspect.VarTupleType():
			return {f"list of {word}" for word in words(kind.item_type)}
		case inspect.StructType() | inspect.DataclassType():
			return {kind.cls.__name__}
	return {WORDS[type(kind)]}


def literals(kind: inspect.Type) -> Iterator[str]:
	parts = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
	for part in parts:
		if isinstance(part, inspect.LiteralType):
			yield from map(str, part.values)


def fields(kind: type) -> dict[str, inspect.Field]:
	info: Any = inspect.type_info(kind)
	return {field.name: field for field in info.fields}


def may_be_left_out(kind: type, field: inspect.Field) -> bool:
	"""Requests may leave out what has a default; of what we send, only what is unset or omitted is left out."""
	if kind in PARAMETERS.values():
		return not field.required
	if not issubclass(kind, msgspec.Struct):
		return False
	default = next(f.default for f in msgspec.structs.fields(kind) if f.encode_name == field.encode_name)
	return default is msgspec.UNSET or (kind.__struct_config__.omit_defaults and not field.required)


def expected_rows(kind: type, without: set[str]) -> dict[str, tuple[set[str], bool]]:
	rows = {
		name: (words(field.type), may_be_left_out(kind, field))
		for name, field in fields(kind).items()
		if name not in without
	}
	if issubclass(kind, msgspec.Struct) and kind not in EVENTS.values() and kind.__struct_config__.tag:
		rows["type"] = ({"string"}, False)
	return rows


def written_rows(rows: list[Row]) -> dict[str, tuple[set[str], bool]]:
	return {
		row[0].strip("`"): (set(row[1].removesuffix("?").split(" or ")), row[1].endswith("?")) for row in rows
	}


DESCRIBED = [*EVENTS.items(), *OBJECTS.items(), *PARAMETERS.items()]


@pytest.mark.parametrize(("title", "kind"), DESCRIBED, ids=[title for title, _ in DESCRIBED])
def test_table_has_every_field_with_its_type_and_no_other(title: str, kind: type) -> None:
	without = ENVELOPE if title in EVENTS else set()
	assert written_rows(SECTIONS[title].rows) == expected_rows(kind, without)


@pytest.mark.parametrize(("title", "kind"), DESCRIBED, ids=[title for title, _ in DESCRIBED])
def test_row_names_every_value_that_a_field_may_have(title: str, kind: type) -> None:
	named = {row[0].strip("`"): row[2] for row in SECTIONS[title].rows}
	for name, field in fields(kind).items():
		if name not in ENVELOPE and name != "code":
			assert [value for value in literals(field.type) if f"`{value}`" not in named[name]] == []


def test_envelope_has_every_field_with_its_type() -> None:
	expected = expected_rows(events.Event, set()) | {"type": ({"string"}, False)}
	assert written_rows(SECTIONS["envelope"].rows) == expected


def test_no_section_describes_what_does_not_exist() -> None:
	tables = {title for title, section in SECTIONS.items() if section.rows}
	prose = {"envelope", "Codes of a failed run", "Codes of a refused request", "Limits"}
	assert tables - prose <= {title for title, _ in DESCRIBED}


def test_every_code_of_a_failed_run() -> None:
	written = {row[0].strip("`"): row[1] for row in SECTIONS["Codes of a failed run"].rows}
	assert written == {code: "yes" if code in errors.RETRYABLE else "no" for code in errors.ERROR_CODES}


def test_every_code_of_a_refused_request_with_its_status() -> None:
	written = {tuple(row[:3]) for row in SECTIONS["Codes of a refused request"].rows}
	refusals: list[tuple[int, type[errors.AssistantError]]] = [(503, errors.ServiceUnavailable)]
	refusals += [(kind.status, kind) for kind in errors.RequestError.__subclasses__()]
	refusals += [(kind.status, kind) for kind in errors.TooManyRequests.__subclasses__()]
	assert written == {
		(str(status), f"`{kind.code}`", "yes" if kind.retryable else "no") for status, kind in refusals
	}


@pytest.mark.parametrize("row", SECTIONS["Limits"].rows, ids=lambda row: row[0].strip("`"))
def test_limit_is_the_default_of_its_setting(row: Row) -> None:
	assert float(row[1].replace(",", "")) == attrgetter(row[0].strip("`"))(Settings())


def test_sizes_and_times_in_the_text_are_those_of_the_code() -> None:
	assert f"({events.LARGEST_EVENT:,} bytes of JSON)" in TEXT
	assert f"silent for {Settings().engine.heartbeat:g} s" in TEXT
	assert f"until {Settings().retention.journal} s after the end" in TEXT
	assert f"up to {Settings().limits.wait:g} s" in TEXT
	assert f"nested {requests.DEEPEST} levels deep" in TEXT
	assert f"Up to {batch.MOST} requests in one" in TEXT


def test_every_event_has_one_example_and_each_is_complete() -> None:
	examples = [(text, events.decode(text)) for text in blocks("json")]
	assert sorted(str(type(event).__struct_config__.tag) for _, event in examples) == sorted(EVENTS)
	for text, event in examples:
		assert msgspec.json.decode(text) == events.to_builtins(event)


def test_requests_and_replies_in_examples_are_as_described() -> None:
	asked, answered, refused = (block.partition("\n\n") for block in blocks("http"))
	request = requests.parse(requests.ChatRequest, msgspec.json.decode(asked[2]))
	assert request.stream is True
	reply = msgspec.json.decode(answered[2], type=dict[str, replies.StartedRun])["message"]
	assert msgspec.json.decode(answered[2])["message"].keys() == msgspec.to_builtins(reply).keys()
	assert msgspec.json.decode(refused[2]).keys() == {"exc_type", "exception", "error"}
	assert errors.TooManyRequests.exc_type in refused[2]
