"""The operations that a client has, and the public Python names that they keep.

`generator-config.yaml` may say `operations`: for a path and a method, the name under which the
client's user calls the operation. Whatever a document then calls it, the name stays.

    operations:
      /activity:
        get: analytics.get_user_activity
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen
from openapi_python_client.strings import PythonIdentifier

from generator.errors import GeneratorError
from generator.spec.files import read_text
from generator.spec.operations import operations
from generator.spec.read import read_mapping
from generator.spec.values import is_array, is_object

KEY = "operations"


@frozen
class Pin:
    """An operation by its place, and its public name, which is `tag.name`."""

    path: str
    method: str
    tag: str
    name: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def pins(config: Path) -> list[Pin]:
    """The operations that a configuration names; none if it leaves them to the document.

    Raises:
        GeneratorError: What it says under `operations` is of another form.
    """
    text = read_text(config)
    if f"\n{KEY}:" not in f"\n{text}":
        return []
    found: list[Pin] = []
    listed = read_mapping(text, str(config))[KEY]
    form = f"{config}: {KEY}: expected `path: {{method: tag.name}}`"
    if not is_object(listed):
        raise GeneratorError(f"{form}, found {listed!r}")
    for path, methods in listed.items():
        if not is_object(methods):
            raise GeneratorError(f"{form} at {path}, found {methods!r}")
        for method, name in methods.items():
            parts = str(name).split(".")
            if len(parts) != 2 or not all(map(str.isidentifier, parts)):
                raise GeneratorError(f"{form} at {path}, found {name!r}")
            found.append(Pin(str(path), str(method), parts[0], parts[1]))
    return found


def tag_of(operation: Mapping[str, Any]) -> str:
    """The tag that names the namespace of an operation; not even that it is a string is sure."""
    tags = operation.get("tags")
    return str(tags[0]) if is_array(tags) and tags else "default"


def identifier(text: object) -> str:
    """The Python name that openapi-python-client makes of a name of the document."""
    return str(PythonIdentifier(str(text), "field_"))


def own_pins(document: Mapping[str, Any]) -> list[Pin]:
    """The names that a document itself gives its operations."""
    return [
        Pin(
            path,
            place.rpartition("/")[2],
            identifier(tag_of(operation)),
            identifier(operation["operationId"]) if "operationId" in operation else "",
        )
        for place, path, _, operation in operations(document)
    ]


def pinned(document: dict[str, Any], config: Path) -> dict[str, Any]:
    """The document with the names that the configuration gives its operations.

    Raises:
        GeneratorError: The configuration names an operation that the document has not.
    """
    wanted = pins(config)
    if not wanted:
        return document
    document = copy.deepcopy(document)
    here = {(pin.path, pin.method): pin for pin in own_pins(document)}
    for pin in wanted:
        own = here.get((pin.path, pin.method))
        if own is None:
            raise GeneratorError(f"{config}: {KEY}: the document has no {pin}")
        operation = document["paths"][pin.path][pin.method]
        if own.name != pin.name:
            operation["operationId"] = pin.name
        if own.tag != pin.tag:
            before = tag_of(operation)
            operation["tags"] = [pin.tag, *operation.get("tags", [])[1:]]
            for tag in document.get("tags", []):
                tag["name"] = pin.tag if tag["name"] == before else tag["name"]
    return document
