"""Walk through a document, and follow its references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from generator.spec.values import as_object, is_array, is_object

# Below these keywords is data, in which `$ref` is an ordinary name. The same goes for a schema's
# `examples`, an array. The `examples` of a media type are an object, and may be references.
_DATA_KEYWORDS = {"const", "default", "enum", "example", "value"}
# The keys below these keywords are names that the author of the document chose.
_NAMING_KEYWORDS = {
    "$defs", "callbacks", "content", "dependentSchemas", "encoding", "examples", "headers", "links",
    "parameters", "pathItems", "paths", "patternProperties", "properties", "requestBodies",
    "responses", "schemas", "securitySchemes", "variables", "webhooks",
}  # fmt: skip


def pointer(path: Iterable[str | int]) -> str:
    """The JSON pointer of a path into a document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def pointer_parts(text: str) -> list[str]:
    """The parts of a JSON pointer, unescaped."""
    return [unquote(part).replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _is_data(key: str, value: Any) -> bool:
    return key in _DATA_KEYWORDS or key.startswith("x-") or (key == "examples" and is_array(value))


def objects(
    node: Any, place: str = "#", *, names: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the specification in a node, with its place; examples and other data are not.

    Args:
        node: A document, or a part of it.
        place: The JSON pointer of the node.
        names: Whether the keys of the node are names that the author chose, and not keywords. A
            property named `example` is looked into, and the keyword `example` is not.
    """
    if is_array(node):
        for index, item in enumerate(node):
            yield from objects(item, f"{place}/{index}")
    if not is_object(node):
        return
    if not names:
        yield place, node
    for key, value in node.items():
        if names or not _is_data(key, value):
            chosen = not names and key in _NAMING_KEYWORDS
            yield from objects(value, f"{place}{pointer([key])}", names=chosen)


def references(
    node: Any, place: str = "#", *, names: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object in a node that is a reference, with its place; see `objects`."""
    for where, holder in objects(node, place, names=names):
        if isinstance(holder.get("$ref"), str):
            yield where, holder


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    """Follow the references of a node to what they refer to.

    Raises:
        LookupError: A reference leads out of the document, to nothing, or round in a circle.
    """
    passed: set[str] = set()
    while is_object(node) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in passed:
            raise LookupError("leads round in a circle")
        passed.add(reference)
        node = referred(document, reference)
    return node


def referred(document: Mapping[str, Any], reference: str) -> Any:
    """The target of a reference, which may itself be a reference.

    Raises:
        LookupError: The reference leads out of the document, or to nothing.
    """
    if not reference.startswith("#/"):
        raise LookupError("leads out of the document")
    node: Any = document
    for part in pointer_parts(reference):
        if is_object(node) and part in node:
            node = node[part]
        elif is_array(node) and part.isdecimal() and int(part) < len(node):
            node = node[int(part)]
        else:
            raise LookupError("leads to nothing")
    return node


def path_items(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The path items of a document. References are replaced by targets; keys beside them stay.

    A reference that leads nowhere, or to no mapping, stays; the validation reports it.
    """
    found: dict[str, dict[str, Any]] = {}
    for path, value in as_object(document.get("paths")).items():
        if not path.startswith("x-"):
            found[path] = item = as_object(value)
            if "$ref" in item:
                beside = {key: part for key, part in item.items() if key != "$ref"}
                with suppress(LookupError):
                    target = resolve(document, item)
                    if is_object(target):
                        found[path] = {**target, **beside} if beside else target
    return found


def copied(node: Any) -> Any:
    """A copy of a document whose objects and arrays are its own."""
    if is_array(node):
        return [copied(item) for item in node]
    return {key: copied(value) for key, value in node.items()} if is_object(node) else node


def inlined(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a valid document whose references are replaced, except those to schemas.

    The names of schemas become classes. Two references to one target share a copy. Callbacks are
    left out, because no client has them and they may contain themselves. So are the extensions
    among paths and responses.

    Raises:
        LookupError: A reference leads to an object around it. The arguments of the error are the
            reason and the reference.
    """
    whole = {**document, "paths": path_items(document)}
    copies: dict[int, dict[str, Any]] = {}
    open_nodes: set[int] = set()

    def copy(node: Any, *, names: str = "") -> Any:
        if is_array(node):
            return [copy(item) for item in node]
        if not is_object(node):
            return node
        target = node if names else resolve(document, node)
        if not is_object(target):
            return copied(target)  # no reference may lead here: the validation reports it
        if id(target) not in copies:
            if target is not node and id(target) in open_nodes:
                raise LookupError("leads to what contains it, and is no schema", node)
            open_nodes.add(id(target))
            copies[id(target)] = {
                key: copy(value, names=key if not names and key in _NAMING_KEYWORDS else "")
                if names or not (key in ("schema", "schemas") or _is_data(key, value))
                else copied(value)
                for key, value in target.items()
                if (names or key != "callbacks")
                and not (names == "responses" and key.startswith("x-"))
            }
        return copies[id(target)]

    found: dict[str, Any] = copy(whole)
    return found
