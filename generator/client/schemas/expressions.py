"""The expressions that decode and encode the values of a schema."""

from __future__ import annotations

from collections.abc import Container
from enum import Enum, auto

from attrs import frozen
from openapi_python_client.parser.properties import AnyProperty, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from generator.client.schemas.discriminators import DiscriminatedUnion
from generator.client.schemas.scalars import SCALARS
from generator.client.schemas.types import (
    additional_type,
    has_parts,
    is_dict,
    sole_type,
    types_in,
    unsupported,
    without_null,
)


class Fit(Enum):
    """How well a value must fit the type of a property."""

    ALONE = auto()
    #: As an option of a union, if no option fits the value exactly.
    LOOSE = auto()
    #: As an option of a union: what is written back is what came, and an enum knows its value.
    EXACT = auto()


def decoder(prop: PropertyProtocol, fit: Fit = Fit.ALONE) -> str:
    """An expression for the function that checks a JSON value and returns the Python value."""
    match prop:
        case ConstProperty():
            return f"decode.const({prop.value.raw_value!r})"
        case EnumProperty():
            function = "unions.member" if fit is Fit.EXACT else "decode.enum"
            return f"{function}({prop.class_info.name})"
        case FileProperty():
            return "_files.File.of"
        case ListProperty():
            return f"decode.array({decoder(prop.inner_property, fit)})"
        case ModelProperty() if is_dict(prop):
            return f"decode.mapping({decoder(additional_type(prop), fit)})"
        case ModelProperty():
            return f"{prop.class_info.name}.from_dict"
        case UnionProperty():
            options, nullable = without_null(prop)
            inner = decoder(options[0], fit) if len(options) == 1 else _one_of(options, fit)
            if isinstance(prop, DiscriminatedUnion):
                inner = _discriminated(prop, inner)
            return f"decode.nullable({inner})" if nullable else inner
        case _ if type(prop) in SCALARS:
            return _scalar_decoder(prop, fit)
        case _:
            raise unsupported(prop)


def _one_of(options: list[PropertyProtocol], fit: Fit) -> str:
    # Leave out options that take any value: no option after them would be tried.
    exact = [option for option in options if not isinstance(option, AnyProperty)]
    found = [decoder(option, Fit.EXACT) for option in exact]
    if fit is not Fit.EXACT:
        found += [decoder(option, Fit.LOOSE) for option in options]
    return f"decode.one_of({', '.join(dict.fromkeys(found))})"


def _discriminated(prop: DiscriminatedUnion, otherwise: str) -> str:
    choices = (f"{value!r}: {decoder(choice)}" for value, choice in prop.choices.items())
    return f"unions.discriminated({prop.member!r}, {{{', '.join(choices)}}}, {otherwise})"


def _scalar_decoder(prop: PropertyProtocol, fit: Fit) -> str:
    scalar = SCALARS[type(prop)]
    # In a union, a time is never read as its day.
    exact = fit is Fit.EXACT or (fit is Fit.LOOSE and isinstance(prop, DateProperty))
    function = f"decode.{scalar.function}"
    return f"unions.lossless({function})" if scalar.loses and exact else function


def slow_path(prop: PropertyProtocol) -> str | None:
    """The condition on which ``value`` takes the slow path, through the decoder.

    It is empty if no value does, and None if every value does. ``value`` is UNSET if the property
    is optional and absent.
    """
    scalar = SCALARS.get(type(sole_type(prop)))
    condition = scalar.slow_path if scalar else None
    if condition and isinstance(prop, UnionProperty) and without_null(prop)[1]:
        condition = _unless("value is not None", condition)
    if condition and not prop.required:
        condition = _unless("value is not UNSET", condition)
    return condition


def _unless(condition: str, slow: str) -> str:
    return f"{condition} and ({slow})" if " or " in slow else f"{condition} and {slow}"


@frozen
class StructMember:
    """A member of a struct, which msgspec reads.

    Attributes:
        type: The member's type, as an expression; ``struct(X)`` is the struct of the model X.
        decoded: The expression for the decoded value, from the struct ``data``.
    """

    type: str
    decoded: str


