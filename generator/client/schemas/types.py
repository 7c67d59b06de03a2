"""The Python types of a document's schemas, as annotations.

openapi-python-client parses the document into properties. An annotation is made of names that its
parser has made valid identifiers, and of literals that it has escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openapi_python_client.parser.properties import AnyProperty, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ANY_ADDITIONAL_PROPERTY
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from generator.errors import GeneratorError


def additional_type(prop: ModelProperty) -> PropertyProtocol:
    """The type of a model's unknown members; a closed model is open here, and keeps them."""
    return prop.additional_properties or ANY_ADDITIONAL_PROPERTY


def members_of(prop: ModelProperty) -> list[PropertyProtocol]:
    """The members of a model, required ones first."""
    return [*(prop.required_properties or []), *(prop.optional_properties or [])]


def component_of(prop: PropertyProtocol) -> str:
    """The name of the component that a class was made of."""
    return prop.name.get_untrusted_value().rpartition("/")[2]


def is_dict(prop: ModelProperty) -> bool:
    """Whether to render this object as `dict[str, X]`: the document names none of its members."""
    if members_of(prop) or not prop.additional_properties:
        return False
    # Recursive types need a class: an inline annotation cannot recurse.
    return not _has_class(prop.additional_properties)


def _has_class(prop: PropertyProtocol) -> bool:
    match prop:
        case ModelProperty():
            return bool(members_of(prop)) or not isinstance(prop.additional_properties, AnyProperty)
        case ListProperty():
            return _has_class(prop.inner_property)
        case UnionProperty():
            return any(map(_has_class, prop.inner_properties))
        case _:
            return False


def without_null(prop: UnionProperty) -> tuple[list[PropertyProtocol], bool]:
    """Non-null members of a union, and whether null is allowed."""
    options = [inner for inner in prop.inner_properties if not isinstance(inner, NoneProperty)]
    return options, len(options) < len(prop.inner_properties)


def sole_type(prop: PropertyProtocol) -> PropertyProtocol:
    """The one type that a property has beside null, or the property itself if it has several."""
    if isinstance(prop, UnionProperty):
        options, _ = without_null(prop)
        return options[0] if len(options) == 1 else prop
    return prop


def types_in(prop: PropertyProtocol) -> list[PropertyProtocol]:
    """The types that a value may have, those of the options of a union included, except null."""
    if not isinstance(prop, UnionProperty):
        return [prop]
    return [one for option in without_null(prop)[0] for one in types_in(option)]


def has_parts(prop: PropertyProtocol) -> bool:
    """Whether a value may be an array or an object."""
    return any(isinstance(part, ListProperty | ModelProperty) for part in types_in(prop))


def unsupported(prop: PropertyProtocol) -> GeneratorError:
    """The error for a property of a type that the client does not have in this place."""
    name = prop.name.get_untrusted_value()
    return GeneratorError(f"{name}: {type(prop).__name__} is not supported here")


def annotation(prop: PropertyProtocol) -> str:
    """The type of the decoded value.

    The type of an enum includes the plain type, because unknown values are kept.
    """
    match prop:
        case ConstProperty():
            # The parser's own literal is escaped twice. A fraction can be no literal.
            value = prop.value.raw_value
            return "float" if isinstance(value, float) else f"Literal[{value!r}]"
        case FileProperty():
            return "_files.File"
        case EnumProperty():
            return f"{prop.class_info.name} | {prop.value_type.__name__}"
        case ListProperty():
            return f"list[{annotation(prop.inner_property)}]"
        case ModelProperty() if is_dict(prop):
            return f"dict[str, {annotation(additional_type(prop))}]"
        case UnionProperty():
            options, nullable = without_null(prop)
            return union([*map(annotation, options), *["None"] * nullable])
        case _:
            return prop.get_type_string(no_optional=True).as_unembedded_code()


def union(annotations: Iterable[str], *, empty: str = "") -> str:
    """The union of annotations; members that occur twice are written once, None comes last."""
    # The members are separated first, so that `Kind | str` and `str` have one `str`.
    found = dict.fromkeys(member for text in annotations for member in _members(text))
    ordered = [member for member in found if member != "None"]
    # Any includes None, so a union of Any and None is Any.
    return " | ".join(ordered + ["None"] * ("None" in found and "Any" not in found)) or empty


def _members(text: str) -> Iterator[str]:
    """The members of a written union. A bar inside brackets separates nothing."""
    depth, start = 0, 0
    for position, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if depth == 0 and text.startswith(" | ", position):
            yield text[start:position]
            start = position + 3
    yield text[start:]


def parameter_annotation(prop: PropertyProtocol) -> str:
    """The type that a caller may give for a parameter: wider than the decoded value's."""
    match prop:
        case DateProperty() | DateTimeProperty() | UuidProperty():
            return f"{annotation(prop)} | str"
        case ListProperty():
            return f"Sequence[{parameter_annotation(prop.inner_property)}]"
        case UnionProperty():
            return union(map(parameter_annotation, without_null(prop)[0]))
        case _:
            return annotation(prop)


def classes_in(prop: PropertyProtocol) -> Iterator[ModelProperty | EnumProperty]:
    """The classes that the annotation of a property names."""
    match prop:
        case ModelProperty() if is_dict(prop):
            yield from classes_in(additional_type(prop))
        case ModelProperty() | EnumProperty():
            yield prop
        case ListProperty():
            yield from classes_in(prop.inner_property)
        case UnionProperty():
            for inner in prop.inner_properties:
                yield from classes_in(inner)
        case _:
            pass
