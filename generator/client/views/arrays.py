"""What the templates show of a response that is one array in an object."""

from __future__ import annotations

from attrs import frozen
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from generator.client.schemas.expressions import decoder
from generator.client.schemas.types import annotation, is_dict, members_of, types_in
from generator.client.views.docstrings import raw
from generator.client.views.responses import DocumentedResponse


@frozen
class Array:
    """The array of a response.

    Attributes:
        name: Its member.
        body: The class of the response.
        decoder: The expression for the decoder of an item.
        annotation: The type of an item.
        prop: An item.
    """

    name: str
    body: str
    decoder: str
    annotation: str
    prop: PropertyProtocol


def array(success: list[DocumentedResponse]) -> Array | None:
    """The one array of objects in the one success; beside it, the success has plain values only."""
    if len(success) != 1 or success[0].others:
        return None
    body = success[0].prop
    if not isinstance(body, ModelProperty) or is_dict(body):
        return None
    found: list[tuple[str, PropertyProtocol]] = []
    for member in members_of(body):
        for kind in types_in(member):
            if isinstance(kind, ListProperty) and _has_models(kind):
                found.append((raw(member.name), kind.inner_property))
            elif isinstance(kind, ListProperty | ModelProperty):
                return None
    if len(found) != 1:
        return None
    name, item = found[0]
    return Array(name, annotation(body), decoder(item), annotation(item), item)


def _has_models(prop: ListProperty) -> bool:
    return all(
        isinstance(item, ModelProperty) and not is_dict(item)
        for item in types_in(prop.inner_property)
    )
