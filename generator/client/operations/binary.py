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
from generator.spec.values import is_array, is_object

MULTIPART = "multipart/form-data"


class FilesInParts:
    """The strings of a document that are files."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._parts = {id(schema) for schema in _schemas_of_parts(document)}

    def marked(self, node: Any) -> Any:
        """A copy of a part of the document, with `format: binary` for every file."""
        if is_array(node):
            return [self.marked(item) for item in node]
        if not is_object(node):
            return node
        copy = {key: self.marked(value) for key, value in node.items()}
        if node.get("type") == "string":
            if id(node) in self._parts and is_file(node):
                copy["format"] = "binary"
            elif id(node) not in self._parts and copy.get("format") == "binary":
                del copy["format"]
        return copy


def is_file(schema: Mapping[str, Any]) -> bool:
    """Whether a string in a part is a file."""
    media_type = essence(str(schema.get("contentMediaType", "text/plain")))
    binary = media_type != "application/json" and not media_type.startswith("text/")
    return schema.get("format") == "binary" or (binary and "contentEncoding" not in schema)


def _schemas_of_parts(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas that a multipart body is made of, at any depth."""
    waiting: list[Any] = []
    for _, _, _, operation in operations(document):
        for media_type, value in operation.get("requestBody", {}).get("content", {}).items():
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
