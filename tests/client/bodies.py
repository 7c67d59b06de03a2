"""Random JSON values that a schema allows, and values that break it at one place.

This module reads schemas without the generator, so that the tests can find its mistakes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import jsonschema_rs
from hypothesis import strategies as st

from generator.spec.references import resolve
from generator.spec.values import is_array, is_object, json_type
from tests.client.formats import FORMS, form

Json = Any
Schema = dict[str, Any]
Location = tuple[str | int, ...]

DEPTH = 3
"""The depth from which objects get no optional members, and arrays no items."""

_KEYWORDS = {
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "description", "enum", "example",
    "format", "items", "maximum", "minimum", "oneOf", "pattern", "properties", "required", "type",
    "x-value-format",
}  # fmt: skip

NAMES = st.text(max_size=6) | st.sampled_from(
    ["", "additional_properties", "class", "from_dict", "it's", "a\\b", "a.b", "2nd", "self"]
)
"""Names of unknown members, including names that could be confused with code."""

JSON: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)
"""Any JSON value."""

SAMPLES: dict[str, st.SearchStrategy[Json]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "integer": st.integers(),
    "number": st.floats(-1e9, 1e9).filter(lambda value: not value.is_integer()),
    "string": st.text(max_size=6),
    "array": st.lists(JSON, max_size=2),
    "object": st.dictionaries(NAMES, JSON, max_size=2),
}
"""Values of each type, by its name in an error. Each ``number`` has a fraction."""


class Place(NamedTuple):
    """A place in a value.

    Attributes:
        location: The path to the place.
        options: The alternatives of its schema.
        option: The alternative that its value follows.
        required: Whether the place is a required member.
        optional: Whether the place is an optional member.
        union: The outermost place, at or above this one, that allows more than one kind of value.
    """

    location: Location
    options: tuple[Schema, ...]
    option: Schema
    required: bool
    optional: bool
    union: Location | None


class Breach(NamedTuple):
    """A value that breaks its schema at one place.

    Attributes:
        value: The whole value.
        location: The path to the place.
        union: The outermost union around the place, or None.
        received: The types that an error may report for the place.
    """

    value: Json
    location: Location
    union: Location | None
    received: set[str]


class Schemas:
    """The schemas of a document, and values for them."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._strategies: dict[tuple[str, int], st.SearchStrategy[Json]] = {}

    def is_valid(self, schema: Schema, value: Json) -> bool:
        """Whether an independent validator accepts the value."""
        key = json.dumps(schema)
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                {**schema, "components": self._document.get("components", {})},
                validate_formats=True,
            )
        return self._validators[key].is_valid(value)

    def options(self, schema: Schema) -> tuple[Schema, ...]:
        """The alternatives of a schema, without references. Each has at most one type."""
        schema = resolve(self._document, schema)
        if unknown := schema.keys() - _KEYWORDS:
            raise ValueError(f"{unknown} in {schema}")
        if alternatives := schema.get("oneOf") or schema.get("anyOf"):
            return tuple(option for inner in alternatives for option in self.options(inner))
        if "allOf" in schema:
            return (self._whole(schema["allOf"]),)
        if is_array(schema.get("type")):
            return tuple({**schema, "type": kind} for kind in schema["type"])
        if "const" in schema:
            return ({"type": json_type(schema["const"]), **schema},)
        return (schema,)

    def _whole(self, parts: list[Schema]) -> Schema:
        """The object schema that combines the parts of ``allOf``."""
        options = [option for part in parts for option in self.options(part)]
        return {
            "type": "object",
            "properties": {
                name: inner
                for option in options
                for name, inner in option.get("properties", {}).items()
            },
            "required": [name for option in options for name in option.get("required", [])],
        }

    def reachable(self, schema: Schema) -> list[Schema]:
        """The alternatives of a schema and of all schemas in it."""
        found: list[Schema] = []
        pending = [schema]
        while pending:
            for option in self.options(pending.pop()):
                if option not in found:
                    found.append(option)
                    inner = [option.get("items"), option.get("additionalProperties")]
                    pending += filter(is_object, [*option.get("properties", {}).values(), *inner])
        return found

    def values(self, schema: Schema, depth: int = 0) -> st.SearchStrategy[Json]:
        """Values that the schema allows, with unknown members where it allows them."""
        key = json.dumps(schema), depth
        if key not in self._strategies:
            options = [self._values(option, depth) for option in self.options(schema)]
            self._strategies[key] = st.one_of(options)
        return self._strategies[key]

    def example(self, schema: Schema) -> Json:
        """The simplest value that the schema allows."""
        option, *_ = self.options(schema)
        known: list[Json] = option.get("enum", [option["const"]] if "const" in option else [])
        if known:
            return known[0]
        match option["type"]:
            case "object":
                required: list[str] = option.get("required", [])
                return {name: self.example(option["properties"][name]) for name in required}
            case "string":
                name = form(option)
                return FORMS[name].example if name else "words"
            case "array":
                return []
            case kind:
                return {"null": None, "boolean": False, "integer": 0, "number": 0.5}[kind]

    def _values(self, option: Schema, depth: int) -> st.SearchStrategy[Json]:
        if "const" in option:
            return st.just(option["const"])
        if "enum" in option:
            return st.sampled_from(option["enum"])
        bounds = option.get("minimum"), option.get("maximum")
        match option.get("type"):
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "integer":
                # For JSON Schema, 3.0 is an integer.
                whole = st.integers(*bounds)
                return whole | whole.filter(lambda value: abs(value) < 2**53).map(float)
            case "number":
                fraction = st.floats(*bounds, allow_nan=False, allow_infinity=False)
                return st.integers(*bounds) | fraction
            case "string":
                return _strings(option)
            case "array":
                if depth >= DEPTH:
                    return st.builds(list[Json])
                return st.lists(self.values(option["items"], depth + 1), max_size=3)
            case "object":
                return self._objects(option, depth)
            case _:
                return JSON

    def _objects(self, option: Schema, depth: int) -> st.SearchStrategy[dict[str, Json]]:
        properties: dict[str, Schema] = option.get("properties", {})
        required = option.get("required", [])
        wanted = {
            name: self.values(inner, depth + 1)
            for name, inner in properties.items()
            if name in required or depth < DEPTH
        }
        known = st.fixed_dictionaries(
            {name: values for name, values in wanted.items() if name in required},
            optional={name: values for name, values in wanted.items() if name not in required},
        )
        rest: Schema | bool = option.get("additionalProperties", True)
        if rest is False:
            return known
        others = st.dictionaries(
            NAMES.filter(lambda name: name not in properties),
            self.values(rest, depth + 1) if is_object(rest) else JSON,
            max_size=2,
        )
        return st.tuples(others, known).map(lambda both: both[0] | both[1])

    def places(
        self,
        schema: Schema,
        value: Json,
        location: Location = (),
        *,
        required: bool = False,
        optional: bool = False,
        union: Location | None = None,
    ) -> Iterator[Place]:
        """Every place in a valid value that the schema describes."""
        options = self.options(schema)
        option = next(one for one in options if len(options) == 1 or self.is_valid(one, value))
        if union is None and sum(one.get("type") != "null" for one in options) > 1:
            union = location
        yield Place(location, options, option, required, optional, union)
        if is_object(value):
            properties: dict[str, Schema] = option.get("properties", {})
            rest: Schema | bool = option.get("additionalProperties", True)
            for name, member in value.items():
                inner = properties.get(name, rest)
                if is_object(inner):
                    needed = name in option.get("required", [])
                    yield from self.places(
                        inner,
                        member,
                        (*location, name),
                        required=needed,
                        optional=name in properties and not needed,
                        union=union,
                    )
        elif is_array(value) and "items" in option:
            for index, item in enumerate(value):
                yield from self.places(option["items"], item, (*location, index), union=union)

    def meaning(self, schema: Schema, value: Json) -> Json:
        """A valid value with the meanings of its strings, for comparison."""
        meant = typed(value)
        for place in self.places(schema, value):
            if name := form(place.option):
                text: str = at(value, place.location)
                meant = replaced(meant, place.location, FORMS[name].meaning(text))
        return meant


