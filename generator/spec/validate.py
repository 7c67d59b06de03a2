"""Say what keeps a document from being valid OpenAPI, each problem with its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

import jsonschema_rs
from openapi_schema_validator import (
    OAS30Validator,
    OAS31Validator,
    oas31_format_checker,
    validators,
)
from openapi_spec_validator import schemas as openapi_schemas

from generator.spec.operations import IGNORED_HEADERS, operations
from generator.spec.references import objects, pointer, references, resolve
from generator.spec.values import as_array, as_object, is_object

_MESSAGE_LENGTH = 300
_DIALECTS = {
    "https://spec.openapis.org/oas/3.1/dialect/base",
    "https://json-schema.org/draft/2020-12/schema",
}


def problems(document: Mapping[str, Any]) -> list[str]:
    """All problems of a document, each with its place.

    The place is a JSON pointer into the document (`#/paths/~1activity/get`). Some of what OpenAPI
    allows is a problem here: an undefined security scheme, a header parameter that OpenAPI ignores,
    an operation without operationId, a reference that leaves the document.
    """
    found = list(_reference_problems(document))
    if not found:
        # The following checks rely on references, and on each other in this order.
        found += _structure_problems(document)
        if not found:
            found += _schema_problems(document) or _default_problems(document)
            found += _endless_problems(document)
    return found + list(_path_problems(document))


def _reference_problems(document: Mapping[str, Any]) -> Iterator[str]:
    for place, node in references(document):
        try:
            resolve(document, node)
        except LookupError as error:
            yield f"{place}: the reference {node['$ref']!r} {error.args[0]}"


def _structure_problems(document: Mapping[str, Any]) -> list[str]:
    """Where the document breaks OpenAPI's own schema."""
    validator = _structure_validator(str(document["openapi"])[:3])
    return _problems(validator, document, "#")


@cache
def _structure_validator(version: str) -> Any:
    own: Any = openapi_schemas
    schema = own.schema_v30 if version == "3.0" else own.schema_v31
    return jsonschema_rs.validator_for(dict(schema), validate_formats=False)


def _schema_problems(document: Mapping[str, Any]) -> list[str]:
    """Where a schema breaks the schema of schemas; OpenAPI 3.0 has that in its own schema."""
    found: list[str] = []
    holders = [("#/components/schemas", as_object(document.get("components")).get("schemas"))]
    holders += [
        (place, {"schema": node["schema"]}) for place, node in objects(document) if "schema" in node
    ]
    for place, schemas in holders:
        for name, schema in as_object(schemas).items():
            found += _problems(_schema_validator(), schema, f"{place}{pointer([name])}")
    for place, node in objects(document):
        dialect = node.get("$schema", node.get("jsonSchemaDialect"))
        if dialect is not None and dialect not in _DIALECTS:
            found.append(f"{place}: unknown JSON Schema dialect: {dialect!r}")
    return found


@cache
def _schema_validator() -> Any:
    """The schema of OpenAPI 3.1's schemas, with Python's regular expressions as `pattern`."""
    known: Any = cast("Any", validators).OPENAPI_SPECIFICATIONS

    def is_regex(text: str) -> bool:
        try:
            re.compile(text)
        except re.error:  # one that only JavaScript has, perhaps
            return False
        return True

    return jsonschema_rs.validator_for(
        dict(OAS31Validator.META_SCHEMA),
        registry=jsonschema_rs.Registry([(uri, known.contents(uri)) for uri in known]),
        validate_formats=True,
        formats={"regex": is_regex},
    )


def _default_problems(document: Mapping[str, Any]) -> list[str]:
    """Defaults that their own schemas do not allow."""
    validate: Any = OAS30Validator if str(document["openapi"])[:3] == "3.0" else OAS31Validator
    found: list[str] = []
    for place, schema in objects(document):
        if "default" not in schema or "/variables/" in place:
            continue
        # With references, the document is the root. Its own keys do not act as keywords.
        root: Mapping[str, Any] = document if any(references(schema)) else {}
        validator = validate({**root, "allOf": [schema]}, format_checker=oas31_format_checker)
        found += [
            f"{place}/default: {_shortened(error.message)}"
            for error in validator.iter_errors(schema["default"])
        ]
    return found


