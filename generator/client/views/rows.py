"""Find the rows of a response: what a command writes as a table."""

from __future__ import annotations

from collections.abc import Container, Iterable

from attrs import define, field, frozen
from openapi_python_client.parser.properties import Class, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty

from generator.client.scalars import SCALARS
from generator.client.types import is_dict, sole_type, without_null
from generator.client.views.docstrings import raw
from generator.client.views.models import members_in_order


@frozen
class RowClass:
    """A class whose instances are rows: the constant of its columns, and what each has."""

    info: Class
    constant: str
    kinds: list[tuple[str, str]]


@define
class Rows:
    """The rows of an operation's responses, by the names of their classes.

    Attributes:
        envelopes: The classes that wrap rows: the class, its attribute with the rows, and the name
            of that attribute in JSON.
        classes: The classes of the rows.
    """

    envelopes: dict[str, tuple[Class, str, str]] = field(factory=dict[str, tuple[Class, str, str]])
    classes: dict[str, RowClass] = field(factory=dict[str, RowClass])


def find_rows(bodies: Iterable[PropertyProtocol], contained: Container[str]) -> Rows:
    """Find the rows in the bodies of responses.

    Args:
        bodies: The bodies.
        contained: The names of the classes that are part of another class.
    """
    rows = Rows()
    for body in bodies:
        models = _models_of(body.inner_property if isinstance(body, ListProperty) else body)
        for model in models:
            member = None if isinstance(body, ListProperty) else _rows_in(model, contained)
            if member is None:
                _add(rows, model)
                continue
            info = model.class_info
            rows.envelopes[str(info.name)] = info, str(member.python_name), raw(member.name)
            for row in _models_of(member.inner_property):
                _add(rows, row)
    return rows


def _add(rows: Rows, model: ModelProperty) -> None:
    info = model.class_info
    kinds = [(raw(member.name), _kind(member)) for member in members_in_order(model)]
    constant = f"_{info.module_name}_columns".upper()
    rows.classes[str(info.name)] = RowClass(info, constant, kinds)


def _models_of(prop: PropertyProtocol) -> list[ModelProperty]:
    """The models that a property may be, beside null; none if it may be anything else."""
    match prop:
        case ModelProperty() if not is_dict(prop):
            return [prop]
        case UnionProperty():
            found = [_models_of(option) for option in without_null(prop)[0]]
            return [model for group in found for model in group] if all(found) else []
        case _:
            return []


def _rows_in(model: ModelProperty, contained: Container[str]) -> ListProperty | None:
    """The member of a model that has the rows, if the model is only an envelope of them.

    An envelope is part of no other class. Beside one array of objects it has plain values only, for
    example a count or the next page. A model with more members is a row itself.
    """
    if str(model.class_info.name) in contained:
        return None
    found: list[ListProperty] = []
    for member in map(sole_type, members_in_order(model)):
        if isinstance(member, ListProperty) and _models_of(member.inner_property):
            found.append(member)
        elif isinstance(member, ListProperty | ModelProperty | UnionProperty):
            return None
    return found[0] if len(found) == 1 else None


def _kind(prop: PropertyProtocol) -> str:
    """What a column of the property has."""
    prop = sole_type(prop)
    match prop:
        case EnumProperty():
            return "integer" if prop.value_type is int else "text"
        case ConstProperty():
            value = prop.value.raw_value
            if isinstance(value, bool):
                return "boolean"
            return "integer" if isinstance(value, int) else "text"
        case UnionProperty():
            inner = {_kind(option) for option in prop.inner_properties}
            return "number" if inner <= {"integer", "number"} else "text"
        case _:
            return SCALARS[type(prop)].column if type(prop) in SCALARS else "text"