def _strings(option: Schema) -> st.SearchStrategy[str]:
    if "pattern" in option:
        pattern: str = option["pattern"]
        return st.from_regex(pattern, fullmatch=True)
    if name := form(option):
        return FORMS[name].texts
    if "format" in option:
        raise ValueError(f"the format {option['format']}")
    return st.text(max_size=8)


@st.composite
def breaches(draw: st.DrawFn, schemas: Schemas, schema: Schema) -> Breach:
    """Values that break a schema at one place.

    They exclude what a client accepts by design: values beyond a limit, unknown enum values,
    and null for an optional member.
    """
    value = draw(schemas.values(schema))
    changes = [(place, _changes(place)) for place in schemas.places(schema, value)]
    place, possible = draw(st.sampled_from([found for found in changes if found[1]]))
    values, received = draw(st.sampled_from(possible))
    if values is None:
        broken = without(value, place.location)
    else:
        new = draw(values)
        broken = replaced(value, place.location, new)
        received = received or {json_type(new)}
    return Breach(broken, place.location, place.union, received)


def _changes(place: Place) -> list[tuple[st.SearchStrategy[Json] | None, set[str]]]:
    """All ways to break a place.

    Each has the new values, or None to remove the member, and the types that the error may report.
    Without types, the error reports the type of the new value.
    """
    taken = {one.get("type") for one in place.options}
    if None in taken:
        return []  # The place allows any value.
    taken |= {"integer"} if "number" in taken else set()
    taken |= {"null"} if place.optional else set()
    others = st.one_of([SAMPLES[kind] for kind in SAMPLES if kind not in taken])
    changes: list[tuple[st.SearchStrategy[Json] | None, set[str]]] = [(others, set())]
    if "integer" in taken:
        infinities = st.sampled_from([float("inf"), float("-inf")])
        changes.append((infinities, {"a number that JSON does not have"}))
    if place.required:
        changes.append((None, {"nothing"}))
    if name := form(place.option):
        texts = st.sampled_from(FORMS[name].others)
        changes.append((texts, {"string", f"string that is not a {name}"}))
    if "const" in place.option:
        known = place.option["const"]
        kind = json_type(known)
        values = SAMPLES[kind].filter(lambda value: value != known)
        changes.append((values, {kind, f"another {kind}"}))
    return changes


