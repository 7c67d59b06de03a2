"""The document as the checks read it: its one operation, its answers, and its schemas compiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import schemathesis

from tests.contract.findings import Finding, excerpt, json_path, public_name
from tests.contract.json_values import Place, json_type

Schema = Mapping[str, Any]

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "openapi.yaml"

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Answer:
    """A documented response.

    Attributes:
        named: Whether the document lists its status by number, not by a range or `default`.
        content: The schema of each media type; None where the media type has none.
    """

    named: bool
    content: Mapping[str, Schema | None]


class Contract:
    """An OpenAPI 3.1 document with one operation.

    Args:
        document: The document, loaded.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.path, self.method, self.operation = next(_operations(document))
        self._validators: dict[int, jsonschema_rs.Draft202012Validator] = {}
        self._found: dict[tuple[int, int], list[Finding]] = {}
        # What the caches know by its id must not be collected: another object would get that id.
        self._kept: list[Any] = []

    @classmethod
    def read(cls, path: Path = DOCUMENT) -> Contract:
        """Load the document of a file."""
        load = cast("Any", schemathesis.openapi).from_path  # typed in part only
        return cls(load(path, config=schemathesis.Config()).raw_schema)

    @cached_property
    def parameters(self) -> list[Mapping[str, Any]]:
        """The operation's parameters."""
        return [self.resolved(item) for item in self.operation.get("parameters", [])]

    @cached_property
    def required_security(self) -> bool:
        """Whether every request needs a key."""
        security: list[Any] = self.operation.get("security", self.document.get("security", []))
        return bool(security) and all(security)

    def answer(self, status: int) -> Answer | None:
        """The documented response of a status."""
        responses: Mapping[str, Any] = self.operation.get("responses", {})
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in responses:
                content: Mapping[str, Any] = self.resolved(responses[name]).get("content", {})
                schemas = {media.lower(): value.get("schema") for media, value in content.items()}
                return Answer(name == str(status), schemas)
        return None

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The object that a reference leads to."""
        while isinstance(node.get("$ref"), str):
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def validator(self, schema: Schema) -> jsonschema_rs.Draft202012Validator:
        """The compiled schema, in which references into the document are known."""
        if id(schema) not in self._validators:
            self._kept.append(schema)
            whole = {**schema, "components": self.document.get("components", {})}
            self._validators[id(schema)] = jsonschema_rs.Draft202012Validator(
                whole,
                validate_formats=True,  # else `format` is an annotation
            )
        return self._validators[id(schema)]

    def deviations(self, schema: Schema, value: Any) -> list[Finding]:
        """Where a value is not what its schema says."""
        key = id(schema), id(value)
        if key not in self._found:
            self._kept.append(value)
            errors = self.validator(schema).iter_errors(value)
            self._found[key] = [finding for error in errors for finding in _named(error)]
        return self._found[key]


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method.upper(), item[method]


def _named(error: jsonschema_rs.ValidationError) -> Iterator[Finding]:
    """A validation error by our names; its own message would quote the value."""
    place: Place = tuple(error.instance_path)
    value: Any = error.instance
    kind: Any = error.kind
    keyword = type(error.kind).__name__

    def breach(code: str, expected: str, received: str, at: Place = place) -> Finding:
        return Finding("breach", code, json_path(at), expected, received, excerpt(value))

    match keyword:
        case "Type":
            code = "null" if value is None else "wrong-type"
            yield breach(code, " or ".join(sorted(kind.types)), json_type(value))
        case "Required":
            members = f"an object with {_names(value)}"
            yield breach("missing", "a value", members, (*place, kind.property))
        case "AdditionalProperties":
            for name in kind.unexpected:
                yield breach("closed-object", "no other field", "another field", (*place, name))
        case "Pattern":
            yield breach("pattern", "text of the documented pattern", "another text")
        case "Format":
            yield breach("format", f"a {kind.format}", "another text")
        case "Enum" | "Constant":
            yield breach("value", "a documented value", "another value")
        case _:
            yield breach(kind.name, f"what `{kind.name}` asks for", json_type(value))


def _names(value: Iterable[str]) -> str:
    return ", ".join(map(public_name, value)) or "nothing"
