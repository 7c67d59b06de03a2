"""The Python code that stands for a schema: its annotation, its decoder and its encoder.

openapi-python-client parses the document into properties; the functions here turn a property into
an expression, and the templates only place it. Every expression is made of names that the parser
has made valid identifiers and of literals that it has escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openapi_python_client.parser.properties import (
    AnyProperty,
    EnumProperty,
    ModelProperty,
)
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ANY_ADDITIONAL_PROPERTY
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from generator.errors import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from openapi_python_client.parser.properties.protocol import PropertyProtocol

#: The function of the same name in the package's ``_decode`` and ``_encode`` modules.
_SCALARS: dict[type[PropertyProtocol], str] = {
    AnyProperty: "anything",
    BooleanProperty: "boolean",
    DateProperty: "date",
    DateTimeProperty: "date_time",
    FloatProperty: "number",
    IntProperty: "integer",
    NoneProperty: "null",
    StringProperty: "string",
    UuidProperty: "uuid",
}

#: For a decoder that takes most values as they are: what is true of ``value`` where it has more to
#: do, be it to refuse it.
_DOUBTS: dict[type[PropertyProtocol], str] = {
    AnyProperty: "",
    BooleanProperty: "value is not True and value is not False",
    DateProperty: "type(value) is not str or (value := decode.DAYS.get(value)) is None",
    FloatProperty: "type(value) is not int and not (type(value) is float and isfinite(value))",
    IntProperty: "type(value) is not int",
    StringProperty: "type(value) is not str",
}

#: The type by which msgspec checks as much as the decoder does.
_STRUCT_TYPES: dict[type[PropertyProtocol], str] = {
    AnyProperty: "Any",
    BooleanProperty: "bool",
    FloatProperty: "int | float",
    IntProperty: "int",
    StringProperty: "str",
}

#: What JSON holds as it is, so that ``to_dict`` has nothing to do.
_JSON_SCALARS = (BooleanProperty, ConstProperty, FloatProperty, IntProperty, StringProperty)


def _additional(prop: ModelProperty) -> PropertyProtocol:
    return prop.additional_properties or ANY_ADDITIONAL_PROPERTY


def is_dict(prop: ModelProperty) -> bool:
    """Whether an object is better a dict than a class: it has no member of a known name."""
    if prop.required_properties or prop.optional_properties or not prop.additional_properties:
        return False
    # A class may hold itself, which a type that is written out cannot.
    return not _holds_class(prop.additional_properties)


def _holds_class(prop: PropertyProtocol) -> bool:
    match prop:
        case ModelProperty():
            return bool(prop.required_properties or prop.optional_properties) or not isinstance(
                prop.additional_properties, AnyProperty
            )
        case ListProperty():
            return _holds_class(prop.inner_property)
        case UnionProperty():
            return any(map(_holds_class, prop.inner_properties))
        case _:
            return False


def _options(prop: UnionProperty) -> tuple[list[PropertyProtocol], bool]:
    """The options of a union, null apart."""
    options = [inner for inner in prop.inner_properties if not isinstance(inner, NoneProperty)]
    return options, len(options) < len(prop.inner_properties)


def annotation(prop: PropertyProtocol) -> str:
    """The type of the decoded value.

    An enum stands beside the plain type, because a value that the document does not know is kept as
    it came. An object without named members is a dict.
    """
    match prop:
        case ConstProperty():
            # Not the parser's own literal, which it escapes twice.
            return f"Literal[{prop.value.raw_value!r}]"
        case FileProperty():
            raise GeneratorError(
                f"{prop.name.get_untrusted_value()}: {type(prop).__name__} is not supported here"
            )
        case EnumProperty():
            return f"{prop.class_info.name} | {prop.value_type.__name__}"
        case ListProperty():
            return f"list[{annotation(prop.inner_property)}]"
        case ModelProperty() if is_dict(prop):
            return f"dict[str, {annotation(_additional(prop))}]"
        case UnionProperty():
            options, nullable = _options(prop)
            # Members are taken apart, so that `Kind | str` and `str` make one `str`.
            found = [member for inner in options for member in members(annotation(inner))]
            return " | ".join(dict.fromkeys(found + ["None"] * nullable))
        case _:
            return prop.get_type_string(no_optional=True).as_unembedded_code()


def members(union: str) -> Iterator[str]:
    """The members of a written union; a bar inside brackets separates nothing."""
    depth, start = 0, 0
    for position, character in enumerate(union):
        depth += (character == "[") - (character == "]")
        if depth == 0 and union.startswith(" | ", position):
            yield union[start:position]
            start = position + 3
    yield union[start:]


def parameter_annotation(prop: PropertyProtocol) -> str:
    """The type that a caller may give for a parameter: wider than the decoded value's."""
    match prop:
        case DateProperty() | DateTimeProperty() | UuidProperty():
            return f"{annotation(prop)} | str"
        case ListProperty():
            return f"Sequence[{parameter_annotation(prop.inner_property)}]"
        case UnionProperty():
            options, _ = _options(prop)
            found = [member for inner in options for member in members(parameter_annotation(inner))]
            return " | ".join(dict.fromkeys(found))
        case _:
            return annotation(prop)


def option_annotation(prop: PropertyProtocol) -> str:
    """The type of a command's option: text wherever the client itself reads and checks text."""
    match prop:
        case EnumProperty():
            return prop.value_type.__name__
        case BooleanProperty() | ConstProperty() | FloatProperty() | IntProperty():
            return annotation(prop)
        case ListProperty():
            return f"list[{option_annotation(prop.inner_property)}]"
        case UnionProperty():
            options, _ = _options(prop)
            found = [member for inner in options for member in members(option_annotation(inner))]
            return "str" if "str" in found else " | ".join(dict.fromkeys(found))
        case _:
            return "str"