def typed(value: Json) -> Json:
    """A copy of a value for comparison, in which true differs from 1."""
    if is_object(value):
        return {name: typed(member) for name, member in value.items()}
    if is_array(value):
        return [typed(item) for item in value]
    return (bool, value) if isinstance(value, bool) else value


def at(value: Json, location: Location) -> Json:
    """The value at a location."""
    for step in location:
        value = value[step]
    return value


def replaced(value: Json, location: Location, new: Json) -> Json:
    """A copy with another value at a location."""
    if not location:
        return new
    copy = value.copy()
    copy[location[0]] = replaced(value[location[0]], location[1:], new)
    return copy


def without(value: Json, location: Location) -> Json:
    """A copy without a member."""
    owner: dict[str, Json] = at(value, location[:-1])
    kept = {name: member for name, member in owner.items() if name != location[-1]}
    return replaced(value, location[:-1], kept)


def written(value: Json) -> str:
    """The JSON text of a value; infinity becomes a number that is too large for a float."""
    if is_object(value):
        return "{" + ",".join(f"{json.dumps(name)}:{written(value[name])}" for name in value) + "}"
    if is_array(value):
        return "[" + ",".join(map(written, value)) + "]"
    text = json.dumps(value)
    return {"Infinity": "1e999", "-Infinity": "-1e999"}.get(text, text)
