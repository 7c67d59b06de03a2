"""What a schema has that the client would not honour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.client.normalise.keywords import ANNOTATIONS, LIMITS, TYPES
from generator.spec.references import pointer
from generator.spec.values import is_object

#: A keyword that the specification does not know is a mistake, or has a meaning that is not known.
_KEYWORDS = ANNOTATIONS | LIMITS | TYPES


def unsupported_schema(schema: Any, place: str) -> Iterator[str]:
    """What of a schema and the schemas in it is not supported."""
    if not is_object(schema):
        return
    for keyword in schema:
        if keyword not in _KEYWORDS and not keyword.startswith("x-"):
            yield f"{place}: the keyword {keyword!r} is not supported; an overlay can remove it"
    for keyword in ("properties", "patternProperties"):
        for name, inner in schema.get(keyword, {}).items():
            yield from unsupported_schema(inner, f"{place}/{keyword}{pointer([name])}")
    for keyword in ("allOf", "anyOf", "oneOf", "prefixItems"):
        for index, inner in enumerate(schema.get(keyword, [])):
            yield from unsupported_schema(inner, f"{place}/{keyword}/{index}")
    for keyword in ("items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties"):
        if keyword in schema:
            yield from unsupported_schema(schema[keyword], f"{place}/{keyword}")