def decoder(prop: PropertyProtocol) -> str:
    """An expression for the function that checks a JSON value and returns the Python one."""
    match prop:
        case ConstProperty():
            return f"decode.const({prop.value.raw_value!r})"
        case EnumProperty():
            return f"decode.enum({prop.class_info.name})"
        case ListProperty():
            return f"decode.array({decoder(prop.inner_property)})"
        case ModelProperty() if is_dict(prop):
            return f"decode.mapping({decoder(_additional(prop))})"
        case ModelProperty():
            return f"{prop.class_info.name}.from_dict"
        case UnionProperty():
            options, nullable = _options(prop)
            inner = ", ".join(decoder(option) for option in options)
            if len(options) != 1:
                inner = f"decode.one_of({inner})"
            return f"decode.nullable({inner})" if nullable else inner
        case _ if type(prop) in _SCALARS:
            return f"decode.{_SCALARS[type(prop)]}"
        case _:
            raise GeneratorError(
                f"{prop.name.get_untrusted_value()}: {type(prop).__name__} is not supported here"
            )


def doubt(prop: PropertyProtocol) -> str | None:
    """An expression that is true where ``value`` has to go through the decoder.

    It is empty where no value has to, and None where all have to. ``value`` is UNSET if the
    property is optional and absent.
    """
    found = _doubt(prop)
    return found if prop.required or not found else _unless("value is not UNSET", found)


def _doubt(prop: PropertyProtocol) -> str | None:
    if not isinstance(prop, UnionProperty):
        return _DOUBTS.get(type(prop))
    options, nullable = _options(prop)
    found = _doubt(options[0]) if len(options) == 1 else None
    return _unless("value is not None", found) if nullable and found else found


def _unless(condition: str, doubt: str) -> str:
    return f"{condition} and ({doubt})" if " or " in doubt else f"{condition} and {doubt}"


def struct_member(prop: PropertyProtocol, structs: Container[str]) -> tuple[str, str] | None:
    """A member of a struct of msgspec: its type, and an expression for the decoded value.

    The type of a list of structs is written as a list that holds their type.

    Args:
        prop: The property.
        structs: The classes that have a struct.

    Returns:
        None if it can be null or absent and is not what msgspec gives.
    """
    source = f"data.{prop.python_name}"
    plain = _struct_type(prop)
    if plain:
        return plain, source
    if not prop.required:
        return None
    match prop:
        case DateProperty():
            return "str", f"decode.DAYS.get({source}) or decode.date({source})"
        case ModelProperty() if prop.class_info.name in structs:
            return (
                f"struct({prop.class_info.name})",
                f"{prop.class_info.name}.__from_struct__({source})",
            )
        case ListProperty(inner_property=ModelProperty() as inner) if (
            not is_dict(inner) and inner.class_info.name in structs
        ):
            name = inner.class_info.name
            return f"[struct({name})]", f"decode.models({source}, {name}.__from_struct__)"
        case _:
            return "Any", f"{decoder(prop)}({source})"


def _struct_type(prop: PropertyProtocol) -> str | None:
    match prop:
        case ListProperty():
            inner = _struct_type(prop.inner_property)
            return inner and f"list[{inner}]"
        case UnionProperty():
            options, nullable = _options(prop)
            inner = _struct_type(options[0]) if len(options) == 1 else None
            return f"{inner} | None" if inner and nullable else inner
        case _:
            return _STRUCT_TYPES.get(type(prop))


def encoder(prop: PropertyProtocol, source: str, *, optional: bool) -> str:
    """An expression for the JSON value of ``source``, which may be UNSET if it is optional."""
    match prop:
        case _ if isinstance(prop, _JSON_SCALARS):
            return source
        case _ if optional:
            return f"encode.json_value({source})"
        case ModelProperty() if not is_dict(prop):
            return f"{source}.to_dict()"
        case DateProperty():
            return f"{source}.isoformat()"
        case ListProperty() if isinstance(prop.inner_property, _JSON_SCALARS):
            return source
        case ListProperty():
            inner = encoder(prop.inner_property, "item", optional=False)
            return f"[{inner} for item in {source}]"
        case _:
            return f"encode.json_value({source})"


def parameter_encoder(prop: PropertyProtocol) -> str:
    """An expression for the function that writes an argument into a URL or a header."""
    match prop:
        case ConstProperty():
            return f"encode.const({prop.value.raw_value!r})"
        case EnumProperty():
            return f"encode.enum({prop.class_info.name})"
        case ListProperty():
            return f"encode.array({parameter_encoder(prop.inner_property)})"
        case UnionProperty():
            options, _ = _options(prop)
            inner = ", ".join(parameter_encoder(option) for option in options)
            return inner if len(options) == 1 else f"encode.one_of({inner})"
        case _ if type(prop) in _SCALARS:
            return f"encode.{_SCALARS[type(prop)]}"
        case _:
            raise GeneratorError(
                f"{prop.name.get_untrusted_value()}: {type(prop).__name__} is not supported here"
            )


def models_in(prop: PropertyProtocol) -> Iterator[ModelProperty | EnumProperty]:
    """The classes that the expressions for a property name."""
    match prop:
        case ModelProperty() if is_dict(prop):
            yield from models_in(_additional(prop))
        case ModelProperty() | EnumProperty():
            yield prop
        case ListProperty():
            yield from models_in(prop.inner_property)
        case UnionProperty():
            for inner in prop.inner_properties:
                yield from models_in(inner)
        case _:
            pass
