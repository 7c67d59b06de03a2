"""Rewrite the keywords of OpenAPI 3.0 as those of 3.1. Some documents of 3.1 use them as well."""

from __future__ import annotations

from typing import Any

from generator.spec.references import objects
from generator.spec.values import is_array

_NULL = {"type": "null"}


def upgrade(document: dict[str, Any]) -> None:
    """Upgrade a document in place: `nullable`, boolean limits, and keywords beside `$ref`."""
    old = document["openapi"].startswith("3.0.")
    if old:
        document["openapi"] = "3.1.0"
    for _, node in list(objects(document)):
        for key, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if isinstance(node.get(key), bool) and node.pop(key) and limit in node:
                node[key] = node.pop(limit)
        nullable = node.pop("nullable", False) is True
        if old and "$ref" in node:
            # OpenAPI 3.0 ignores the keys beside a reference.
            for key in node.keys() - {"$ref"}:
                del node[key]
        if nullable:
            _allow_null(node)


def _allow_null(schema: dict[str, Any]) -> None:
    kinds = schema.get("type")
    union = next((key for key in ("anyOf", "oneOf") if key in schema), None)
    if kinds is None and union:
        schema[union] = [*schema[union], _NULL]
        return
    if kinds is None and schema.keys() & {"$ref", "allOf"}:
        option = {key: schema.pop(key) for key in ("$ref", "allOf") if key in schema}
        schema["anyOf"] = [option, _NULL]
        return
    if kinds is not None:
        kinds = kinds if is_array(kinds) else [kinds]
        schema["type"] = kinds if "null" in kinds else [*kinds, "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
