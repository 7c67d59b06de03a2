"""Which members of a model are there in requests, in responses, and without a declaration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import define, evolve, field
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from generator.client.schemas.property_names import property_schemas
from generator.client.schemas.types import additional_type, classes_in, members_of
from generator.spec.references import resolve
from generator.spec.values import as_array, as_object


@define
class Presence:
    """The members of a class that are not simply required or optional.

    Attributes:
        optional: The members that may be left out, although ``from_dict`` demands them: they are
            read-only, and the class is also used in requests.
        demanded: The members that may not be left out, although ``from_dict`` does not demand them:
            they are write-only, and the class is also used in responses.
        undeclared: The required members that the document does not declare.
    """

    optional: set[str] = field(factory=set[str])
    demanded: set[str] = field(factory=set[str])
    undeclared: list[str] = field(factory=list[str])


def find_presences(
    document: Mapping[str, Any], data: GeneratorData, renamed: Mapping[str, str]
) -> dict[str, Presence]:
    """The presence of the members of each class. Corrects which members are required.

    Args:
        document: The document that the parser read.
        data: What the parser made of it.
        renamed: The own names of properties that have another name in the document.
    """
    endpoints = [
        endpoint
        for collection in data.endpoint_collections_by_tag.values()
        for endpoint in collection.endpoints
    ]
    sent = _reachable(prop for endpoint in endpoints for prop in endpoint.list_all_parameters())
    received = _reachable(response.prop for item in endpoints for response in item.responses)
    found: dict[str, Presence] = {}
    for model in data.models:
        name = str(model.class_info.name)
        schema = json.loads(model.data.model_dump_json(by_alias=True, exclude_unset=True))
        presence = found[name] = Presence()
        members = members_of(model)
        names = {member.name.get_untrusted_value() for member in members}
        required = dict.fromkeys(_required(document, schema))
        presence.undeclared = [item for item in required if item not in names]
        if name in sent:
            _one_way(document, schema, model, presence.optional, "readOnly", both=name in received)
        if name in received:
            _one_way(document, schema, model, presence.demanded, "writeOnly", both=name in sent)
        presence.optional = {renamed.get(item, item) for item in presence.optional}
        presence.demanded = {renamed.get(item, item) for item in presence.demanded}
    return found


def _one_way(
    document: Mapping[str, Any],
    schema: Mapping[str, Any],
    model: ModelProperty,
    found: set[str],
    keyword: str,
    *,
    both: bool,
) -> None:
    """Find the required members of a model that have a keyword."""
    marked = {
        name
        for name, inner in property_schemas(document, schema)
        if as_object(inner).get(keyword) or as_object(resolve(document, inner)).get(keyword)
    }
    required = model.required_properties or []
    chosen = [item for item in required if item.name.get_untrusted_value() in marked]
    if both:
        found |= {item.name.get_untrusted_value() for item in chosen}
    if chosen and (not both or keyword == "writeOnly"):
        names = {id(item) for item in chosen}
        model.required_properties = [item for item in required if id(item) not in names]
        # A copy, because a model that inherits the member has the same object.
        freed = [evolve(item, required=False) for item in chosen]
        model.optional_properties = [*(model.optional_properties or []), *freed]


def _required(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """The names that a schema requires, those of its `allOf` included."""
    for part in as_array(schema.get("allOf")):
        yield from _required(document, as_object(resolve(document, part)))
    yield from as_array(schema.get("required"))


def _reachable(properties: Iterable[PropertyProtocol]) -> set[str]:
    """The classes of the models that properties contain, at any depth."""
    found: set[str] = set()
    waiting = [*properties]
    while waiting:
        for item in classes_in(waiting.pop()):
            if isinstance(item, ModelProperty) and item.class_info.name not in found:
                found.add(str(item.class_info.name))
                waiting += [*members_of(item), additional_type(item)]
    return found
