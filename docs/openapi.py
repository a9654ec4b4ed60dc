"""The methods as OpenAPI 3.1: their types from the code, their words from docs/protocol.md.

`python -m docs.openapi` writes docs/openapi.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import UNSET, Struct, inspect

from ai_assistant import __version__
from ai_assistant.core import events
from ai_assistant.core.batch import MOST, BatchEntry
from ai_assistant.core.chunks import Chunk
from ai_assistant.core.completion_failure import CompletionFailure, Unfinished, answer_to
from ai_assistant.core.envelope import Failure
from ai_assistant.core.errors import (
	ERROR_CODES,
	AssistantError,
	ProviderError,
	RequestError,
	ServiceUnavailable,
)
from ai_assistant.core.message_params import Name
from ai_assistant.core.methods import PATH
from docs.methods import METHODS, OPENAI, Method
from docs.protocol_page import SECTIONS

FILE = Path(__file__).with_name("openapi.json")

Json = dict[str, Any]


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
	"bearer": {"type": "http", "scheme": "bearer", "description": "The same, `<key>:<secret>`."},
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
		"paths": {
			PATH + name: dict(_operations(name, method)) for name, method in (METHODS | OPENAI).items()
		},
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
				**_parameters(verb, name, method.request),
				"responses": {"200": _success(name, method)}
				| (_completion_failures() if name in OPENAI else _failure_references()),
			},
		)


def _parameters(verb: str, name: str, request: type[Struct]) -> Json:
	schema = _schemas()[request.__name__]
	if verb == "GET":
		in_path = [
			{"name": part, "in": "path", "required": True, "schema": _schema(Name)}
			for part in re.findall(r"{(\w+)}", name)
		]
		return {"parameters": in_path + [_query_parameter(schema, one) for one in schema["properties"]]}
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


def _success(name: str, method: Method) -> Json:
	content: Json = {}
	if method.replies:
		kinds = [_schema(kind) for kind in method.replies]
		reply = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
		content |= _json_of(reply if name in OPENAI else _object_of("message", reply))
	if method.stream:
		content["text/event-stream"] = {"schema": _server_sent(method.stream)}
	return {"description": "OK", "content": content}


def _object_of(name: str, schema: Json) -> Json:
	return {"type": "object", "properties": {name: schema}, "required": [name]}


def _server_sent(kind: Any) -> Json:
	"""One event of the stream. Chunks may break off with a failure, and say that they are done."""
	content = _schema(kind)
	data: Json = {"type": "string", "contentMediaType": "application/json", "contentSchema": content}
	if kind is Chunk:
		data["contentSchema"] = {"anyOf": [content, _completion_failure()]}
		data = {"anyOf": [data, {"const": "[DONE]"}]}
	fields = {"id": {"type": "string"}, "event": {"type": "string"}, "data": data}
	return {"type": "object", "properties": fields, "required": ["data"]}


def _schema(kind: Any) -> Json:
	if kind is events.AnyEvent:
		return _reference("Event")
	((schema,), _) = msgspec.json.schema_components([kind], ref_template=_PLACE)
	return schema


def _failure_references() -> Json:
	return {str(_status(kind)): {"$ref": f"#/components/responses/{kind.__name__}"} for kind in _failures()}


def _completion_failures() -> Json:
	"""What OpenAI's clients are told, by status."""
	runs = [ProviderError(code, "") for code in ERROR_CODES]
	errors = [*(kind("") for kind in _failures()), *runs, Unfinished("", "")]
	body = _json_of(_completion_failure())
	statuses = sorted({answer_to(error).status for error in errors})
	return {str(status): {"description": HTTPStatus(status).phrase, "content": body} for status in statuses}


def _completion_failure() -> Json:
	return _object_of("error", _reference(CompletionFailure.__name__))


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
	methods = [*METHODS.values(), *OPENAI.values()]
	asked = [BatchEntry, *(method.request for method in methods)]
	answered = [
		Failure,
		CompletionFailure,
		events.AnyEvent,
		*(one for method in methods for one in method.replies),
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
