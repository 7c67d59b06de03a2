"""The OpenAPI document as the checks read it: its operation, responses and compiled schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, cast

import jsonschema_rs
import schemathesis

from generator.spec.operations import operations, parameters
from generator.spec.references import inlined, resolve
from generator.spec.values import json_type
from tests.contract.harness import facts
from tests.contract.harness.findings import (
    Finding,
    Place,
    excerpt,
    json_path,
    public_name,
)

Schema = Mapping[str, Any]

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "openapi.yaml"


class DocumentedResponse(NamedTuple):
    """A documented response."""

    named: bool  # whether the document lists its status by number, not by a range or `default`
    # The schema of each media type; None if the media type has none.
    content: Mapping[str, Schema | None]


class Contract:
    """An OpenAPI 3.1 document, of which one operation is checked.

    Args:
        document: The loaded document.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = inlined(document)
        found = [
            (path, place.rpartition("/")[2].upper(), operation)
            for place, path, _, operation in operations(self.document)
        ]
        known = [item for item in found if f"{item[1]} {item[0]}" == facts.OPERATION]
        self.path, self.method, self.operation = (known or found)[0]
        # Keyed by id. The key's objects are kept, so that no other object gets their id.
        self._validators: dict[int, tuple[Schema, jsonschema_rs.Draft202012Validator]] = {}
        self._deviations: dict[tuple[int, int], tuple[Any, list[Finding]]] = {}

    @classmethod
    def load(cls, path: Path = DOCUMENT) -> Contract:
        """Load the document of a file."""
        load = cast("Any", schemathesis.openapi).from_path  # typed in part only
        return cls(load(path, config=schemathesis.Config()).raw_schema)

    @cached_property
    def parameters(self) -> list[Mapping[str, Any]]:
        """The operation's parameters, and those of its path."""
        return [*parameters(self.document["paths"][self.path], self.operation)]

    def parameter(self, where: str, name: str) -> Mapping[str, Any] | None:
        """The parameter of that name in the query, the header or the path."""
        found = (it for it in self.parameters if (it.get("in"), it.get("name")) == (where, name))
        return next(found, None)

    @cached_property
    def known_part(self) -> dict[str, Any]:
        """The document with this operation alone, and with only those parameters that are known."""
        known = [self.parameter("query", name) for name in facts.PARAMETERS]
        operation = {**self.operation, "parameters": list(filter(None, known))}
        return {**self.document, "paths": {self.path: {self.method.lower(): operation}}}

    @cached_property
    def required_security(self) -> bool:
        """Whether every request needs a key."""
        security: list[Any] = self.operation.get("security", self.document.get("security", []))
        return bool(security) and all(security)

    def response(self, status: int) -> DocumentedResponse | None:
        """The documented response of a status."""
        responses: Mapping[str, Any] = self.operation.get("responses", {})
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in responses:
                content: Mapping[str, Any] = self.resolved(responses[name]).get("content", {})
                schemas = {media.lower(): value.get("schema") for media, value in content.items()}
                return DocumentedResponse(name == str(status), schemas)
        return None

    def error_response(self) -> DocumentedResponse | None:
        """The documented response of an error, whichever the document has."""
        found = filter(None, map(self.response, (500, *facts.NAMED_STATUSES[1:])))
        return next((response for response in found if response.content), None)

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The object that a reference leads to; any other object is returned unchanged."""
        found: Mapping[str, Any] = resolve(self.document, node)
        return found

    def validator(self, schema: Schema) -> jsonschema_rs.Draft202012Validator:
        """The compiled schema. It resolves references into the document."""
        if id(schema) not in self._validators:
            whole = {**schema, "components": self.document.get("components", {})}
            # Without the option, `format` would only be an annotation.
            validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            self._validators[id(schema)] = schema, validator
        return self._validators[id(schema)][1]

    def deviations(self, schema: Schema, value: Any) -> list[Finding]:
        """Where a value breaks its schema."""
        key = id(schema), id(value)
        if key not in self._deviations:
            errors = self.validator(schema).iter_errors(value)
            found = [finding for error in errors for finding in _findings(error)]
            self._deviations[key] = value, found
        return self._deviations[key][1]


def types_of(schema: Schema) -> list[str]:
    """The types that a schema allows, null included."""
    kinds: Any = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def _findings(error: jsonschema_rs.ValidationError) -> Iterator[Finding]:
    """A validation error as findings. Its own message is left out: it quotes the value."""
    place: Place = tuple(error.instance_path)
    value: Any = error.instance
    kind: Any = error.kind

    def breach(code: str, expected: str, received: str, at: Place = place) -> Finding:
        shown = excerpt(value, str(place[-1]) if place else "")
        return Finding("breach", code, json_path(at), expected, received, shown)

    match type(error.kind).__name__:
        case "Type":
            code = "null" if value is None else "wrong-type"
            yield breach(code, " or ".join(sorted(kind.types)), json_type(value))
        case "Required":
            names = ", ".join(map(public_name, value)) or "nothing"
            yield breach("missing", "a value", f"an object with {names}", (*place, kind.property))
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
            yield breach(kind.name, f"a value that satisfies `{kind.name}`", json_type(value))
