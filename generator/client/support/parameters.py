"""What a parameter has that the client would not honour."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.client.support.schemas import unsupported_schema
from generator.spec.operations import DEFAULT_STYLES
from generator.spec.references import resolve
from generator.spec.values import is_array


def unsupported_parameter(
    document: Mapping[str, Any], parameter: dict[str, Any], place: str
) -> Iterator[str]:
    """What of a parameter is not supported. A reference has nothing of its own."""
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
    yield from unsupported_schema(schema, f"{place}/schema")


def _may_be(document: Mapping[str, Any], schema: dict[str, Any], types: set[str]) -> bool:
    """Whether a value may be of one of the types."""
    schema = resolve(document, schema)
    kinds: Any = schema.get("type", [])
    return bool(types & set(kinds if is_array(kinds) else [kinds])) or any(
        _may_be(document, option, types)
        for keyword in ("allOf", "anyOf", "oneOf")
        for option in schema.get(keyword, [])
    )
