"""Every single-step change of an OpenAPI document that its client or its server could notice.

Three kinds of text are left alone. No message depends on titles, descriptions, examples and `info`.
JSON Schema does not assert the `format` of a number. The client's names come from
`generator-config.yaml`, not from `operationId` and `tags`.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import jsonschema_rs

from generator.spec.values import is_array, is_object
from tests.contract.harness.contract import types_of
from tests.contract.harness.findings import Place, replaced

Document = dict[str, Any]
Changes = Iterator[tuple[str, Any]]
"""What was changed, and the changed node."""

TYPES = ("string", "number", "integer", "boolean", "object", "array")
FORMATS = ("date", "date-time", "uuid")
_OTHER_VALUES = {"string": "other", "number": 0, "integer": 0, "boolean": True}
_REMOVABLE = {
    "content", "format", "pattern", "schema", "security", "securitySchemes", "servers",
    "type", "x-environment-variables", "x-value-format",
}  # fmt: skip
_RENAMED = {
    "content": ("text/plain", "application/problem+json", "application/octet-stream"),
    "paths": ("/renamed",),
    "responses": ("418", "4XX", "default"),
}
"""The other keys that a member of such a map may have."""


class Mutant(NamedTuple):
    """A document that differs from the original in one place."""

    id: str  # the place and the change, such as `#/servers/0: another host`
    document: Document  # the whole document


def mutants(document: Mapping[str, Any]) -> Iterator[Mutant]:
    """All mutants of a document, always in the same order."""
    seen: set[str] = set()
    for path, node in _nodes(dict(document), ()):
        place = "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in path)
        for what, changed in _changes(path, node, document):
            mutated = replaced(dict(document), path, changed)
            name = f"#/{place}: {what}"
            if mutated != document and name not in seen:
                seen.add(name)
                yield Mutant(name, mutated)


def _nodes(node: Any, path: Place) -> Iterator[tuple[Place, Document]]:
    """Every object of the document, and where it is."""
    if is_object(node):
        yield path, node
        for key, inner in node.items():
            if key not in {"example", "info"}:
                yield from _nodes(inner, (*path, key))
    elif is_array(node):
        for index, inner in enumerate(node):
            yield from _nodes(inner, (*path, index))


def _without(node: Document, key: str) -> Document:
    return {name: value for name, value in node.items() if name != key}


def _renamed(node: Document, old: str, new: str) -> Document:
    """A copy in which a member has another name, at its old position."""
    return {new if key == old else key: value for key, value in node.items()}


def _changes(path: Place, node: Document, document: Mapping[str, Any]) -> Changes:
    kind = path[-1] if path else ""
    if kind in _RENAMED:
        for key, new in itertools.product(node, _RENAMED[str(kind)]):
            if new not in node:
                yield f"{key} is {new}", _renamed(node, key, new)
        if kind == "responses":
            yield from ((f"no {key}", _without(node, key)) for key in node)
        return
    if kind in {"properties", "schemas"}:
        return  # changed together with the schema that names them, or not at all
    if path[:1] == ("paths",) and len(path) == 2:
        yield from ((f"{method} is put", _renamed(node, method, "put")) for method in node)
    kept = "type" if "scheme" in node else "" if "string" in types_of(node) else "format"
    for key in node:
        if key in _REMOVABLE and key != kept:
            yield f"no {key}", _without(node, key)
    for key, value in node.items():
        for what, other in _other_values(key, value, node, document):
            yield f"{key} {what}", {**node, key: other}
    if "$ref" in node:
        yield from ((f"{kind}, no reference", {"type": kind}) for kind in ("object", "string"))
    elif kind == "securitySchemes":
        yield from ((f"{key} renamed", _renamed(node, key, f"{key}Renamed")) for key in node)
    elif "scheme" in node:
        for place in ("header", "query", "cookie"):
            api_key = {"type": "apiKey", "name": "X-Key", "in": place}
            yield f"apiKey in {place}", {**_without(node, "scheme"), **api_key}
    elif "type" in node:
        yield from _schema_changes(node)
    elif not path:
        text = json.dumps(document)
        for scheme in document.get("components", {}).get("securitySchemes", {}):
            everywhere = text.replace(f'"{scheme}":', f'"{scheme}Renamed":')
            yield f"{scheme} renamed everywhere", json.loads(everywhere)


def _other_values(key: str, value: Any, node: Document, document: Mapping[str, Any]) -> Changes:
    """The other values that a keyword gets, one at a time."""
    match key, value:
        case "$ref", str():
            for name in document.get("components", {}).get("schemas", {}):
                yield f"to {name}", f"#/components/schemas/{name}"
        case "security", [*schemes]:
            yield from (("empty", []), ("optional", [{}, *schemes]))
        case "parameters" | "enum" | "x-environment-variables", [*items]:
            for index in range(len(items)):
                yield f"without {index}", items[:index] + items[index + 1 :]
            if key == "x-environment-variables":
                yield "reversed", items[::-1]
        case "name", str():
            yield "another", f"{value}_renamed"
        case "in", str():
            yield from ((place, place) for place in ("query", "header", "cookie", "path"))
        case "required", bool():
            yield str(not value).lower(), not value
        case "content", _:
            yield "empty", {}
        case "items", _:
            kind = "string" if value != {"type": "string"} else "integer"
            yield f"of type {kind}", {"type": kind}
            yield "of any type", {}
        case (("format" | "x-value-format"), str()) if "string" in types_of(node):
            yield from ((other, other) for other in FORMATS)
        case "pattern", str():
            yield from _patterns(value)
        case "scheme", str():
            yield "basic", "basic"
        case "url", str():
            scheme, _, rest = value.partition("://")
            host, slash, tail = rest.partition("/")
            yield "with another host", f"{scheme}://other.{host}{slash}{tail}"
            yield "with another path", f"{value}/other"
            yield "without its path", f"{scheme}://{host}"
            yield "with another scheme", f"http://{rest}"
            yield "with another port", f"{scheme}://{host}:8443{slash}{tail}"
        case _:
            pass


def _schema_changes(schema: Document) -> Changes:
    kinds = types_of(schema)
    plain = [kind for kind in kinds if kind != "null"]
    nullable = "null" in kinds
    for kind in TYPES:
        if kind not in plain:
            yield f"type {kind}", {**schema, "type": [kind, "null"] if nullable else kind}
            # A union with any object or array says little, and an integer is a number already.
            if kind not in {"object", "array"} and [kind, "number"] != ["integer", *plain[:1]]:
                yield f"type {' or '.join([*kinds, kind])}", {**schema, "type": [*kinds, kind]}
    if nullable:
        yield "not nullable", {**schema, "type": plain[0] if len(plain) == 1 else plain}
        yield "type null", {**schema, "type": "null"}
    else:
        yield "nullable", {**schema, "type": [*kinds, "null"]}
    for kind in plain:
        if kind in _OTHER_VALUES:
            yield "another enum", {**schema, "enum": [_OTHER_VALUES[kind]]}
            yield "another const", {**schema, "const": _OTHER_VALUES[kind]}
    if "string" in kinds:
        if "format" not in schema:
            yield from ((f"format {name}", {**schema, "format": name}) for name in FORMATS)
        if "pattern" not in schema:
            yield "a pattern", {**schema, "pattern": "^[a-z]+$"}
    if "object" in kinds:
        yield from _object_changes(schema)


def _object_changes(schema: Document) -> Changes:
    properties: Document = schema.get("properties", {})
    required: list[str] = schema.get("required", [])
    if properties:
        yield "closed", {**schema, "additionalProperties": False}
    for name in required:
        yield f"{name} not required", _with_required(schema, [it for it in required if it != name])
    for name in [*(name for name in properties if name not in required), "undocumented"]:
        yield f"{name} required", {**schema, "required": [*required, name]}
    for name in properties:
        fewer = {**schema, "properties": _without(properties, name)}
        yield f"{name} undocumented", fewer
        yield f"no {name}", _with_required(fewer, [item for item in required if item != name])
        new = f"{name}_renamed"
        names = [new if item == name else item for item in required]
        renamed = {**schema, "properties": _renamed(properties, name, new)}
        yield f"{name} renamed", _with_required(renamed, names)


def _with_required(schema: Document, names: list[str]) -> Document:
    return {**schema, "required": names} if names else _without(schema, "required")


def _patterns(pattern: str) -> Iterator[tuple[str, str]]:
    """The pattern without one of its characters, and with `.` in place of one."""
    for place, char in enumerate(pattern):
        for what, text in ((f"without {char}", ""), (f"with any for {char}", ".")):
            changed = pattern[:place] + text + pattern[place + 1 :]
            with contextlib.suppress(ValueError):
                # Raises ValueError unless it is a regular expression.
                jsonschema_rs.Draft202012Validator({"pattern": changed})
                yield f"{what} at {place}", changed
