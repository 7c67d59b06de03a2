"""Find the overlay actions that a new version of the document has made obsolete.

`x-obsolete` may say how to tell that upstream has made the correction itself: an RFC 9535 path that
then selects something. Most actions do not need it.
"""

from __future__ import annotations

import copy
from typing import Any

from attrs import frozen

from generator.spec.overlay import check, mismatch, run
from generator.spec.overlay_document import segments
from generator.spec.values import is_array, is_object, plain

_WORDING = {"description", "example", "examples", "externalDocs", "info", "summary", "title"}


@frozen
class Review:
    """An overlay, applied to a document that it was perhaps not written for.

    Attributes:
        document: The document after the actions that fit.
        obsolete: The indexes of the actions whose reason has gone.
        unmatched: What to say of each action that neither fits nor is obsolete.
    """

    document: Any
    obsolete: list[int]
    unmatched: list[str]


def review(document: Any, overlay: Any) -> Review:
    """Apply every action that fits, in order, and find the obsolete ones.

    An action is obsolete if `x-obsolete` says so, if it would change nothing, if what it removes
    is not there, or if it expects that something is missing and upstream now has all of it.

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
    """Whether an action only adds descriptions and examples, which a client does not depend on."""

    def only_words(update: Any) -> bool:
        return is_object(update) and all(
            key in _WORDING or only_words(value) for key, value in update.items()
        )

    return segments(action["target"]) == ["['info']"] or only_words(action.get("update"))


def _is_obsolete(document: Any, action: Any) -> bool:
    import jsonpath
    import jsonschema_rs

    environment = jsonpath.JSONPathEnvironment(strict=True)
    if "x-obsolete" in action and environment.match(action["x-obsolete"], document) is not None:
        return True
    nodes = [match.obj for match in environment.finditer(action["target"], document)]
    if action.get("remove"):
        return not nodes and _has_parent(document, action["target"])
    update = plain(action["update"])
    if not nodes or not is_object(update):
        return False
    if all(_says(plain(node), update, values=True) for node in nodes):
        return True
    expected = plain(action["x-expect"])
    missing = _expected_to_miss(expected)
    rest = {key: value for key, value in expected.items() if key != "not"}
    validator = jsonschema_rs.Draft202012Validator(rest)
    return bool(missing) and all(
        missing <= node.keys() and validator.is_valid(node) and _says(node, update, values=False)
        for node in map(plain, nodes)
        if is_object(node)
    )


def _has_parent(document: Any, target: str) -> bool:
    """Whether the document has the parent of what a path selects, or the parent of that."""
    import jsonpath

    environment = jsonpath.JSONPathEnvironment(strict=True)
    parts = segments(target)
    parents = ("".join(["$", *parts[:-1]]), "".join(["$", *parts[:-2]]))
    return any(environment.match(path, document) is not None for path in parents)


def _says(node: Any, update: Any, *, values: bool) -> bool:
    """Whether a node has every key that an update sets; with `values`, also every value."""
    if is_object(update) and is_object(node):
        return all(
            key in node and _says(node[key], value, values=values) for key, value in update.items()
        )
    return (
        node == update
        if values
        else (is_object(node) or is_array(node)) == (is_object(update) or is_array(update))
    )


def _expected_to_miss(expected: Any) -> set[str]:
    """The keys that `x-expect` wants not to be there: `not: {required: […]}`."""
    missing = expected.get("not")
    if is_object(missing) and set(missing) == {"required"}:
        return set(missing["required"])
    return set()