def _endless_problems(document: Mapping[str, Any]) -> list[str]:
    """Schemas that are parts of themselves, so that no value can be checked against them."""
    schemas = as_object(as_object(document.get("components")).get("schemas"))
    finished: set[int] = set()

    def is_endless(schema: Any, open_schemas: frozenset[int]) -> bool:
        schema = resolve(document, schema)
        if not is_object(schema) or id(schema) in finished:
            return False
        if id(schema) in open_schemas:
            return True
        inner = open_schemas | {id(schema)}
        parts = [part for key in ("allOf", "anyOf", "oneOf") for part in as_array(schema.get(key))]
        found = any(is_endless(part, inner) for part in parts)
        finished.add(id(schema))
        return found

    if any(is_endless(schema, frozenset()) for schema in schemas.values()):
        return ["#/components: schemas contain each other without end"]
    return []


def _problems(validator: Any, instance: Any, place: str) -> list[str]:
    causes = [_cause(error) for error in validator.iter_errors(instance)]
    return [
        f"{place}{pointer(cause.instance_path)}: {_shortened(cause.message)}" for cause in causes
    ]


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


def _path_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """What OpenAPI's schema does not see in the paths and their operations."""
    operation_ids = Counter(
        str(operation["operationId"])
        for _, _, _, operation in operations(document)
        if "operationId" in operation
    )
    schemes = as_object(as_object(document.get("components")).get("securitySchemes"))
    yield from _security_problems(document, schemes, "#")
    for path in as_object(document.get("paths")):
        if not path.startswith(("/", "x-")):
            yield f"#/paths{pointer([path])}: the path does not begin with a slash"
    for place, path, item, operation in operations(document):
        operation_id = operation.get("operationId")
        if operation_id is None:
            yield f"{place}: the operation has no operationId"
        elif operation_ids[str(operation_id)] > 1:
            yield f"{place}: another operation has the operationId {operation_id!r}, too"
        yield from _security_problems(operation, schemes, place)
        yield from _parameter_problems(document, place, path, item, operation)


def _security_problems(
    owner: Mapping[str, Any], schemes: Mapping[str, Any], place: str
) -> Iterator[str]:
    for requirement in as_array(owner.get("security")):
        for name in as_object(requirement):
            if name not in schemes:
                yield f"{place}/security: the security scheme {name!r} is not defined"


def _parameter_problems(
    document: Mapping[str, Any],
    place: str,
    path: str,
    item: dict[str, Any],
    operation: dict[str, Any],
) -> Iterator[str]:
    in_path: set[str] = set()
    for owner in (item, operation):
        seen: set[tuple[str, str]] = set()
        for declared in as_array(owner.get("parameters")):
            try:
                parameter = as_object(resolve(document, declared))
            except LookupError:
                continue  # `_reference_problems` says so
            where, name = str(parameter.get("in")), str(parameter.get("name"))
            if (where, name) in seen:
                yield f"{place}/parameters: the {where} parameter {name!r} is declared twice"
            seen.add((where, name))
            if where == "header" and name.lower() in IGNORED_HEADERS:
                yield f"{place}/parameters: OpenAPI ignores the header parameter {name!r}"
            if where == "path":
                in_path.add(name)
    in_template = set(re.findall(r"\{([^{}]*)\}", path))
    for name in sorted(in_template - in_path):
        yield f"{place}/parameters: the path parameter {name!r} of {path} is not declared"
    for name in sorted(in_path - in_template):
        yield f"{place}/parameters: the path parameter {name!r} does not occur in {path}"