def struct_member(prop: PropertyProtocol, structs: Container[str]) -> StructMember | None:
    """A member of a model, as a member of the model's struct.

    Args:
        prop: The member.
        structs: The names of the classes that have a struct.

    Returns:
        None if the member can be null or absent and is not what msgspec returns.
    """
    source = f"data.{prop.python_name}"
    plain = _struct_type(prop)
    if plain:
        return StructMember(plain, source)
    if not prop.required:
        return None
    match prop:
        case DateProperty():
            return StructMember("str", f"decode.DATES.get({source}) or decode.date({source})")
        case ModelProperty() if prop.class_info.name in structs:
            name = prop.class_info.name
            return StructMember(f"struct({name})", f"{name}.__from_struct__({source})")
        case ListProperty(inner_property=ModelProperty() as inner) if (
            not is_dict(inner) and inner.class_info.name in structs
        ):
            name = inner.class_info.name
            # A list around the struct means a list of structs.
            return StructMember(
                f"[struct({name})]", f"decode.models({source}, {name}.__from_struct__)"
            )
        case _:
            return StructMember("Any", f"{decoder(prop)}({source})")


def _struct_type(prop: PropertyProtocol) -> str | None:
    match prop:
        case ListProperty():
            inner = _struct_type(prop.inner_property)
            return inner and f"list[{inner}]"
        case UnionProperty():
            options, nullable = without_null(prop)
            inner = _struct_type(options[0]) if len(options) == 1 else None
            return f"{inner} | None" if inner and nullable else inner
        case _ if type(prop) in SCALARS:
            return SCALARS[type(prop)].struct_type
        case _:
            return None


def _is_json(prop: PropertyProtocol) -> bool:
    scalar = SCALARS.get(type(prop))
    return isinstance(prop, ConstProperty) or (scalar is not None and scalar.is_json)


def _has_files(prop: PropertyProtocol) -> bool:
    """Whether a value may be or contain a file. Only a multipart body sends such values."""
    return any(
        isinstance(part, FileProperty)
        or (isinstance(part, ListProperty) and _has_files(part.inner_property))
        for part in types_in(prop)
    )


def encoder(prop: PropertyProtocol, source: str, *, optional: bool) -> str:
    """An expression for the JSON value of ``source``, which may be UNSET if it is optional."""
    match prop:
        case _ if _is_json(prop) or _has_files(prop):
            return source
        case _ if optional:
            return f"encode.json_value({source})"
        case ModelProperty() if not is_dict(prop):
            return f"{source}.to_dict()"
        case DateProperty():
            return f"decode.TEXTS[{source}]"
        case ListProperty() if _is_json(prop.inner_property):
            return source
        case ListProperty():
            inner = encoder(prop.inner_property, "item", optional=False)
            return f"[{inner} for item in {source}]"
        case _:
            return f"encode.json_value({source})"


def _rank(prop: PropertyProtocol) -> int:
    """The rank of an option of a union: a time is sent as its day only if nothing else fits."""
    match prop:
        case ListProperty():
            return _rank(prop.inner_property)
        case DateTimeProperty() | UuidProperty():
            return 1
        case DateProperty():
            return 2
        case _:
            return 0  # a string is sent as it is


def parameter_encoder(prop: PropertyProtocol) -> str:
    """An expression for the function that writes an argument into a URL or a header."""
    match prop:
        case ConstProperty():
            return f"encode.const({prop.value.raw_value!r})"
        case EnumProperty():
            return f"encode.enum({prop.class_info.name})"
        case ListProperty():
            return f"encode.array({_item_encoder(prop.inner_property)})"
        case ModelProperty():
            return "_styles.members"
        case UnionProperty():
            options = sorted(without_null(prop)[0], key=_rank)
            inner = ", ".join(parameter_encoder(option) for option in options)
            return inner if len(options) == 1 else f"encode.one_of({inner})"
        case _ if type(prop) in SCALARS:
            return f"encode.{SCALARS[type(prop)].function}"
        case _:
            raise unsupported(prop)


def _item_encoder(prop: PropertyProtocol) -> str:
    return "_styles.json_text" if has_parts(prop) else parameter_encoder(prop)
