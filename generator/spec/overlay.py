"""Apply an OpenAPI Overlay, and fail if the reason for an action has gone.

This is the part of the Overlay Specification on which its versions 1.0 and 1.1 agree. An action
selects objects or arrays with an RFC 9535 path. It merges an object into each object, appends an
entry to each array, or removes each. What the versions read differently is refused.

Each action also has the extension `x-expect`: a JSON Schema (2020-12) that every selected node must
satisfy before the action runs. So no correction outlives the fault that it corrects.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

import jsonschema_rs
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from generator.errors import GeneratorError, refuse
from generator.spec.overlay_document import JSONPATH, check, title
from generator.spec.values import is_array, is_object, plain

_SHOWN_LENGTH = 200


def apply(document: Any, overlay: Any) -> Any:
    """Apply every action of an overlay, in order.

    Key order, quotes and comments of the document stay. An action that does not fit is skipped and
    the rest still runs, so that the error can list all that do not fit. An action that builds on a
    skipped one is then listed, too.

    Args:
        document: The document, from `round_trip.load`. It is not changed.
        overlay: The Overlay document, from `round_trip.load`.

    Returns:
        The changed copy of the document.

    Raises:
        GeneratorError: The Overlay document is not valid, or at least one action does not fit.
    """
    check(overlay)
    result = copy.deepcopy(document)
    actions = overlay["actions"]
    failures = [mismatch(action, reasons) for action in actions if (reasons := run(result, action))]
    refuse(f"{len(failures)} of {len(actions)} overlay actions do not fit the document:", failures)
    return result


def mismatch(action: Any, reasons: Sequence[str]) -> str:
    """What to say of an action that does not fit."""
    return "\n    ".join([title(action), f"target: {action['target']}", *reasons])


def run(document: Any, action: Any) -> list[str]:
    """Run one action if it fits.

    Returns:
        The reasons why it does not fit, or nothing.
    """
    # By path: a selector may select one node twice, which must not be removed twice.
    matches = {match.path: match for match in JSONPATH.finditer(action["target"], document)}
    if not matches:
        return ["matches nothing"]
    expected = plain(action["x-expect"])
    validator = jsonschema_rs.Draft202012Validator(expected)
    reasons = [
        _breach(path, error, expected)
        for path, match in matches.items()
        for error in validator.iter_errors(plain(match.obj))
    ]
    if reasons:
        return reasons
    try:
        if action.get("remove"):
            # From the end: removing an item of a list moves those behind it.
            for match in reversed(matches.values()):
                _remove(match)
        else:
            for path, match in matches.items():
                _update(match.obj, action["update"], path)
    except GeneratorError as error:
        return [str(error)]
    return []


def _breach(path: str, error: Any, expected: Any) -> str:
    """How a node differs from what is expected: the broken keyword, and what is there."""
    place = path + "".join(f"[{part!r}]" for part in error.instance_path)
    keyword = expected
    for part in error.schema_path:
        keyword = keyword[part]
    schema = {error.schema_path[-1]: keyword} if error.schema_path else expected
    return f"at {place}: expected {shown(schema)}, found {shown(error.instance)}"


def _remove(match: Any) -> None:
    if match.parent is None:
        raise GeneratorError("the whole document cannot be removed")
    if not _is_container(match.obj):
        raise GeneratorError(f"at {match.path}: {_kind(match.obj)} cannot be removed")
    parent: Any = match.parent.obj
    key = match.parts[-1]
    del parent[key]
    # ruamel.yaml keeps the comment of a removed key, and would give it to a new one of that name.
    parent.ca.items.pop(key, None)


def _update(node: Any, update: Any, path: str) -> None:
    if is_object(node) and is_object(update):
        _merge(node, update, path)
    elif is_array(node) and not is_array(update):
        node.append(_fresh(update))
    elif is_array(node):
        # Overlay 1.0 appends the array as one entry, Overlay 1.1 appends its entries.
        raise GeneratorError(f"at {path}: to an array, append entries one by one, not an array")
    else:
        raise GeneratorError(f"at {path}: {_kind(node)} cannot be updated with {_kind(update)}")


def _merge(node: Any, update: Any, path: str) -> None:
    """Merge recursively, by the steps that Overlay 1.1 spells out."""
    if not node:
        node.fa.set_block_style()  # it was written `{}`
    for key, value in update.items():
        place = f"{path}[{key!r}]"
        if key not in node:
            node[key] = _fresh(value)
        elif is_object(node[key]) and is_object(value):
            _merge(node[key], value, place)
        elif is_array(node[key]) and is_array(value):
            node[key].extend(_fresh(entry) for entry in value)
        elif _is_container(node[key]) or _is_container(value):
            kinds = f"{_kind(node[key])} cannot be merged with {_kind(value)}"
            raise GeneratorError(f"at {place}: {kinds}")
        else:
            node[key] = value


def _fresh(value: Any) -> Any:
    """A copy in block style which shares nothing with the overlay and has none of its comments."""
    if is_object(value):
        return CommentedMap((key, _fresh(item)) for key, item in value.items())
    if is_array(value):
        return CommentedSeq(_fresh(item) for item in value)
    return value


def _is_container(value: Any) -> bool:
    return is_object(value) or is_array(value)


def _kind(value: Any) -> str:
    if is_object(value):
        return "an object"
    return "an array" if is_array(value) else f"the value {shown(value)}"


def shown(value: Any) -> str:
    """A value as an error message quotes it."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= _SHOWN_LENGTH:
        return text
    if is_object(value):
        return f"an object with the keys {', '.join(value)}"
    return text[:_SHOWN_LENGTH] + "…"
