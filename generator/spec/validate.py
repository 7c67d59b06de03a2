"""Say what keeps a document from being valid OpenAPI, each problem with its place."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema_rs

from generator.spec.operations import operations, security_schemes
from generator.spec.references import inlined, objects, pointer, references, resolve
from generator.spec.values import as_array, as_object

_MESSAGE_LENGTH = 300
#: Formats in OpenAPI's schema that no client depends on.
_UNCHECKED = ("email", "media-range", "uri", "uri-reference")
_DIALECT = {
    "enum": [
        "https://spec.openapis.org/oas/3.1/dialect/base",
        "https://json-schema.org/draft/2020-12/schema",
    ]
}
#: Those of OpenAPI 3.0 and 3.1, and the dialect and vocabulary of the schemas in a document of 3.1.
_SCHEMAS = (
    "openapi_spec_validator/resources/schemas/v3.0/schema.json",
    "openapi_spec_validator/resources/schemas/v3.1/schema.json",
    "openapi_schema_validator/schemas/oas3.1/metaschema.json",
    "openapi_schema_validator/schemas/oas3.1/vocabularies/base",
)
#: OpenAPI 3.1's own schema, joined with the dialect of the schemas in a document.
_OPENAPI_31 = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$ref": "https://spec.openapis.org/oas/3.1/schema/2022-10-07",
    "properties": {"jsonSchemaDialect": _DIALECT},
    "$defs": {
        "schema": {
            "$dynamicAnchor": "meta",
            "$ref": "https://spec.openapis.org/oas/3.1/dialect/base",
            "properties": {"$schema": _DIALECT},
        }
    },
}


def problems(document: Mapping[str, Any]) -> list[str]:
    """All problems of a document, each with its place.

    The place is a JSON pointer into the document (`#/paths/~1activity/get`). Some of what OpenAPI
    allows is a problem here: an undefined security scheme, a reference that leaves the document.
    """
    # Each of these checks relies on the ones before it.
    found = (
        list(_reference_problems(document))
        or breaches(_validator(str(document["openapi"])[:3]), document)
        or list(_kind_problems(document))
        or list(_endless_problems(document))
        or list(_default_problems(document))
    )
    return found + list(_operation_problems(document))


def breaches(validator: Any, value: Any) -> list[str]:
    """How a value breaks the schema of a validator: the place, and the broken keyword."""
    causes = map(_cause, validator.iter_errors(value))
    return [f"#{pointer(cause.instance_path)}: {_shortened(cause.message)}" for cause in causes]


def _cause(error: Any) -> Any:
    """The real cause of an error: in `anyOf` and `oneOf`, that of the branch that fits best."""
    while branches := [branch for branch in getattr(error.kind, "context", ()) if branch]:
        best = max(branches, key=lambda branch: max(len(item.instance_path) for item in branch))
        error = max(best, key=lambda item: len(item.instance_path))
    return error


def _shortened(message: str) -> str:
    # The further lines quote OpenAPI's schema and the instance.
    line = message.splitlines()[0]
    return line if len(line) <= _MESSAGE_LENGTH else line[:_MESSAGE_LENGTH] + "…"


def _reference_problems(document: Mapping[str, Any]) -> Iterator[str]:
    for place, node in references(document):
        try:
            resolve(document, node)
        except LookupError as error:
            yield f"{place}: the reference {node['$ref']!r} {error.args[0]}"


@cache
def _validator(version: str) -> Any:
    openapi_30, openapi_31, dialect, vocabulary = map(_packaged, _SCHEMAS)
    resources = [(schema["$id"], schema) for schema in (openapi_31, dialect, vocabulary)]
    unchecked: dict[str, Callable[[str], bool]] = {name: lambda _: True for name in _UNCHECKED}
    return jsonschema_rs.validator_for(
        openapi_30 if version == "3.0" else _OPENAPI_31,
        registry=jsonschema_rs.Registry(resources),
        validate_formats=True,
        formats=unchecked | {"regex": _is_regex},
    )


def _packaged(path: str) -> Any:
    """A JSON file of a package. To import the package would take a sixth of the generation."""
    name = path.partition("/")[0]
    return json.loads(Path(str(distribution(name).locate_file(path))).read_text("utf-8"))


def _is_regex(text: str) -> bool:
    """Whether Python reads a regular expression; JavaScript has some that Python does not."""
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _kind_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """References to what may not be in their place, such as a response as a parameter."""
    try:
        yield from breaches(_validator(str(document["openapi"])[:3]), inlined(document))
    except LookupError as error:
        reason, holder = error.args
        place = next(place for place, node in references(document) if node is holder)
        yield f"{place}: the reference {holder['$ref']!r} {reason}"


def _endless_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """Schemas that are parts of themselves, so that no value can be checked against them."""
    places: dict[int, str] = {}
    parts: dict[int, list[int]] = {}
    for place, schema in objects(document):
        places[id(schema)] = place
        within = [part for key in ("allOf", "anyOf", "oneOf") for part in as_array(schema.get(key))]
        parts[id(schema)] = [id(resolve(document, part)) for part in within]
    try:
        TopologicalSorter(parts).prepare()
    except CycleError as error:
        yield f"{places[error.args[1][0]]}: the schema contains itself without end"


def _default_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """Defaults that their own schemas do not allow."""
    for place, schema in objects(document):
        if "default" in schema and "/variables/" not in place:
            # With references, the document is the root. Its own keys do not act as keywords.
            root: Mapping[str, Any] = document if any(references(schema)) else {}
            validator = _value_validator(document, {**root, "allOf": [schema]})
            for error in list(validator.iter_errors(schema["default"]))[-1:]:
                yield f"{place}/default: {_shortened(error.message)}"


def _value_validator(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    # Imported on first use: few documents have defaults, and the import is slow.
    from openapi_schema_validator import OAS30Validator, OAS31Validator, oas31_format_checker

    validator: Any = OAS30Validator if str(document["openapi"])[:3] == "3.0" else OAS31Validator
    return validator(schema, format_checker=oas31_format_checker)


def _operation_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """What OpenAPI's schema does not see in the operations."""
    # An operationId may have any type here: another check reports it.
    named = [operation for *_, operation in operations(document) if "operationId" in operation]
    ids = Counter(str(operation["operationId"]) for operation in named)
    yield from _security_problems(document, document, "#")
    for place, path, item, operation in operations(document):
        operation_id = operation.get("operationId")
        if operation_id is not None and ids[str(operation_id)] > 1:
            yield f"{place}/operationId: {operation_id!r} is another operation's, too; rename one"
        yield from _security_problems(document, operation, place)
        yield from _parameter_problems(document, f"{place}/parameters", path, [item, operation])


