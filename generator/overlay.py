"""Apply an OpenAPI Overlay, and fail where the reason for an action has gone.

Of the Overlay Specification this is the part on which its versions 1.0 and 1.1 agree: an action
selects objects or arrays with an RFC 9535 path; it merges an object into each object, appends an
entry to each array, or removes each. What the versions read differently is refused.

Each action also carries the extension `x-expect`, a JSON Schema (2020-12) which every selected node
has to satisfy before the action runs. So no correction outlives what it corrects. `x-needless` may
say what it looks like once upstream has made the correction itself: an RFC 9535 path that then
selects something.
"""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from attrs import frozen

from generator.errors import GeneratorError

_OVERLAY_FIELDS = {"overlay", "info", "extends", "actions"}
_ACTION_FIELDS = {"target", "description", "update", "remove"}
_SHOWN_LENGTH = 200


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value of a document is an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value of a document is an array."""
    return isinstance(value, list)


def apply(document: Any, overlay: Any) -> Any:
    """Apply every action of an overlay, in order.

    Key order, quotes and comments of the document stay. An action that does not fit is left out
    and the rest still runs, so that the error can list all that do not fit; an action which builds
    on one that failed is then listed, too.

    Args:
        document: The document, loaded by ruamel.yaml's round-trip loader. It is not changed.
        overlay: The Overlay document, loaded in the same way.

    Returns:
        The changed copy of the document.

    Raises:
        GeneratorError: The Overlay document is not valid, or at least one action does not fit.
    """
    faults = list(_faults(overlay))
    if faults:
        raise GeneratorError("\n- ".join(["the overlay is not valid:", *faults]))
    result = copy.deepcopy(document)
    actions = overlay["actions"]
    failures: list[str] = []
    for action in actions:
        reasons = _run(result, action)
        if reasons:
            title = _first_sentence(action["description"])
            failures.append("\n    ".join([title, f"target: {action['target']}", *reasons]))
    if failures:
        heading = f"{len(failures)} of {len(actions)} overlay actions do not fit the document:"
        raise GeneratorError("\n  - ".join([heading, *failures]))
    return result


@frozen
class Sifted:
    """What came of an overlay on a document that it was perhaps not written for.

    Attributes:
        document: The document after the actions that fit.
        needless: The indexes of the actions whose reason has gone.
        misfits: What is to be said of each action that neither fits nor is needless.
    """

    document: Any
    needless: list[int]
    misfits: list[str]


def sift(document: Any, overlay: Any) -> Sifted:
    """Apply every action that fits, in order, and tell the needless from those that do not fit.

    An action is needless if `x-needless` says so, if it would change nothing, if what it removes
    is not there, or if it expects that something is missing and upstream now has all of it.

    Raises:
        GeneratorError: The Overlay document is not valid.
    """
    faults = list(_faults(overlay))
    if faults:
        raise GeneratorError("\n- ".join(["the overlay is not valid:", *faults]))
    result = copy.deepcopy(document)
    needless: list[int] = []
    misfits: list[str] = []
    for index, action in enumerate(overlay["actions"]):
        if _is_needless(result, action):
            needless.append(index)
        elif reasons := _run(result, action):
            misfits.append("\n    ".join([title(action), f"target: {action['target']}", *reasons]))
    return Sifted(result, needless, misfits)


def title(action: Any) -> str:
    """The name of an action: the first sentence of its description."""
    return _first_sentence(action["description"])


_WORDING = {"description", "example", "examples", "externalDocs", "info", "summary", "title"}


def is_wording(action: Any) -> bool:
    """Whether an action only adds words and examples, which mean nothing to a client."""

    def only_words(update: Any) -> bool:
        return is_object(update) and all(
            key in _WORDING or only_words(value) for key, value in update.items()
        )

    return segments(action["target"]) == ["['info']"] or only_words(action.get("update"))


def _is_needless(document: Any, action: Any) -> bool:
    import jsonpath
    import jsonschema_rs

    environment = jsonpath.JSONPathEnvironment(strict=True)
    if "x-needless" in action and environment.match(action["x-needless"], document) is not None:
        return True
    nodes = [match.obj for match in environment.finditer(action["target"], document)]
    if action.get("remove"):
        return not nodes and _has_place(document, action["target"])
    update = _plain(action["update"])
    if not nodes or not is_object(update):
        return False
    if all(_says(_plain(node), update, values=True) for node in nodes):
        return True
    expected = _plain(action["x-expect"])
    missing = _expected_to_miss(expected)
    rest = {key: value for key, value in expected.items() if key != "not"}
    validator = jsonschema_rs.Draft202012Validator(rest)
    return bool(missing) and all(
        missing <= node.keys() and validator.is_valid(node) and _says(node, update, values=False)
        for node in map(_plain, nodes)
        if is_object(node)
    )


def _has_place(document: Any, target: str) -> bool:
    """Whether what a path would select could stand in the document: its parent, or that one's."""
    import jsonpath

    environment = jsonpath.JSONPathEnvironment(strict=True)
    parts = segments(target)
    parents = ("".join(["$", *parts[:-1]]), "".join(["$", *parts[:-2]]))
    return any(environment.match(path, document) is not None for path in parents)


