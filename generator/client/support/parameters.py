"""What a parameter has that the client would not honour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.client.support.schemas import unsupported_schema
from generator.spec.operations import DEFAULT_STYLES, STYLES
from generator.spec.references import pointer


def unsupported_parameter(parameter: dict[str, Any], place: str) -> Iterator[str]:
    """What of a parameter is not supported. A reference has nothing of its own."""
    if "$ref" in parameter:
        return
    where, name = parameter["in"], parameter["name"]
    place = f"{place} ({where} {name})"
    style = parameter.get("style", DEFAULT_STYLES[where])
    if style not in STYLES[where]:
        yield f"{place}/style: {style!r} is no style of a {where} parameter"
    if where in ("header", "cookie") and not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        yield f"{place}: this is no name of a {where}"
    if "schema" in parameter:
        yield from unsupported_schema(parameter["schema"], f"{place}/schema")
    for media_type, value in parameter.get("content", {}).items():
        inner = f"{place}/content{pointer([media_type])}/schema"
        yield from unsupported_schema(value.get("schema", {}), inner)
