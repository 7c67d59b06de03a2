"""What the content of a request or a response has that the client would not honour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.client.support.schemas import unsupported_schema
from generator.spec.media_types import is_media_type
from generator.spec.references import pointer
from generator.spec.values import as_object

_BODY_TYPES = re.compile(r"application/(json|[\w.-]+\+json)(\s*;.*)?", re.IGNORECASE)


def unsupported_body(owner: dict[str, Any], place: str) -> Iterator[str]:
    """What of the media types of a request and their schemas is not supported."""
    content: dict[str, Any] = owner.get("content", {})
    if len(content) > 1:
        yield f"{place}/content: more than one media type is not supported: {', '.join(content)}"
    for media_type, value in content.items():
        inner = f"{place}/content{pointer([media_type])}"
        if not _BODY_TYPES.fullmatch(media_type):
            yield f"{inner}: this media type is not supported"
        yield from unsupported_schema(value.get("schema", {}), f"{inner}/schema")


def unsupported_response(owner: dict[str, Any], place: str) -> Iterator[str]:
    """What of the media types of a response and their schemas is not supported."""
    for media_type, value in as_object(owner.get("content")).items():
        inner = f"{place}/content{pointer([media_type])}"
        if not is_media_type(media_type):
            yield f"{inner}: this is no media type; write type/subtype"
        yield from unsupported_schema(value.get("schema", {}), f"{inner}/schema")