def segments(path: str) -> list[str]:
    """The segments of an RFC 9535 path, each in brackets."""
    import jsonpath

    compiled: Any = jsonpath.JSONPathEnvironment(strict=True).compile(path)
    return list(map(str, compiled.segments))


def _says(node: Any, update: Any, *, values: bool) -> bool:
    """Whether a node has every key that an update sets; with `values`, also every value."""
    if is_object(update) and is_object(node):
        return all(
            key in node and _says(node[key], value, values=values) for key, value in update.items()
        )
    return node == update if values else _is_container(node) == _is_container(update)


def _expected_to_miss(expected: Any) -> set[str]:
    """The keys that `x-expect` wants not to be there: `not: {required: […]}`."""
    missing = expected.get("not")
    if is_object(missing) and set(missing) == {"required"}:
        return set(missing["required"])
    return set()


def _faults(overlay: Any) -> Iterator[str]:
    """What is wrong with the Overlay document itself."""
    yield from _unknown_fields("the overlay", overlay, _OVERLAY_FIELDS)
    version = overlay.get("overlay")
    if not (isinstance(version, str) and re.fullmatch(r"1\.[0-9]+\.[0-9]+", version)):
        yield f"overlay: {_shown(version)} is not a version 1.x of the Overlay Specification"
    info = overlay.get("info")
    for field in ("title", "version"):
        if not (is_object(info) and isinstance(info.get(field), str)):
            yield f"info: {field} is missing or not a string"
    actions = overlay.get("actions")
    if not is_array(actions) or not actions:
        yield "actions: not a list with at least one action"
        return
    for index, action in enumerate(actions):
        for fault in _action_faults(action):
            yield f"actions[{index}]: {fault}"


def _action_faults(action: Any) -> Iterator[str]:
    # Only `make spec` and the checks pay for these imports.
    import jsonschema_rs

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
    yield from _path_faults("x-needless", action.get("x-needless", "$"))
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
        jsonschema_rs.Draft202012Validator(_plain(expected))
    except ValueError as error:
        yield f"x-expect is not a JSON Schema: {error}"


def _path_faults(name: str, path: Any) -> Iterator[str]:
    import jsonpath

    fault = f"{name}: {_shown(path)} is not an RFC 9535 path"
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


def _run(document: Any, action: Any) -> list[str]:
    """Run one action, if it fits; else say why it does not."""
    import jsonpath
    import jsonschema_rs

    environment = jsonpath.JSONPathEnvironment(strict=True)
    # By path: a selector may name one node twice, and it must not be removed twice.
    matches = {match.path: match for match in environment.finditer(action["target"], document)}
    if not matches:
        return ["matches nothing"]
    expected = _plain(action["x-expect"])
    validator = jsonschema_rs.Draft202012Validator(expected)
    reasons = [
        _breach(path, error, expected)
        for path, match in matches.items()
        for error in validator.iter_errors(_plain(match.obj))
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
    """One way in which a node is not as expected: the broken keyword, and what stands there."""
    place = path + "".join(f"[{part!r}]" for part in error.instance_path)
    keyword = expected
    for part in error.schema_path:
        keyword = keyword[part]
    schema = {error.schema_path[-1]: keyword} if error.schema_path else expected
    return f"at {place}: expected {_shown(schema)}, found {_shown(error.instance)}"


def _remove(match: Any) -> None:
    if match.parent is None:
        raise GeneratorError("the whole document cannot be removed")
    if not _is_container(match.obj):
        raise GeneratorError(f"at {match.path}: {_kind(match.obj)} cannot be removed")
    parent: Any = match.parent.obj
    key = match.parts[-1]
    del parent[key]
    # ruamel.yaml keeps the comment of a removed key, and would give it to a new one of that name.
    if is_object(parent):
        _comments(parent).pop(key, None)


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
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if is_object(value):
        return CommentedMap((key, _fresh(item)) for key, item in value.items())
    if is_array(value):
        return CommentedSeq(_fresh(item) for item in value)
    return value


def _plain(node: Any) -> Any:
    """The node in plain types, which is all that jsonschema-rs takes."""
    return json.loads(json.dumps(node))


def _comments(node: Any) -> dict[Any, Any]:
    comments: dict[Any, Any] = node.ca.items
    return comments


def _is_container(value: Any) -> bool:
    return is_object(value) or is_array(value)


def _kind(value: Any) -> str:
    if is_object(value):
        return "an object"
    return "an array" if is_array(value) else f"the value {_shown(value)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= _SHOWN_LENGTH:
        return text
    if is_object(value):
        return f"an object with the keys {', '.join(value)}"
    return text[:_SHOWN_LENGTH] + "…"


def _first_sentence(description: str) -> str:
    return re.split(r"(?<=[.!?])\s|\n", description.strip(), maxsplit=1)[0]
