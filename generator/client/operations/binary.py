"""Which strings of a document are files: those in the parts of a multipart body.

`format: binary` means bytes as they are. JSON and forms cannot have them, so that a string of this
format is an ordinary string there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.spec.media_types import essence
from generator.spec.references import copied, objects

MULTIPART = "multipart/form-data"
FILE = "$file"
"""The format of a file in a normalised document."""


def with_files(schema: Any, *, names: bool = False) -> Any:
    """A copy of a normalised schema, in which files and only files have `format: binary`.

    Args:
        schema: The schema.
        names: Whether it maps names to schemas, as `components/schemas` does.
    """
    copy = copied(schema)
    for _, inner in list(objects(copy, names=names)):
        if inner.get("format") == FILE:
            inner["format"] = "binary"
        elif inner.get("format") == "binary":
            del inner["format"]
    return copy


def is_file(schema: Mapping[str, Any]) -> bool:
    """Whether a string in a part is a file."""
    media_type = essence(str(schema.get("contentMediaType", "text/plain")))
    binary = media_type != "application/json" and not media_type.startswith("text/")
    return schema.get("format") == "binary" or (binary and "contentEncoding" not in schema)