def _security_problems(
    document: Mapping[str, Any], owner: Mapping[str, Any], place: str
) -> Iterator[str]:
    for requirement in as_array(owner.get("security")):
        for name in sorted(as_object(requirement).keys() - security_schemes(document).keys()):
            yield f"{place}/security: the security scheme {name!r} is not defined"


def _parameter_problems(
    document: Mapping[str, Any], place: str, path: str, owners: list[dict[str, Any]]
) -> Iterator[str]:
    in_path: set[str] = set()
    for owner in owners:
        seen: set[tuple[str, str]] = set()
        for declared in as_array(owner.get("parameters")):
            try:
                parameter = as_object(resolve(document, declared))
            except LookupError:
                continue  # `_reference_problems` reports it
            where, name = str(parameter.get("in")), str(parameter.get("name"))
            if (where, name) in seen:
                yield f"{place}: the {where} parameter {name!r} is declared twice"
            seen.add((where, name))
        in_path |= {name for where, name in seen if where == "path"}
    in_template = set(re.findall(r"\{([^{}]*)\}", path))
    for name in sorted(in_template - in_path):
        yield f"{place}: the path parameter {name!r} of {path} is not declared"
    for name in sorted(in_path - in_template):
        yield f"{place}: the path parameter {name!r} does not occur in {path}"
