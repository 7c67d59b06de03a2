"""What the templates show of the models and enums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile

from attrs import frozen
from openapi_python_client.parser.properties import AnyProperty, Class, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from generator.client import reserved
from generator.client.normalise.pointers import closure
from generator.client.schemas.expressions import decoder, encoder, slow_path, struct_member
from generator.client.schemas.presence import Presence
from generator.client.schemas.types import (
    additional_type,
    annotation,
    classes_in,
    members_of,
    union,
)
from generator.client.views.docstrings import docstring, raw, section, sentence

_MANY = 24
"""With more members than this, type checkers need the type of the variable ``value``."""


@frozen
class Member:
    """A property of a model."""

    name: str
    python_name: str
    required: bool
    always_set: bool
    annotation: str
    field: str
    slow_path: str | None
    struct_type: str
    from_struct: str
    decoder: str
    encoder: str


@frozen
class Model:
    """A model, ready to be written out.

    Attributes:
        leading: How many required members come before the first optional one.
        additional_decoder: The expression for the decoder of unknown members; empty if any value
            is allowed.
        declares: The first member whose value is in a variable, if its type must be declared there.
    """

    name: str
    docstring: str
    members: list[Member]
    leading: int
    imports: list[Class]
    deferred: list[Class]
    undeclared: list[str]
    additional_annotation: str
    additional_factory: str
    additional_decoder: str
    subscripts: bool
    has_struct: bool
    holds_structs: bool
    has_optional: bool
    declares: str


def imported_classes(properties: Iterable[PropertyProtocol]) -> list[Class]:
    """The classes that the annotations of properties name, in order."""
    found = {
        prop.class_info.name: prop.class_info for item in properties for prop in classes_in(item)
    }
    return [found[name] for name in sorted(found)]


def members_in_order(model: ModelProperty) -> list[PropertyProtocol]:
    """The members of a model in the order of the document; the parser has required ones first."""
    # A member that an allOf brings comes first.
    order = {raw(name): rank for rank, name in enumerate(model.data.properties or {})}
    return sorted(members_of(model), key=lambda member: order.get(raw(member.name), -1))


def _name_members(model: ModelProperty) -> None:
    """Give the members of a model Python names of their own."""
    taken = reserved.IN_MODELS | {str(item.name) for item in _references(model)}
    for prop in members_in_order(model):
        name = str(prop.python_name)
        if name.isupper():
            # Type checkers take it for a constant.
            name = f"{name.lower()}_"
        while name in taken:
            name += "_"
        taken.add(name)
        # Not by set_python_name, whose snake case would drop an underscore at the end.
        object.__setattr__(prop, "python_name", name)


class ModelViews:
    """The views of all models of a document, which depend on each other.

    Attributes:
        reachable: For each model, the models that it contains at any depth.
        structs: The models that msgspec can read into structs.
    """

    def __init__(self, models: list[ModelProperty], presences: Mapping[str, Presence]) -> None:
        self._presences = presences
        for model in models:
            _name_members(model)
        graph = {
            str(model.class_info.name): [str(item.name) for item in _named(model)]
            for model in models
        }
        self.reachable = {
            name: {*closure(named, lambda other: graph.get(other, ()))}
            for name, named in graph.items()
        }
        self.structs = {
            str(model.class_info.name) for model in models if self._fits_a_struct(model)
        }

    def _fits_a_struct(self, model: ModelProperty) -> bool:
        """Whether a model has a struct: it is not recursive, and its names fit."""
        name = str(model.class_info.name)
        return (
            name not in self.reachable[name]
            and not self._presences[name].undeclared
            and isinstance(additional_type(model), AnyProperty)
            and all(
                # msgspec refuses names that JSON escapes.
                raw(member.name).isprintable()
                and not {*raw(member.name)} & {'"', "\\"}
                and struct_member(member, ())
                for member in members_of(model)
            )
        )

    def view(self, prop: ModelProperty) -> Model:
        """The view of a model."""
        properties = members_in_order(prop)
        name = str(prop.class_info.name)
        presence = self._presences[name]
        members = [self._member(item, presence) for item in properties]
        checked = [item.python_name for item in members if item.slow_path is not None]
        references = _references(prop)
        deferred = [item for item in references if name in self.reachable.get(str(item.name), ())]
        additional = additional_type(prop)
        entries = [(str(item.python_name), _description(prop, item)) for item in properties]
        rest = "The unknown members, unchanged: those that the document does not name."
        entries.append(("additional_properties", rest))
        text = raw(prop.description) or raw(prop.data.title)
        return Model(
            name=name,
            docstring=docstring(
                text, section("Attributes", entries), default=f"The schema {name}."
            ),
            members=members,
            leading=len(list(takewhile(lambda member: member.always_set, members))),
            imports=[other for other in references if other not in deferred],
            deferred=deferred,
            undeclared=presence.undeclared,
            additional_annotation=annotation(additional),
            additional_factory=(
                # The class may not be defined yet.
                "lambda: {}"
                if _classes(additional) & {name, *(str(item.name) for item in deferred)}
                else f"dict[str, {annotation(additional)}]"
            ),
            additional_decoder="" if isinstance(additional, AnyProperty) else decoder(additional),
            subscripts=any(item.required and item.slow_path is not None for item in members),
            has_struct=name in self.structs,
            holds_structs=any("struct(" in member.struct_type for member in members),
            has_optional=any(not item.required for item in properties),
            declares=checked[0] if len(checked) > _MANY else "",
        )

    def _member(self, prop: PropertyProtocol, presence: Presence) -> Member:
        struct = struct_member(prop, self.structs)
        name = raw(prop.name)
        always_set = prop.required and name not in presence.optional
        default = "" if always_set or name in presence.demanded else "UNSET"
        field = f"field({f'default={default}, ' if default else ''}repr=brief)"
        value = field if isinstance(prop, ListProperty) else default
        return Member(
            name=name,
            python_name=prop.python_name,
            required=prop.required,
            always_set=always_set,
            annotation=union([annotation(prop), *["Unset"] * (not always_set)]),
            field=f" = {value}" if value else "",
            slow_path=slow_path(prop),
            struct_type=struct.type if struct else "",
            from_struct=struct.decoded if struct else "",
            decoder=decoder(prop),
            encoder=encoder(prop, f"self.{prop.python_name}", optional=not always_set),
        )


def _classes(prop: PropertyProtocol) -> set[str]:
    return {str(item.class_info.name) for item in classes_in(prop)}


def _description(model: ModelProperty, member: PropertyProtocol) -> str:
    """What the document says of a member: beside the reference to its schema, or in the schema."""
    beside = (model.data.properties or {}).get(member.name)
    return sentence(getattr(beside, "description", None) or member.description)


def _references(model: ModelProperty) -> list[Class]:
    """The classes that a model names, except itself."""
    return [item for item in _named(model) if item.name != model.class_info.name]


def _named(model: ModelProperty) -> list[Class]:
    """The classes that a model names."""
    return imported_classes([*members_of(model), additional_type(model)])


def enum_docstring(prop: EnumProperty) -> str:
    """The docstring of an enum."""
    return docstring(
        raw(prop.description),
        "A value that the document does not name is kept as it is, instead of a member.",
        default=f"The values of {prop.class_info.name}.",
    )
