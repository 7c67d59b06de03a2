"""Check an Overlay document by itself, before it is applied to anything."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonpath
import jsonschema_rs

from generator.errors import refuse
from generator.spec.validate import breaches
from generator.spec.values import plain

#: Paths as RFC 9535 has them, without the extensions of the library.
JSONPATH = jsonpath.JSONPathEnvironment(strict=True)
_PATH = {"type": "string", "format": "RFC 9535 path"}
_ACTION = {
    "type": "object",
    "required": ["target", "description", "x-expect"],
    "properties": {
        "target": _PATH,
        "x-obsolete": _PATH,
        "description": {"type": "string", "format": "reason and source"},
        "x-expect": {
            "type": "object",
            "minProperties": 1,
            "$ref": "https://json-schema.org/draft/2020-12/schema",
        },
        "update": True,
        "remove": {"type": "boolean"},
    },
    "patternProperties": {"^x-": True},
    "additionalProperties": False,
    "if": {"required": ["remove"], "properties": {"remove": {"const": True}}},
    "then": {"properties": {"update": False}},
    "else": {"required": ["update"]},
}
_OVERLAY = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["overlay", "info", "actions"],
    "properties": {
        "overlay": {"type": "string", "pattern": r"^1\.[0-9]+\.[0-9]+$"},
        "info": {
            "type": "object",
            "required": ["title", "version"],
            "properties": {"title": {"type": "string"}, "version": {"type": "string"}},
        },
        "extends": True,
        "actions": {"type": "array", "items": _ACTION},
    },
    "patternProperties": {"^x-": True},
    "additionalProperties": False,
}


def check(overlay: Any) -> None:
    """Refuse an Overlay document that is not valid.

    Raises:
        GeneratorError: It is not. Each fault has its place.
    """
    refuse("the overlay is not valid:", breaches(_validator(), plain(overlay)))


@cache
def _validator() -> Any:
    formats = {"RFC 9535 path": _is_path, "reason and source": _is_said}
    return jsonschema_rs.validator_for(_OVERLAY, validate_formats=True, formats=formats)


def _is_said(text: str) -> bool:
    return bool(text.strip())


def _is_path(text: str) -> bool:
    try:
        segments(text)
    except jsonpath.JSONPathError:
        return False
    return bool(text)


def title(action: Any) -> str:
    """The name of an action: the first sentence of its description."""
    return re.split(r"(?<=[.!?])\s|\n", action["description"].strip(), maxsplit=1)[0]


def segments(path: str) -> list[str]:
    """The segments of an RFC 9535 path, each in brackets."""
    compiled: Any = JSONPATH.compile(path)
    return list(map(str, compiled.segments))
