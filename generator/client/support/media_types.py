"""What the content of a request or a response has that the client would not honour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.client.support.schemas import unsupported_schema
from generator.spec.references import pointer

BODY_TYPES = re.compile(r"application/(json|[\w.-]+\+json)(\s*;.*)?", re.IGNORECASE)
RESPONSE_TYPES = re.compile(
    r"(application/(json|[\w.-]+\+json|octet-stream)|text/[\w.+-]+)(\s*;.*)?", re.IGNORECASE
)


def unsupported_content(owner: dict[str, Any], place: str, types: re.Pattern[str]) -> Iterator[str]:
    """What of the media types and their schemas is not supported."""
    content: dict[str, Any] = owner.get("content", {})
    if len(content) > 1:
        yield f"{place}/content: more than one media type is not supported: {', '.join(content)}"
    for media_type, value in content.items():
        inner = f"{place}/content{pointer([media_type])}"
        if not types.fullmatch(media_type):
            yield f"{inner}: this media type is not supported"
        yield from unsupported_schema(value.get("schema", {}), f"{inner}/schema")
