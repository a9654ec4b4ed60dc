"""A form's fields, and those of a query, as JSON would have them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, inspect

_PLAIN = (
	inspect.StrType,
	inspect.IntType,
	inspect.FloatType,
	inspect.BoolType,
	inspect.NoneType,
	inspect.LiteralType,
)


def from_form(kind: type[Struct], fields: Mapping[str, Any]) -> dict[str, Any]:
	"""The fields, decoded where lists or objects may be meant by what that kind is made of."""
	composed = _composed_fields(kind)
	return {name: _decode_json(value) if name in composed else value for name, value in fields.items()}


@cache
def _composed_fields(kind: type[Struct]) -> frozenset[str]:
	"""Those that may hold a list or an object."""
	fields = msgspec.structs.fields(kind)
	return frozenset(field.encode_name for field in fields if _is_composed(inspect.type_info(field.type)))


def _is_composed(kind: inspect.Type) -> bool:
	match kind:
		case inspect.UnionType(types=types):
			return any(map(_is_composed, types))
		case inspect.Metadata(type=inner):
			return _is_composed(inner)
	return not isinstance(kind, _PLAIN)


def _decode_json(value: Any) -> Any:
	if not isinstance(value, str) or value[:1] not in ("[", "{"):
		return value
	try:
		return msgspec.json.decode(value)
	except msgspec.DecodeError:
		return value
