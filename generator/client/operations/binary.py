"""Which strings of a document are files: those in the parts of a multipart body.

`format: binary` means bytes as they are. JSON and forms cannot have them, so that a string of this
format is an ordinary string there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.spec.media_types import essence
from generator.spec.operations import operations
from generator.spec.references import objects, resolve
from generator.spec.values import as_object, is_array, is_object

MULTIPART = "multipart/form-data"


def with_files_in_parts_only(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in which `format: binary` stands wherever a file does, and nowhere else."""
    parts = {id(schema) for schema in _schemas_of_parts(document)}
    changed = {
        id(schema): _as_file(schema) if id(schema) in parts else _as_string(schema)
        for key in ("components", "paths")
        for _, schema in objects(document.get(key))
        if schema.get("type") == "string"
    }
    return as_object(_replaced(document, changed))


def is_file(schema: Mapping[str, Any]) -> bool:
    """Whether a string in a part is a file."""
    media_type = essence(str(schema.get("contentMediaType", "text/plain")))
    binary = media_type != "application/json" and not media_type.startswith("text/")
    return schema.get("format") == "binary" or (binary and "contentEncoding" not in schema)


def _as_file(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "format": "binary"} if is_file(schema) else schema


def _as_string(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("format") != "binary":
        return schema
    return {key: value for key, value in schema.items() if key != "format"}


def _replaced(node: Any, changed: Mapping[int, Any]) -> Any:
    if id(node) in changed:
        return changed[id(node)]
    if is_array(node):
        return [_replaced(item, changed) for item in node]
    if is_object(node):
        return {key: _replaced(value, changed) for key, value in node.items()}
    return node


def _schemas_of_parts(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas that a multipart body is made of, at any depth."""
    waiting: list[Any] = []
    for _, _, _, operation in operations(document):
        body = as_object(resolve(document, operation.get("requestBody", {})))
        for media_type, value in as_object(body.get("content")).items():
            waiting += [value.get("schema")] * (essence(media_type) == MULTIPART)
    seen: set[int] = set()
    while waiting:
        for _, schema in objects(waiting.pop()):
            if id(schema) in seen:
                continue
            seen.add(id(schema))
            yield schema
            if isinstance(schema.get("$ref"), str):
                waiting.append(resolve(document, schema))
