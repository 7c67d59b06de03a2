"""Rewrite the enums of a document as what openapi-python-client makes classes of.

Its parser knows enums of strings or of integers, with or without null. Two values that come to one
name stop it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from openapi_python_client.strings import snake_case

from generator.client.spelling import free, spelled
from generator.spec.references import objects
from generator.spec.values import as_array, is_array, json_type

_NAMES = "x-enum-varnames"
_LONGEST = 60
#: The types of values that a class can have.
_CLASSES = {"string", "integer"}
#: Keywords of an enum that say what its values are. All others are kept beside the alternatives.
_OF_VALUES = {"type", "enum", "const", "format", "nullable", _NAMES}


def rewrite_enums(document: Any) -> None:
    """Rewrite every enum of a document, in place."""
    for _, schema in objects(document):
        if is_array(schema.get("enum")) and schema["enum"]:
            _rewrite(schema)


def class_values(schema: Mapping[str, Any]) -> list[set[Any]]:
    """The values of an enum that are members of a class, for each of its classes."""
    return [set(values) for kind, values in _groups(schema).items() if kind in _CLASSES]


def _groups(schema: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The distinct values of an enum by their type; a number is of no class, and has no values."""
    kinds = schema.get("type")
    kinds = kinds if is_array(kinds) else [kinds]
    groups: dict[str, list[Any]] = {}
    for value in schema["enum"]:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if {"string"} == {kind for kind in kinds if kind != "null"} and value is not None:
            # YAML reads 1 and true without quotes as something else than text.
            value = value if isinstance(value, str) else json.dumps(value)
        group = groups.setdefault(json_type(value), [])
        if value not in group:
            group.append(value)
    if "null" in kinds or schema.get("nullable"):
        groups.setdefault("null", [None])
    if "number" in groups:
        groups.pop("integer", None)
        groups["number"] = []
    return groups


def _rewrite(schema: dict[str, Any]) -> None:
    groups = _groups(schema)
    kinds = [kind for kind in groups if kind != "null"]
    if len(kinds) == 1 and kinds[0] in _CLASSES:
        values = groups[kinds[0]]
        schema["enum"] = [*values, *groups.get("null", [])]
        schema[_NAMES] = member_names(values, as_array(schema.get(_NAMES)))
        # The parser would make a class for each type. It reads null among the values.
        if "type" in schema:
            schema["type"] = kinds[0]
        schema.pop("nullable", None)
        return
    parts = [_part(kind, values) for kind, values in groups.items()]
    for keyword in _OF_VALUES & schema.keys():
        del schema[keyword]
    if len(parts) == 1:
        schema |= parts[0]
    else:
        schema["anyOf"] = parts


def _part(kind: str, values: list[Any]) -> dict[str, Any]:
    """The schema of the values of one type."""
    if kind in _CLASSES:
        return {"type": kind, "enum": values, _NAMES: member_names(values, [])}
    if kind == "boolean" and len(values) == 1:
        return {"const": values[0]}
    return {"type": kind}


def member_names(values: list[Any], given: list[Any]) -> list[str]:
    """A name for each value: distinct, and the same in any order of the values.

    Args:
        values: The values of an enum, all strings or all integers.
        given: The names that the document gives them, if it gives one to each.
    """
    if len(given) == len(values) and all(isinstance(name, str) for name in given):
        wanted = {value: [_cleaned(name)] for value, name in zip(values, given, strict=True)}
    else:
        lower = [str(value).lower() for value in values]
        wanted = {
            value: _names(value, differ_in_case=lower.count(str(value).lower()) > 1)
            for value in values
        }
    taken: set[str] = set()
    found = {value: free(taken, *wanted[value]) for value in sorted(values)}
    return [found[value] for value in values]


def _names(value: str | int, *, differ_in_case: bool) -> list[str]:
    """The names that a value may have; the best comes first."""
    if isinstance(value, int):
        return [f"VALUE_NEGATIVE_{-value}" if value < 0 else f"VALUE_{value}"]
    name = _cleaned(spelled(value))
    plain = [_cleaned(value)] if value[:1].isalpha() else []
    return [*plain, name, *[f"{name}_LOWER"] * (differ_in_case and value.islower())]


def _cleaned(name: str) -> str:
    """The name in the form that the parser gives it, which is an identifier."""
    # Python reads identifiers in this normal form.
    name = unicodedata.normalize("NFKC", snake_case(name).upper())[:_LONGEST].strip("_")
    return name if name.isidentifier() else f"VALUE_{name}"
