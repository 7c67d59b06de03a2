"""What a schema allows, taken apart: references followed, unions and type lists spread out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from generator.spec.references import referred, resolve
from generator.spec.values import as_object, is_array, is_object, json_type

#: The formats that a client checks; all others are words about the value.
_CHECKED_FORMATS = {"date", "date-time", "uuid"}
_UNIONS = ("anyOf", "oneOf")
#: Unions in an allOf multiply. A client is only made of a schema with far fewer alternatives.
_MOST = 1000
_OF_OBJECTS = ("properties", "additionalProperties", "required", "patternProperties")


def follow(document: Mapping[str, Any], schema: Any) -> dict[str, Any]:
    """The schema that a reference leads to; `true` as a schema is one that allows everything."""
    found = resolve(document, schema)
    return found if is_object(found) else {}


def checked_format(schema: Mapping[str, Any]) -> str:
    """The format that a client checks, or nothing."""
    name = schema.get("x-value-format", schema.get("format", ""))
    return name if schema["type"] == "string" and name in _CHECKED_FORMATS else ""


def alternatives(document: Mapping[str, Any], schema: Any) -> list[dict[str, Any]]:
    """The schemas with one type each that together allow what a schema allows.

    The type "any" stands for a schema without a type. If no value of an enum has the type of its
    schema, the types of the values count instead, as they do for a client.
    """
    found: list[dict[str, Any]] = []
    for option in _spread(document, schema, depth=0):
        kinds, values = _kinds(option), option.get("enum", [])
        if kinds == ["string"]:
            # YAML does not read 1 and true as text without quotes.
            values = [it if isinstance(it, str) else json.dumps(it) for it in values]
        if values and not any(_of_type(values, kind) for kind in kinds):
            kinds = list(dict.fromkeys(map(json_type, values)))
        for kind in kinds:
            single = {**option, "type": kind}
            if "enum" in option:
                single["enum"] = _of_type(values, kind)
                if not single["enum"]:
                    continue
            if kind == "null":
                single = {"type": kind}
            if single not in found:
                found.append(single)
    return found


def _of_type(values: list[Any], kind: str) -> list[Any]:
    """The values of a type; integers are numbers, too."""
    types = (kind, "integer") if kind == "number" else (kind,)
    return [value for value in values if json_type(value) in types]


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kinds = schema.get("type")
    if is_array(kinds):
        return kinds
    if kinds is not None:
        return [kinds]
    if "const" in schema:
        return [json_type(schema["const"])]
    if "enum" in schema:
        return list(dict.fromkeys(map(json_type, schema["enum"])))
    if any(key in schema for key in _OF_OBJECTS):
        return ["object"]
    return ["array"] if "items" in schema or "prefixItems" in schema else ["any"]


def _spread(document: Mapping[str, Any], schema: Any, *, depth: int) -> Iterator[dict[str, Any]]:
    """The schema without `$ref`, `allOf`, `anyOf` and `oneOf`, once for each alternative."""
    if depth > 100:
        yield {}  # schemas that contain each other without end are refused elsewhere
        return
    schema = as_object(schema)
    if "$ref" in schema:
        # Follow one step only: the target may be a reference with keywords beside it, too.
        parts = [referred(document, schema["$ref"])]
        if not str(document.get("openapi")).startswith("3.0"):
            parts.append({key: value for key, value in schema.items() if key != "$ref"})
        schema = {"allOf": parts}
    options = [{key: value for key, value in schema.items() if key not in ("allOf", *_UNIONS)}]
    groups = [[part] for part in schema.get("allOf", [])]
    groups += [schema[union] for union in _UNIONS if schema.get(union)]
    for group in groups:
        others = [other for part in group for other in _spread(document, part, depth=depth + 1)]
        every = (_both(option, other) for option in options for other in others)
        options = list(islice(every, _MOST))
    yield from options


def _both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The schema that allows what both do, as far as their keywords can be joined."""
    joined = {**first, **second}
    if "properties" in first and "properties" in second:
        one, other = first["properties"], second["properties"]
        shared = {name: {"allOf": [one[name], other[name]]} for name in one.keys() & other.keys()}
        joined["properties"] = {**one, **other, **shared}
    if "required" in first and "required" in second:
        joined["required"] = list(dict.fromkeys([*first["required"], *second["required"]]))
    if "type" in first and "type" in second:
        kinds = _kinds(second)
        joined["type"] = [kind for kind in _kinds(first) if kind in kinds] or kinds
    if "enum" in first and "enum" in second:
        joined["enum"] = [value for value in first["enum"] if value in second["enum"]]
    return joined
