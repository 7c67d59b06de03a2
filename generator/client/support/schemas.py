"""What a schema has that the client would not honour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generator.spec.references import pointer
from generator.spec.values import is_object

#: The keywords of a schema that the client checks or types, that documentation is made of, or that
#: limit values, which is left to the server and to the contract tests.
_SCHEMA_KEYWORDS = {
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "deprecated",
    "description", "discriminator", "enum", "example", "examples", "exclusiveMaximum",
    "exclusiveMinimum", "externalDocs", "format", "items", "maxItems", "maxLength", "maxProperties",
    "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "nullable",
    "oneOf", "pattern", "properties", "readOnly", "required", "title", "type", "uniqueItems",
    "writeOnly", "xml",
}  # fmt: skip


def unsupported_schema(schema: Any, place: str) -> Iterator[str]:
    """What of a schema and the schemas in it is not supported."""
    if not is_object(schema):
        yield f"{place}: a schema that is {json.dumps(schema)} is not supported"
        return
    for keyword in schema:
        if keyword not in _SCHEMA_KEYWORDS and not keyword.startswith("x-"):
            yield f"{place}: the keyword {keyword!r} is not supported"
    if "$ref" in schema and not schema["$ref"].startswith("#/components/schemas/"):
        yield f"{place}: a reference to {schema['$ref']!r}, which is no component, is not supported"
    beside = set(schema) - {"$ref", "description", "summary", "title"}
    if "$ref" in schema and any(not keyword.startswith("x-") for keyword in beside):
        yield f"{place}: {sorted(beside)} beside a $ref are not supported"
    if "const" in schema and schema["const"] is None:
        yield f"{place}: write type: 'null' for const: null"
    for name, inner in schema.get("properties", {}).items():
        yield from unsupported_schema(inner, f"{place}/properties{pointer([name])}")
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, inner in enumerate(schema.get(keyword, [])):
            yield from unsupported_schema(inner, f"{place}/{keyword}/{index}")
    if "items" in schema:
        yield from unsupported_schema(schema["items"], f"{place}/items")
    if is_object(schema.get("additionalProperties")):
        yield from unsupported_schema(
            schema["additionalProperties"], f"{place}/additionalProperties"
        )
