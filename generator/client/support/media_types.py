"""What the content of a request or a response has that the client would not honour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.client.operations.binary import MULTIPART, is_file
from generator.client.operations.requests import fixed_header, part_headers
from generator.client.support.schemas import unsupported_schema
from generator.spec.media_types import essence, is_media_type
from generator.spec.references import pointer
from generator.spec.values import as_object


def unsupported_body(owner: dict[str, Any], place: str) -> Iterator[str]:
    """What of the media types of a request and their schemas is not supported."""
    for media_type, value in as_object(owner.get("content")).items():
        inner = f"{place}/content{pointer([media_type])}"
        if not is_media_type(media_type):
            yield f"{inner}: this is no media type; write type/subtype"
        yield from unsupported_schema(value.get("schema", {}), f"{inner}/schema")
        if essence(media_type) == MULTIPART:
            yield from _unsupported_parts(value, inner)


def _unsupported_parts(value: dict[str, Any], place: str) -> Iterator[str]:
    members = as_object(as_object(value.get("schema")).get("properties"))
    for name, encoding in as_object(value.get("encoding")).items():
        inner = f"{place}/encoding{pointer([name])}"
        schema = as_object(members.get(name))
        if is_file(as_object(schema.get("items", schema))):
            continue  # whose caller gives its headers
        for header, described in part_headers(encoding).items():
            if described.get("required") and fixed_header(described) is None:
                place_of_it = f"{inner}/headers{pointer([header])}"
                yield f"{place_of_it}: a caller cannot give it; give its schema a const or default"


def unsupported_response(owner: dict[str, Any], place: str) -> Iterator[str]:
    """What of the media types of a response and their schemas is not supported."""
    for media_type, value in as_object(owner.get("content")).items():
        inner = f"{place}/content{pointer([media_type])}"
        if not is_media_type(media_type):
            yield f"{inner}: this is no media type; write type/subtype"
        yield from unsupported_schema(value.get("schema", {}), f"{inner}/schema")
