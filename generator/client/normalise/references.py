"""Put what a reference refers to in its place, schemas apart: their names become classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.spec.operations import METHODS
from generator.spec.references import resolve
from generator.spec.values import as_array, as_object, is_array, is_object


def copied(node: Any) -> Any:
    """A copy of a document whose objects and arrays are its own."""
    if is_array(node):
        return [copied(item) for item in node]
    return {key: copied(value) for key, value in node.items()} if is_object(node) else node


def inline_references(document: dict[str, Any]) -> None:
    """Replace the references of a document, other than to schemas, with what they refer to.

    Two references to one thing share it. Callbacks, which no client has, are left out.
    """
    components = as_object(document.get("components"))
    components.pop("callbacks", None)
    for kind, members in components.items():
        if kind != "schemas":
            _inline_values(document, members)
    for holder in _holders(document):
        holder.pop("callbacks", None)
        for name in ("responses", "headers", "examples", "links"):
            _inline_values(document, holder.get(name))
        if is_array(holder.get("parameters")):
            holder["parameters"] = [resolve(document, item) for item in holder["parameters"]]
        if "requestBody" in holder:
            holder["requestBody"] = resolve(document, holder["requestBody"])


def _inline_values(document: Mapping[str, Any], members: Any) -> None:
    if is_object(members):
        members |= {name: resolve(document, value) for name, value in members.items()}


def _holders(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every object that may have references, schemas apart; the outer ones come first."""
    components = as_object(document.get("components"))
    for path, item in as_object(document.get("paths")).items():
        if is_object(item) and "$ref" in item:
            beside = {key: value for key, value in item.items() if key != "$ref"}
            document["paths"][path] = {**resolve(document, item), **beside}
    for item in as_object(document.get("paths")).values():
        if not is_object(item):
            continue
        yield item
        for method in METHODS:
            if is_object(item.get(method)):
                yield item[method]
                yield from _inner_holders(item[method])
        yield from _inner_holders(item)
    for kind in ("parameters", "headers", "requestBodies", "responses"):
        for value in as_object(components.get(kind)).values():
            yield value
            yield from _contents(value)


def _inner_holders(owner: dict[str, Any]) -> Iterator[dict[str, Any]]:
    inner = [*as_array(owner.get("parameters")), *as_object(owner.get("responses")).values()]
    for value in [*inner, owner.get("requestBody")]:
        if is_object(value):
            yield value
            yield from _contents(value)


def _contents(owner: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for header in as_object(owner.get("headers")).values():
        if is_object(header):
            yield header
    yield from (value for value in as_object(owner.get("content")).values() if is_object(value))
