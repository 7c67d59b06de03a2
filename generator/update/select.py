"""Find our operations in a new version of the document."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from generator.client.names import OperationName, document_names
from generator.errors import GeneratorError
from generator.spec.operations import path_shape
from generator.spec.references import path_items, pointer, resolve


@frozen
class Found:
    """Where a document has one of our operations.

    Attributes:
        operation: Its public name, and its former path and method.
        path: Its path in the document.
        method: Its method in the document.
    """

    operation: OperationName
    path: str
    method: str

    @property
    def moved(self) -> bool:
        """Whether it has another path or method than before."""
        return (self.path, self.method) != (self.operation.path, self.operation.method)


def find(
    document: Mapping[str, Any], wanted: Sequence[OperationName], old: Mapping[str, Any]
) -> list[Found]:
    """Find our operations in any OpenAPI document: by path and method, or else by name.

    Raises:
        GeneratorError: The document does not have an operation any more.
    """
    here = document_names({"paths": resolved_paths(document)})
    former = {(own.path, own.method): own.name for own in document_names(old)}
    found: list[Found] = []
    lost: list[str] = []
    for one in wanted:
        place = one.path, one.method
        shape = path_shape(one.path), one.method
        names = {one.name, former.get(place, one.name)}
        options = (
            [other for other in here if (other.path, other.method) == place]
            or [other for other in here if (path_shape(other.path), other.method) == shape]
            or [other for other in here if other.name in names]
        )
        if len(options) == 1:
            found.append(Found(one, options[0].path, options[0].method))
            continue
        why = f"could be any of {', '.join(map(str, options))}"
        if not options:
            near = difflib.get_close_matches(str(one), list(map(str, here)), 3)
            why = "is not in it" + f"; the nearest are {', '.join(near)}" * bool(near)
        lost.append(f"{one} ({one.tag}.{one.name}) {why}")
    if lost:
        raise GeneratorError(f"the document has lost operations of ours: {'; '.join(lost)}")
    return found


def unlisted(document: Mapping[str, Any], found: Sequence[Found]) -> list[str]:
    """The operations of a document that the client does not have."""
    ours = {(place.path, place.method) for place in found}
    names = document_names({"paths": resolved_paths(document)})
    return [str(other) for other in names if (other.path, other.method) not in ours]


def resolved_paths(document: Mapping[str, Any]) -> dict[str, Any]:
    """The items of a document's paths, references followed.

    Raises:
        GeneratorError: A reference leads nowhere.
    """
    return {
        path: resolved(document, item, f"#/paths{pointer([path])}")
        for path, item in path_items(document).items()
    }


def resolved(document: Mapping[str, Any], node: Any, place: str) -> Any:
    """What a node refers to, or else the node itself.

    Raises:
        GeneratorError: The reference leads nowhere.
    """
    try:
        return resolve(document, node)
    except LookupError as error:
        raise GeneratorError(
            f"{place}: the reference {node['$ref']!r} {error.args[0]}; nothing was fetched"
        ) from error


def renamed(
    found: Sequence[Found], document: Mapping[str, Any], old: Mapping[str, Any]
) -> Iterator[str]:
    """Which operations a document has moved or renamed, in words."""
    former = {(own.path, own.method): own for own in document_names(old)}
    here = {(own.path, own.method): own for own in document_names(document)}
    for place in found:
        now = here[place.path, place.method]
        before = former.get((place.operation.path, place.operation.method), now)
        if place.moved:
            yield f"{place.operation} has moved to {now}"
        operation = document["paths"][place.path][place.method]
        if now.name != before.name and "operationId" in operation:
            yield f"the operationId is now {operation['operationId']!r}"
        if now.tag != before.tag:
            yield f"the tag is now {now.tag!r}"
