"""Merge two schemas of at most one type each into the schema that allows what both do."""

from __future__ import annotations

from typing import Any

from generator.spec.values import is_object

Schema = dict[str, Any]

MERGED = "$merged"
"""Marks an `allOf` that was made here. The document may have others."""

CONDITIONAL = "$conditional"
"""The properties that an object may have under a condition."""

_NUMBERS = {"integer", "number"}


def merged(first: Schema, second: Schema) -> Schema | None:
    """The schema that allows what both do; None if they allow nothing in common.

    The annotations of the second are preferred.
    """
    both = {**first, **second}
    if "type" in first and "type" in second and first["type"] != second["type"]:
        if {first["type"], second["type"]} != _NUMBERS:
            return None
        both["type"] = "integer"
    if "format" in first and "format" in second and first["format"] != second["format"]:
        # A value must have both formats. No decoder checks two, so the client checks none.
        del both["format"]
    if not _merge_values(first, second, both):
        return None
    for keyword in ("properties", "patternProperties", CONDITIONAL):
        if keyword in first and keyword in second:
            both[keyword] = {**first[keyword]}
            for name, schema in second[keyword].items():
                both[keyword][name] = _together(first[keyword].get(name, schema), schema)
    if "required" in first and "required" in second:
        both["required"] = list(dict.fromkeys([*first["required"], *second["required"]]))
    for name in (
        both.get("required", ()) if "properties" in first and "properties" in second else ()
    ):
        one, other = (_values(schema["properties"].get(name)) for schema in (first, second))
        if one is not None and other is not None and not any(value in other for value in one):
            return None
    for keyword in ("items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems"):
        if keyword in first and keyword in second:
            both[keyword] = _together(first[keyword], second[keyword])
    return both


def _merge_values(first: Schema, second: Schema, both: Schema) -> bool:
    """Merge `enum` and `const`. Return whether a value is left."""
    if "const" in both:
        for schema in (first, second):
            if both["const"] not in schema.get("enum", [both["const"]]):
                return False
        both.pop("enum", None)
        return bool(first.get("const", both["const"]) == second.get("const", both["const"]))
    if "enum" in first and "enum" in second and first["enum"] != second["enum"]:
        both["enum"] = [value for value in first["enum"] if value in second["enum"]]
        both.pop("x-enum-varnames", None)
        return bool(both["enum"])
    return True


def _values(schema: Any) -> list[Any] | None:
    """The values that a schema lists; None if it lists none."""
    if is_object(schema):
        return [schema["const"]] if "const" in schema else schema.get("enum")
    return None


def _together(first: Any, second: Any) -> Any:
    if first == second or second is True or second == {}:
        return first
    if first is True or first == {}:
        return second
    if first is False or second is False:
        return False
    # References to references were replaced before.
    parts = [*_parts(first), *_parts(second)]
    different = [part for index, part in enumerate(parts) if part not in parts[:index]]
    return {"allOf": different, MERGED: True}


def _parts(schema: Any) -> list[Any]:
    plain = is_object(schema) and schema.keys() <= {"allOf", MERGED} and "allOf" in schema
    return schema["allOf"] if plain else [schema]
