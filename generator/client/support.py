"""The support check: what a document has that the client would not honour.

It reads the document alone, before generation, and does not ask openapi-python-client, which leaves
out in silence what it does not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.spec.operations import DEFAULT_STYLES, operations
from generator.spec.references import pointer, resolve
from generator.spec.values import is_array, is_object

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
_BODY_TYPES = re.compile(r"application/(json|[\w.-]+\+json)(\s*;.*)?", re.IGNORECASE)
_RESPONSE_TYPES = re.compile(
    r"(application/(json|[\w.-]+\+json|octet-stream)|text/[\w.+-]+)(\s*;.*)?", re.IGNORECASE
)


def unsupported(document: Mapping[str, Any]) -> list[str]:
    """What a document has that the client would not honour, each with its place."""
    return list(_unsupported(document))


def _unsupported(document: Mapping[str, Any]) -> Iterator[str]:
    if document.get("webhooks"):
        yield "#/webhooks: a client does not receive calls"
    components = document.get("components", {})
    for kind in ("pathItems", "callbacks"):
        if components.get(kind):
            yield f"#/components/{kind}: not supported"
    for name, schema in components.get("schemas", {}).items():
        yield from _unsupported_schema(schema, f"#/components/schemas{pointer([name])}")
    for name, parameter in components.get("parameters", {}).items():
        place = f"#/components/parameters{pointer([name])}"
        yield from _unsupported_parameter(document, parameter, place)
    for name, body in components.get("requestBodies", {}).items():
        place = f"#/components/requestBodies{pointer([name])}"
        yield from _unsupported_content(body, place, _BODY_TYPES)
    for name, response in components.get("responses", {}).items():
        place = f"#/components/responses{pointer([name])}"
        yield from _unsupported_content(response, place, _RESPONSE_TYPES)
    for place, path, item, operation in operations(document):
        yield from _unsupported_operation(document, place, path, item, operation)


def _unsupported_operation(
    document: Mapping[str, Any],
    place: str,
    path: str,
    item: dict[str, Any],
    operation: dict[str, Any],
) -> Iterator[str]:
    if "$ref" in item:
        yield f"{place}: a path that is a reference is not supported"
    for owner in (item, operation):
        if owner.get("servers"):
            yield f"{place}/servers: a client has one server, that of the document"
    if operation.get("callbacks"):
        yield f"{place}/callbacks: a client does not receive calls"
    for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
        yield from _unsupported_parameter(document, parameter, f"{place}/parameters")
    yield from _unsupported_content(
        operation.get("requestBody", {}), f"{place}/requestBody", _BODY_TYPES
    )
    for status, response in operation.get("responses", {}).items():
        yield from _unsupported_content(response, f"{place}/responses/{status}", _RESPONSE_TYPES)
    if re.search(r"[{}]", re.sub(r"\{[A-Za-z_-][A-Za-z0-9_-]*\}", "", path)):
        yield f"{place}: {path!r} has a brace that opens or closes no parameter"
    if re.search(r"[\s?#\\\"'<>^`|]|[^\x20-\x7e]", path):
        yield f"{place}: {path!r} has a character that no path of a URL has"


def _unsupported_parameter(
    document: Mapping[str, Any], parameter: dict[str, Any], place: str
) -> Iterator[str]:
    if "$ref" in parameter:
        return
    where, name = parameter["in"], parameter["name"]
    place = f"{place} ({where} {name})"
    schema = parameter.get("schema")
    if schema is None:
        yield f"{place}: a parameter without a schema is not supported"
        return
    if parameter.get("style", DEFAULT_STYLES[where]) != DEFAULT_STYLES[where]:
        yield f"{place}: the style {parameter['style']!r} is not supported"
    explode = where in ("query", "cookie")
    exploded = parameter.get("explode", explode) == explode
    if not exploded and _may_be(document, schema, {"array", "object"}):
        yield f"{place}: explode: {json.dumps(parameter['explode'])} is not supported"
    if parameter.get("allowReserved"):
        yield f"{place}: allowReserved is not supported"
    if where != "query" and _may_be(document, schema, {"array"}):
        yield f"{place}: an array is supported in a query only"
    if where in ("header", "cookie") and not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        yield f"{place}: this is no name of a {where}"
    yield from _unsupported_schema(schema, f"{place}/schema")


def _unsupported_content(
    owner: dict[str, Any], place: str, types: re.Pattern[str]
) -> Iterator[str]:
    content: dict[str, Any] = owner.get("content", {})
    if len(content) > 1:
        yield f"{place}/content: more than one media type is not supported: {', '.join(content)}"
    for media_type, value in content.items():
        inner = f"{place}/content{pointer([media_type])}"
        if not types.fullmatch(media_type):
            yield f"{inner}: this media type is not supported"
        yield from _unsupported_schema(value.get("schema", {}), f"{inner}/schema")


def _may_be(document: Mapping[str, Any], schema: dict[str, Any], types: set[str]) -> bool:
    """Whether a value may be of one of the types."""
    schema = resolve(document, schema)
    kinds: Any = schema.get("type", [])
    return bool(types & set(kinds if is_array(kinds) else [kinds])) or any(
        _may_be(document, option, types)
        for keyword in ("allOf", "anyOf", "oneOf")
        for option in schema.get(keyword, [])
    )


def _unsupported_schema(schema: Any, place: str) -> Iterator[str]:
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
    if any(isinstance(value, bool) for value in schema.get("enum", [])):
        yield f"{place}: an enum of booleans is not supported; write const for one of them"
    for name, inner in schema.get("properties", {}).items():
        yield from _unsupported_schema(inner, f"{place}/properties{pointer([name])}")
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, inner in enumerate(schema.get(keyword, [])):
            yield from _unsupported_schema(inner, f"{place}/{keyword}/{index}")
    if "items" in schema:
        yield from _unsupported_schema(schema["items"], f"{place}/items")
    if is_object(schema.get("additionalProperties")):
        yield from _unsupported_schema(
            schema["additionalProperties"], f"{place}/additionalProperties"
        )
