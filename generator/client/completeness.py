"""The completeness check: whether everything in a document reaches the views of its package.

openapi-python-client leaves out in silence what it does not know. This check does not ask it, but
compares the document with what the templates are about to show.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_python_client.parser.properties import ModelProperty

from generator.client.normalise.enums import class_values
from generator.client.normalise.keywords import OF_OBJECTS
from generator.client.normalise.outermost_schemas import outermost_schemas
from generator.client.normalise.pointers import inner_schemas
from generator.client.operations.representations import has_no_body
from generator.client.operations.requests import is_ignored
from generator.client.schemas.types import component_of, members_of
from generator.client.views.docstrings import as_written, raw
from generator.client.views.package import PackageView
from generator.spec.operations import operations, parameters
from generator.spec.references import inlined
from generator.spec.values import as_array, as_object

#: Places where the client may have no class: schemas without a reference, `patternProperties`.
_OF_ANY_NAME = re.compile(r"(?<!/properties)/([$]defs|definitions|patternProperties)/")


def missing(document: Mapping[str, Any], normal: Mapping[str, Any], view: PackageView) -> list[str]:
    """The parts of the document that the package would lack, each with its place.

    Every operation has a method with its parameters, its body, and each documented response; every
    schema has a class with its properties or values. The commands follow from these at run time.

    Args:
        document: The document.
        normal: The document as the parser got it.
        view: The views of the package.
    """
    document = inlined(document)
    return [
        *_missing_operations(document, view),
        *_missing_schemas(document, view),
        *_missing_classes(normal, view),
    ]


def _missing_operations(document: Mapping[str, Any], view: PackageView) -> Iterator[str]:
    """The parts of operations without a method, argument or response."""
    by_place = {(item.path, item.method): item for item in view.operations}
    for place, path, item, data in operations(document):
        operation = by_place.get((path, place.rpartition("/")[2].upper()))
        if operation is None:
            yield f"{place}: the operation has no method"
            continue
        sent = {
            (parameter.location, as_written(parameter.name))
            for parameter in [*operation.positional, *operation.keyword]
        }
        for parameter in parameters(item, data):
            if (parameter["in"], parameter["name"]) not in sent and not is_ignored(parameter):
                yield f"{place}/parameters: the parameter {parameter['name']!r} is not sent"
        bodies = {body.media_type for body in operation.bodies.found}
        for media_type in data.get("requestBody", {}).get("content", {}):
            if media_type not in bodies:
                yield f"{place}/requestBody: a body of {media_type} is not sent"
        read = {item.pattern: item.media_types for item in [*operation.success, *operation.errors]}
        for status, response in data.get("responses", {}).items():
            if status not in read:
                yield f"{place}/responses/{status}: the response is not read"
            elif not has_no_body(operation.method.lower(), status):
                for media_type in response.get("content", {}):
                    if media_type not in read[status]:
                        yield f"{place}/responses/{status}: a body of {media_type} is not read"


def _missing_classes(normal: Mapping[str, Any], view: PackageView) -> Iterator[str]:
    """The parts of normalised components without a class, property or value: parser omissions."""
    classes = {component_of(model): _members(model) for model in view.parsed.models}
    classes |= {component_of(enum): {*enum.values.values()} for enum in view.parsed.enums}
    for name, schema in as_object(normal["components"]["schemas"]).items():
        wanted = {*map(as_written, schema.get("properties", ())), *schema.get("enum", ())}
        if wanted and name not in classes:
            yield f"#/components/schemas: the schema has no class {name}"
        for lost in sorted(wanted - classes.get(name, wanted), key=str):
            yield f"#/components/schemas: {lost!r} is not in the class {name}"


def _missing_schemas(document: Mapping[str, Any], view: PackageView) -> Iterator[str]:
    """The parts of the document's schemas that are in no class: what normalising has dropped."""
    members = [_members(model) for model in view.parsed.models]
    values = {value for enum in view.parsed.enums for value in enum.values.values()}
    with_member = defaultdict[Any, list[set[Any]]](list)
    for names in members:
        for name in names:
            with_member[name].append(names)
    for holder, key, outer, _ in outermost_schemas(document):
        for place, schema in inner_schemas(holder[key], outer):
            if _OF_ANY_NAME.search(place):
                continue
            wanted = _properties(schema)
            for name in as_array(schema.get("required")):
                if name not in wanted and as_written(name) != name:
                    yield f"{place}: {name!r} is in no class"
            # A class may have more members than its schema: those of the schemas merged with it.
            found = min((with_member[name] for name in wanted), key=len, default=list[set[Any]]())
            if wanted and not any(wanted <= names for names in found):
                nearest = max(
                    found or members, key=lambda names: len(wanted & names), default=set[Any]()
                )
                for lost in sorted(wanted - nearest):
                    yield f"{place}: {lost!r} is in no class"
            # Another part of an `allOf` may allow fewer values of the enum.
            if "enum" in schema and "const" not in schema and "/allOf/" not in place:
                for lost in sorted(class_values(schema) - values, key=str):
                    yield f"{place}: {lost!r} is in no class"


def _members(model: ModelProperty) -> set[Any]:
    return {as_written(raw(member.name)) for member in members_of(model)}


def _properties(schema: Mapping[str, Any]) -> set[Any]:
    """The properties that an object may have, also under a condition."""
    if "object" not in schema.get("type", "object"):
        return set()  # an array or a scalar has no properties, whatever the document says
    conditions = [schema, schema.get("then"), schema.get("else")]
    conditions += as_object(schema.get("dependentSchemas")).values()
    if not schema.keys() & {"type", *OF_OBJECTS}:
        conditions = []  # a condition does not make an object
    return {
        name
        for part in conditions
        for name, inner in as_object(as_object(part).get("properties")).items()
        if inner is not False
    }
