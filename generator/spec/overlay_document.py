"""Check an Overlay document by itself, before it is applied to anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonpath
import jsonschema_rs

from generator.spec.values import is_array, is_object, plain

_OVERLAY_FIELDS = {"overlay", "info", "extends", "actions"}
_ACTION_FIELDS = {"target", "description", "update", "remove"}


def title(action: Any) -> str:
    """The name of an action: the first sentence of its description."""
    return re.split(r"(?<=[.!?])\s|\n", action["description"].strip(), maxsplit=1)[0]


def segments(path: str) -> list[str]:
    """The segments of an RFC 9535 path, each in brackets."""
    compiled: Any = jsonpath.JSONPathEnvironment(strict=True).compile(path)
    return list(map(str, compiled.segments))


def faults(overlay: Any) -> Iterator[str]:
    """What is wrong with an Overlay document."""
    yield from _unknown_fields("the overlay", overlay, _OVERLAY_FIELDS)
    version = overlay.get("overlay")
    if not (isinstance(version, str) and re.fullmatch(r"1\.[0-9]+\.[0-9]+", version)):
        yield f"overlay: {json.dumps(version)} is not a version 1.x of the Overlay Specification"
    info = overlay.get("info")
    for field in ("title", "version"):
        if not (is_object(info) and isinstance(info.get(field), str)):
            yield f"info: {field} is missing or not a string"
    actions = overlay.get("actions")
    if not is_array(actions):
        yield "actions: not a list"
        return
    for index, action in enumerate(actions):
        for fault in _action_faults(action):
            yield f"actions[{index}]: {fault}"


def _action_faults(action: Any) -> Iterator[str]:
    if not is_object(action):
        yield "not an object"
        return
    yield from _unknown_fields("the action", action, _ACTION_FIELDS)
    description = action.get("description")
    if not (isinstance(description, str) and description.strip()):
        yield "description is missing or empty; give the reason and the source"
    target = action.get("target")
    if isinstance(target, str):
        yield from _path_faults("target", target)
    else:
        yield "target is missing or not a string"
    yield from _path_faults("x-obsolete", action.get("x-obsolete", "$"))
    if action.get("remove", False) not in (True, False):
        yield "remove: neither true nor false"
    if action.get("remove") is not True and "update" not in action:
        yield "neither `update` nor `remove: true`"
    if action.get("remove") is True and "update" in action:
        yield "`update` has no effect beside `remove: true`"
    expected = action.get("x-expect")
    if not (is_object(expected) and expected):
        yield "x-expect is missing or expects nothing; give the schema of what `target` selects"
        return
    try:
        jsonschema_rs.Draft202012Validator(plain(expected))
    except ValueError as error:
        yield f"x-expect is not a JSON Schema: {error}"


def _path_faults(name: str, path: Any) -> Iterator[str]:
    fault = f"{name}: {json.dumps(path)} is not an RFC 9535 path"
    if not (isinstance(path, str) and path):
        yield fault
        return
    try:
        jsonpath.JSONPathEnvironment(strict=True).compile(path)
    except jsonpath.JSONPathError as error:
        yield f"{fault}: {error}"


def _unknown_fields(owner: str, fields: dict[str, Any], known: set[str]) -> Iterator[str]:
    for field in fields:
        if field not in known and not field.startswith("x-"):
            yield f"{owner} has the unknown field {field!r}"
