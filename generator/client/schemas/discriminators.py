"""Find the discriminator of a union: the member of a JSON object that tells its schema.

The document names it, or each schema of the union has constants of its own for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from attrs import define, field, frozen
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty

from generator.client.schemas.types import component_of, is_dict, members_of
from generator.spec.references import objects, pointer_parts
from generator.spec.values import as_array, as_object, is_object

Choices = dict[str | int, PropertyProtocol]
Models = Mapping[str, ModelProperty]
U = TypeVar("U", bound=UnionProperty)
_UNIONS = ("oneOf", "anyOf")


@define
class DiscriminatedUnion(UnionProperty):
    """A union of models, of which a member of the JSON object names the right one.

    Attributes:
        member: The name of that member.
        choices: The schema that each of its values names.
    """

    member: str = ""
    choices: Choices = field(factory=Choices)


@frozen
class _Rule:
    """A discriminator of the document: what its values name, and the classes of its union."""

    member: str
    components: Mapping[str, str]
    classes: frozenset[str]


class Discriminators:
    """The discriminators of a document.

    Args:
        document: The normalised document.
        models: The models that the parser made of it.
    """

    def __init__(self, document: Mapping[str, Any], models: Iterable[ModelProperty]) -> None:
        self._schemas = as_object(document["components"]["schemas"])
        self._classes = {component_of(model): str(model.class_info.name) for model in models}
        rules = [rule for _, schema in objects(document) for rule in self._rules(schema)]
        self._larger_first = sorted(rules, key=lambda rule: -len(rule.classes))

    def _rules(self, schema: Mapping[str, Any]) -> Iterator[_Rule]:
        said, options = schema.get("discriminator"), list(_options(schema, *_UNIONS))
        if is_object(said) and options:
            mapping = as_object(said.get("mapping")).items()
            named = {str(value): _component(str(target)) for value, target in mapping}
            # An option also has its own name, whatever the mapping calls it.
            components = dict(zip(options, options, strict=True)) | named
            classes = frozenset(name for option in options for name in self._classes_of(option))
            yield _Rule(said["propertyName"], components, classes)

    def _classes_of(self, component: str) -> list[str]:
        """The classes of a component, which may be a union or another name for one."""
        if component in self._classes:
            return [self._classes[component]]
        # A value of a mapping may name anything.
        inner = _options(self._schemas.get(component, {}), "allOf", *_UNIONS)
        return [name for option in inner for name in self._classes_of(option)]

    def group(self, union: UnionProperty) -> None:
        """Put the options of a union that a discriminator tells apart into a union of their own."""
        for rule in self._larger_first:
            models = _models(union)
            if len(rule.classes) > 1 and rule.classes <= models.keys():
                chosen = {name: models[name] for name in models if name in rule.classes}
                _regroup(union, chosen, rule.member, self._choices(chosen, rule))
        models = _models(union)
        for member in _shared(models.values()) if len(models) > 1 else ():
            choices = _constants(models.values(), member)
            if {id(model) for model in choices.values()} == {id(item) for item in models.values()}:
                _regroup(union, models, member, choices)
                break

    def _choices(self, models: Models, rule: _Rule) -> Choices:
        choices = _constants(models.values(), rule.member)
        for other in self._larger_first:
            # An option may be a union with values of its own.
            if other.member == rule.member and other.classes < rule.classes:
                own = {name: models[name] for name in models if name in other.classes}
                choices |= self._choices(own, other)
        for value, component in rule.components.items():
            named = [models[name] for name in self._classes_of(component) if name in models]
            if len(named) == 1:
                choices |= dict.fromkeys(_tags(value), named[0])
            elif 1 < len(named) < len(models):
                inner = _union(UnionProperty, named[0], named)
                self.group(inner)
                choices |= dict.fromkeys(_tags(value), inner)
        return choices


def _tags(text: str) -> list[str | int]:
    """A value of a mapping, which is text, and what else it may stand for."""
    numeral = re.fullmatch(r"0|-?[1-9][0-9]*", text)
    boolean = {"false": False, "true": True}
    return [text, *([int(text)] if numeral else []), *([boolean[text]] if text in boolean else [])]


def _options(schema: Mapping[str, Any], *keywords: str) -> Iterator[str]:
    """The components among the options of a schema."""
    for keyword in keywords:
        for option in as_array(schema.get(keyword)):
            if is_object(option) and "$ref" in option:
                yield _component(option["$ref"])


def _component(target: str) -> str:
    """The name of the component that a reference, or a value of a mapping, names."""
    return pointer_parts(f"/{target.rpartition('/')[2]}")[0]


def _models(union: UnionProperty) -> dict[str, ModelProperty]:
    return {
        str(option.class_info.name): option
        for option in union.inner_properties
        if isinstance(option, ModelProperty) and not is_dict(option)
    }


def _shared(models: Iterable[ModelProperty]) -> list[str]:
    """The names of the members that all models have."""
    names = [[item.name.get_untrusted_value() for item in members_of(model)] for model in models]
    return [name for name in names[0] if all(name in other for other in names)]


def _constants(models: Iterable[ModelProperty], member: str) -> Choices:
    """The models by the constants of one member, without constants that models share."""
    found: dict[str | int, list[ModelProperty]] = {}
    for model in models:
        for prop in members_of(model):
            if prop.name == member:
                for value in _values(prop):
                    found.setdefault(value, []).append(model)
    return {value: named[0] for value, named in found.items() if len(named) == 1}


def _values(prop: PropertyProtocol) -> list[str | int]:
    match prop:
        case ConstProperty():
            values = [prop.value.raw_value]
        case EnumProperty():
            values = [*prop.values.values()]
        case _:
            values = []
    return [value for value in values if type(value) in (str, int, bool)]


def _regroup(union: UnionProperty, models: Models, member: str, choices: Choices) -> None:
    named = [*models.values()]
    group = _union(DiscriminatedUnion, union, named)
    group.member, group.choices = member, choices
    taken = {id(model) for model in named}
    place = next(index for index, item in enumerate(union.inner_properties) if id(item) in taken)
    rest = [item for item in union.inner_properties if id(item) not in taken]
    union.inner_properties = [*rest[:place], group, *rest[place:]]


def _union(kind: type[U], like: PropertyProtocol, options: list[ModelProperty]) -> U:
    return kind(
        name=like.name,
        required=True,
        default=None,
        python_name=like.python_name,
        description=None,
        example=None,
        inner_properties=[*options],
    )
