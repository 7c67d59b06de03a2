"""Find the types of an enum's values, and names for them.

openapi-python-client's parser makes a class of strings or of integers. Two values that come to one
name stop it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from openapi_python_client.strings import snake_case

from generator.client.schemas.spelling import free, spelled
from generator.spec.values import is_array, json_type

_LONGEST = 60
#: The types of values that a class can have.
_CLASSES = {"string", "integer"}


def class_values(schema: Mapping[str, Any]) -> set[Any]:
    """The values of an enum that are members of a class."""
    by_type = values_by_type(schema)
    return {value for kind in by_type if kind in _CLASSES for value in by_type[kind]}


def values_by_type(schema: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The distinct values of an enum by their type; null comes before values of one type."""
    kinds = schema.get("type")
    kinds = kinds if is_array(kinds) else [kinds]
    groups: dict[str, list[Any]] = {}
    for value in schema["enum"]:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if {"string"} == {kind for kind in kinds if kind != "null"} and value is not None:
            # YAML reads 1 and true without quotes as a number and a bool, not as text.
            value = value if isinstance(value, str) else json.dumps(value)
        group = groups.setdefault(json_type(value), [])
        if value not in group:
            group.append(value)
    if "null" in kinds or schema.get("nullable"):
        groups.setdefault("null", [None])
    if "number" in groups:
        groups.pop("integer", None)
    return {"null": [None], **groups} if "null" in groups and len(groups) == 2 else groups


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
    # A sign between letters or digits separates them.
    plain = value if value[:1].isalpha() else spelled(re.sub(r"(?<=\w)-(?=\w)", "_", value))
    name = _cleaned(spelled(value))
    return [_cleaned(plain), name, *[f"{name}_LOWER"] * (differ_in_case and value.islower())]


def _cleaned(name: str) -> str:
    """The name in the form that the parser gives it, which is an identifier."""
    # Python reads identifiers in this normal form.
    name = unicodedata.normalize("NFKC", snake_case(name).upper())[:_LONGEST].strip("_")
    return name if name.isidentifier() else f"VALUE_{name}"
