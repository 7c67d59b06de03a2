"""Find the overlay actions that a new version of the document makes obsolete.

An action can say itself when it is obsolete: when its `x-obsolete`, an RFC 9535 path, selects
something. Most actions do not need it.
"""

from __future__ import annotations

import copy
from typing import Any

import jsonschema_rs
from attrs import frozen

from generator.spec.overlay import mismatch, run
from generator.spec.overlay_document import JSONPATH, check, segments
from generator.spec.values import as_object, is_array, is_object, plain

_WORDING = {"description", "example", "examples", "externalDocs", "info", "summary", "title"}


@frozen
class Review:
    """An overlay, applied to a document that it was perhaps not written for.

    Attributes:
        document: The document after the actions that fit.
        obsolete: The indexes of the obsolete actions.
        unmatched: For each action that neither fits nor is obsolete, the reasons.
    """

    document: Any
    obsolete: list[int]
    unmatched: list[str]


def review(document: Any, overlay: Any) -> Review:
    """Apply the actions that fit, in order, and find the obsolete ones.

    An action is obsolete if `x-obsolete` says so, if it would change nothing, if it removes
    something that is not there, or if it expects something to be missing that upstream now has.

    Raises:
        GeneratorError: The Overlay document is not valid.
    """
    check(overlay)
    result = copy.deepcopy(document)
    obsolete: list[int] = []
    unmatched: list[str] = []
    for index, action in enumerate(overlay["actions"]):
        if _is_obsolete(result, action):
            obsolete.append(index)
        elif reasons := run(result, action):
            unmatched.append(mismatch(action, reasons))
    return Review(result, obsolete, unmatched)


def is_wording(action: Any) -> bool:
    """Whether an action only adds descriptions and examples, which change no code."""

    def only_words(update: Any) -> bool:
        return is_object(update) and all(
            key in _WORDING or only_words(value) for key, value in update.items()
        )

    return segments(action["target"]) == ["['info']"] or only_words(action.get("update"))


def _is_obsolete(document: Any, action: Any) -> bool:
    if "x-obsolete" in action and _select(document, action["x-obsolete"]):
        return True
    nodes = _select(document, action["target"])
    if action.get("remove"):
        parts = segments(action["target"])
        # A path that leads nowhere at all is a mistake, and not obsolete.
        parents = ["".join(["$", *parts[:-count]]) for count in (1, 2)]
        return not nodes and any(_select(document, parent) for parent in parents)
    update = plain(action["update"])
    if not nodes or not is_object(update):
        return False
    if all(_has(node, update, values=True) for node in nodes):
        return True
    expected = plain(action["x-expect"])
    absent = as_object(expected.pop("not", None))
    if absent.keys() != {"required"}:
        return False
    validator = jsonschema_rs.Draft202012Validator(expected)
    return all(
        is_object(node)
        and node.keys() >= set(absent["required"])
        and validator.is_valid(node)
        and _has(node, update, values=False)
        for node in nodes
    )


def _select(document: Any, path: str) -> list[Any]:
    """The plain values that a JSONPath selects."""
    return [plain(match.obj) for match in JSONPATH.finditer(path, document)]


def _has(node: Any, update: Any, *, values: bool) -> bool:
    """Whether a node has every key that an update sets; with `values`, also every value."""
    if is_object(update) and is_object(node):
        return all(
            key in node and _has(node[key], value, values=values) for key, value in update.items()
        )
    if values:
        return bool(node == update)
    return (is_object(node) or is_array(node)) == (is_object(update) or is_array(update))
