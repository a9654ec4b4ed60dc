"""The methods as OpenAPI 3.1: their types from the code, their words from docs/protocol.md.

`python -m docs.openapi` writes docs/openapi.json. What is below `v1` is described by OpenAI.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import UNSET, Struct, inspect

from ai_assistant import __version__
from ai_assistant.core import events, replies, requests
from ai_assistant.core.batch import MOST, BatchEntry, BatchReply, BatchRequest
from ai_assistant.core.chunks import Chunk
from ai_assistant.core.envelope import Failure
from ai_assistant.core.errors import AssistantError, RequestError, ServiceUnavailable
from ai_assistant.core.methods import PATH, RUNS, USE_CASES
from ai_assistant.hosts.standalone.admin import CASES, TEST
from ai_assistant.hosts.standalone.admin_replies import Trial
from ai_assistant.hosts.standalone.admin_requests import ProviderName
from ai_assistant.hosts.standalone.methods import Account
from docs.protocol_page import SECTIONS

FILE = Path(__file__).with_name("openapi.json")

Json = dict[str, Any]


@dataclass(frozen=True)
class Method:
	"""`replies`: the types that `message` of a success may have, or else what each event of a `stream` holds."""

	verbs: tuple[str, ...]
	request: type[Struct]
	replies: tuple[Any, ...] = ()
	stream: Any = None


STANDALONE: dict[str, Method] = {
	"account": Method(("GET",), requests.EmptyRequest, (Account,)),
	TEST: Method(("POST",), ProviderName, (Trial,)),
	**{name: Method(case.verbs, case.request, (case.reply,)) for name, case in CASES.items()},
}
"""Those that a bench has not."""

METHODS: dict[str, Method] = {
	name: Method(one.verbs, one.request, (one.reply,)) for name, one in USE_CASES.items()
} | {
	**{name: Method(one.verbs, one.request, (one.reply, replies.Reply)) for name, one in RUNS.items()},
	"streaming_chat_completion": Method(("POST",), requests.ChatRequest, stream=Chunk),
	"batch": Method(("POST",), BatchRequest, (BatchReply,)),
	"stream_events": Method(("GET",), requests.EventsRequest, stream=events.AnyEvent),
	"get_realtime_config": Method(("GET", "POST"), requests.EmptyRequest, (dict[str, str],)),
	**STANDALONE,
}

EVENTS: dict[str, type[Struct]] = {kind.__struct_config__.tag: kind for kind in get_args(events.AnyEvent)}

_SECURITY: Json = {
	"session": {
		"type": "apiKey",
		"in": "cookie",
		"name": "sid",
		"description": "Set by `POST /api/method/login` with `usr` and `pwd`.",
	},
	"token": {
		"type": "apiKey",
		"in": "header",
		"name": "Authorization",
		"description": "An API key: `token <key>:<secret>`.",
	},
}


def document() -> Json:
	return {
		"openapi": "3.1.0",
		"info": {
			"title": "AI Assistant",
			"version": __version__,
			"description": SECTIONS["Methods"].prose,
			"license": {"name": "MIT", "identifier": "MIT"},
		},
		"servers": [{"url": "/"}],
		"security": [{name: []} for name in _SECURITY],
		"paths": {PATH + name: dict(_operations(name, method)) for name, method in METHODS.items()},
		"components": {
			"securitySchemes": _SECURITY,
			"responses": {kind.__name__: _failure(kind) for kind in _failures()},
			"schemas": dict(sorted(_schemas().items())),
		},
	}


def encoded() -> bytes:
	return msgspec.json.format(msgspec.json.encode(_null_last(document())), indent=2) + b"\n"


def _null_last(value: Any) -> Any:
	"""Versions of msgspec order alternatives differently."""
	if isinstance(value, list):
		return [_null_last(one) for one in sorted(value, key=lambda one: one == {"type": "null"})]
	if isinstance(value, dict):
		return {name: _null_last(one) for name, one in value.items()}
	return value


def _operations(name: str, method: Method) -> Iterator[tuple[str, Json]]:
	prose = SECTIONS[name].prose
	for verb in method.verbs:
		yield (
			verb.lower(),
			{
				"operationId": name if verb == method.verbs[0] else f"{name}.{verb.lower()}",
				"tags": [name.rpartition(".")[0] or "assistant"],
				"summary": prose.partition(". ")[0].partition("\n")[0].rstrip("."),
				"description": prose,
				**_parameters(verb, method.request),
				"responses": _responses(method),
			},
		)


def _parameters(verb: str, request: type[Struct]) -> Json:
	schema = _schemas()[request.__name__]
	if verb == "GET":
		return {"parameters": [_query_parameter(schema, name) for name in schema["properties"]]}
	body = {"required": bool(schema["required"]), "content": _json_of(_reference(request.__name__))}
	return {"requestBody": body}


def _query_parameter(schema: Json, name: str) -> Json:
	"""Text has no null: a parameter is left out instead."""
	kind = dict(schema["properties"][name])
	if "anyOf" in kind:
		kind["anyOf"] = [one for one in kind["anyOf"] if one != {"type": "null"}]
	if kind.get("default", "") is None:
		del kind["default"]
	described = {"description": text} if (text := kind.pop("description", None)) else {}
	return {
		"name": name,
		"in": "query",
		"required": name in schema["required"],
		**described,
		"schema": kind,
	}


def _responses(method: Method) -> Json:
	failures = {
		str(_status(kind)): {"$ref": f"#/components/responses/{kind.__name__}"} for kind in _failures()
	}
	return {"200": {"description": "OK", "content": _content(method)}, **failures}


def _content(method: Method) -> Json:
	if method.stream:
		return {"text/event-stream": {"schema": _server_sent(_schema(method.stream))}}
	kinds = [_schema(kind) for kind in method.replies]
	message = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
	return _json_of({"type": "object", "properties": {"message": message}, "required": ["message"]})


def _server_sent(content: Json) -> Json:
	"""One event of the stream."""
	data = {"type": "string", "contentMediaType": "application/json", "contentSchema": content}
	fields = {"id": {"type": "string"}, "event": {"type": "string"}, "data": data}
	return {"type": "object", "properties": fields, "required": ["data"]}


def _schema(kind: Any) -> Json:
	if kind is events.AnyEvent:
		return _reference("Event")
	((schema,), _) = msgspec.json.schema_components([kind], ref_template=_PLACE)
	return schema


def _failures() -> list[type[AssistantError]]:
	return sorted([*RequestError.__subclasses__(), ServiceUnavailable], key=_status)


def _status(kind: type[AssistantError]) -> int:
	return kind.status if issubclass(kind, RequestError) else 503


def _failure(kind: type[AssistantError]) -> Json:
	"""With the meaning that the page gives this status."""
	meaning = {row[0]: row[3] for row in SECTIONS["Codes of a refused request"].rows}[str(_status(kind))]
	response: Json = {"description": meaning, "content": _json_of(_reference("Failure"))}
	if kind.retryable:
		response["headers"] = {
			"Retry-After": {"description": "Seconds, where known", "schema": {"type": "integer"}}
		}
	return response


def _json_of(schema: Json) -> Json:
	return {"application/json": {"schema": schema}}


_PLACE = "#/components/schemas/{name}"


def _reference(name: str) -> Json:
	return {"$ref": _PLACE.format(name=name)}


def _schemas() -> dict[str, Json]:
	asked = [BatchEntry, *(method.request for method in METHODS.values())]
	answered = [
		Failure,
		events.AnyEvent,
		*(one for method in METHODS.values() for one in method.replies),
		Chunk,
	]
	schemas = _components(*asked, *answered)
	for kind in _kinds(*answered):
		_require_what_is_sent(schemas[kind.__name__], kind)
	for name, schema in schemas.items():
		_describe(schema, _titles().get(name, name))
	(event,), _ = msgspec.json.schema_components([events.AnyEvent], ref_template=_PLACE)
	schemas["BatchRequest"]["properties"]["requests"] |= {"items": _reference("BatchEntry"), "maxItems": MOST}
	schemas["EventPage"]["properties"]["events"]["items"] = _reference("Event")
	return schemas | {"Event": {"title": "Event", "description": SECTIONS["Events"].prose, **event}}


def _components(*kinds: Any) -> dict[str, Json]:
	return msgspec.json.schema_components(kinds, ref_template=_PLACE)[1]


def _kinds(*kinds: Any) -> set[type]:
	"""The structs and dataclasses in these types."""
	found, left = set[type](), list(inspect.multi_type_info(kinds))
	while left:
		match left.pop():
			case inspect.StructType(cls=cls, fields=fields) | inspect.DataclassType(cls=cls, fields=fields):
				found.add(cls)
				left += [field.type for field in fields]
			case inspect.UnionType(types=types):
				left += types
			case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
				left.append(item)
	return found


def _require_what_is_sent(schema: Json, kind: type) -> None:
	for name in schema["properties"]:
		if name not in schema["required"] and name not in _left_out(kind):
			schema["required"].append(name)
			del schema["properties"][name]["default"]


def _left_out(kind: type) -> set[str]:
	"""The fields of a reply that it may come without."""
	if not issubclass(kind, Struct):
		return set()
	omits = kind.__struct_config__.omit_defaults
	fields = msgspec.structs.fields(kind)
	return {field.encode_name for field in fields if field.default is UNSET or (omits and not field.required)}


def _titles() -> dict[str, str]:
	"""Of the sections that are not called as their type."""
	asked = {method.request.__name__: name for name, method in reversed(METHODS.items())}
	return asked | {kind.__name__: tag for tag, kind in EVENTS.items()}


def _describe(schema: Json, title: str) -> None:
	rows = SECTIONS["envelope"].rows if title in EVENTS else []
	for row in rows + (SECTIONS[title].rows if title in SECTIONS else []):
		if row[2]:
			schema["properties"][row[0].strip("`")]["description"] = row[2]


if __name__ == "__main__":
	FILE.write_bytes(encoded())
