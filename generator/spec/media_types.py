"""Media types, and how a client treats a body of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from generator.spec.references import resolve
from generator.spec.schemas import alternatives
from generator.spec.values import is_object


class Kind(StrEnum):
    """How a client treats a body."""

    JSON = "json"
    TEXT = "text"
    BYTES = "bytes"
    EVENTS = "events"


EVENT_STREAM = "text/event-stream"

_MEDIA_TYPE = re.compile(r"([\w!#$&^.+-]+|\*)/([\w!#$&^.+*-]+)(\s*;.*)?")
_JSON = re.compile(r"(application|text)/(x-)?json|[^/]+/.+\+json")
_TEXT = re.compile(
    r"text/.+|[^/]+/.+\+(xml|yaml)|application/"
    r"(ecmascript|graphql|(x-)?javascript|json-seq|(x-)?jsonl|jsonlines|(x-)?ndjson|sql|toml|xml"
    r"|x-www-form-urlencoded|(x-)?yaml)"
)
_CHARSET = re.compile(r"\s*;\s*charset\s*=\s*(\"[^\"]*\"|[^;\s]*)", re.IGNORECASE)
_ANY = re.compile(r"(\*|application)/\*")


def is_media_type(text: str) -> bool:
    """Whether a text is a media type, or a range of them such as ``image/*``."""
    return text.isascii() and text.isprintable() and _MEDIA_TYPE.fullmatch(text) is not None


def essence(media_type: str) -> str:
    """A media type in lower case, without its parameters."""
    return media_type.partition(";")[0].strip().lower()


def concrete(media_type: str) -> str:
    """A media type of a range."""
    return media_type.replace("*/*", "application/*").replace("/*", "/octet-stream")


def is_json(media_type: str) -> bool:
    """Whether content of this media type is JSON."""
    return _JSON.fullmatch(essence(media_type)) is not None


def without_charset(media_type: str) -> str:
    """A media type without its charset: with one, some servers ignore it in ``Accept``."""
    return _CHARSET.sub("", media_type).strip()


def kind_of(document: Mapping[str, Any], media_type: str, schema: Any) -> Kind:
    """How a client treats a body of a media type.

    Args:
        document: The document, for references.
        media_type: The media type.
        schema: The schema of the body, or None if the document has none.
    """
    name, schema = essence(media_type), resolve(document, schema)
    if is_object(schema) and schema.get("format") == "binary":
        return Kind.BYTES
    if name == EVENT_STREAM:
        return Kind.EVENTS
    # If the media type is a range such as */*, the schema says whether it is JSON.
    if _JSON.fullmatch(name) or (_ANY.fullmatch(name) and _is_structured(document, schema)):
        return Kind.JSON
    return Kind.TEXT if _TEXT.fullmatch(name) else Kind.BYTES


def _is_structured(document: Mapping[str, Any], schema: Any) -> bool:
    """Whether a schema describes values that are no strings."""
    types = {option["type"] for option in alternatives(document, schema)}
    return bool(types - {"any", "null", "string"})
