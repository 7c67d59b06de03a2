"""Take a schema apart into alternatives that have one type each, and no schema beside another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.client.normalise.enums import values_by_type
from generator.client.normalise.keywords import LIMITS, is_annotation
from generator.client.normalise.merge import CONDITIONAL, MERGED, Schema, merged
from generator.client.normalise.pointers import COMPONENT
from generator.spec.values import as_object, is_array, is_object, json_type

#: A schema with more alternatives is a mistake, or gives code that nobody wants to read.
_MOST = 200
NULL: Schema = {"type": "null"}
ORIGIN = "$origin"
"""The component of an option of a union, before the keywords beside the union were merged in."""
RULE = "$discriminator"
"""The discriminator of the union that an option belongs to."""


class ContradictionError(Exception):
    """A schema allows no value. The message says why, and `place` says where."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


class Components:
    """The component schemas of a document, which references lead to.

    Attributes:
        schemas: The schemas by name, as the document has them.
    """

    def __init__(self, schemas: dict[str, Any], *, ignores_siblings: bool) -> None:
        self.schemas = schemas
        self._ignores_siblings = ignores_siblings
        self._ancestors: dict[str, frozenset[str]] = {}
        self._open: set[str] = set()
        """The components that are being taken apart."""

    def target(self, name: str) -> str:
        """The component at the end of the references that start at a component."""
        # Circular references are not valid.
        while is_object(schema := self.schemas[name]) and schema.keys() == {"$ref"}:
            name = _name(schema)
        return name

    def alternatives(self, schema: Any) -> list[Schema]:
        """The alternatives of a schema, without the schema's own annotations.

        Args:
            schema: A schema as the document has it.
        """
        if not is_object(schema):
            return [{}] if schema else []
        found: list[Schema] = [{}]
        if "$ref" in schema:
            found = [{"$ref": COMPONENT + self.target(_name(schema))}]
            if self._ignores_siblings:
                return [*found, NULL] if schema.get("nullable") is True else found
        for part in schema.get("allOf", []):
            if is_object(part):
                part = {key: part[key] for key in part if key not in _OF_THE_PART}
            found = self._product(found, self._annotated(part))
        for keyword in ("anyOf", "oneOf"):
            if schema.get(keyword):
                union = self._union(schema, keyword)
                found = self._product(found, union)
        own = _own_options(schema)
        if own != [{}]:
            found = self._product(found, own)
        return [*found, NULL] if schema.get("nullable") is True and NULL not in found else found

    def _annotated(self, schema: Any) -> list[Schema]:
        """The alternatives of a schema, each with the annotations of the schema."""
        found = self.alternatives(schema)
        if not is_object(schema):
            return found
        beside = {key: value for key, value in schema.items() if is_annotation(key)}
        return [option if _is_null(option) else {**option, **beside} for option in found]

    def _union(self, schema: Schema, keyword: str) -> list[Schema]:
        options: list[Schema] = []
        rule = {RULE: schema["discriminator"]} if "discriminator" in schema else {}
        for part in schema[keyword]:
            inner = self._annotated(part)
            if rule and is_object(part) and "$ref" in part:
                origin = {ORIGIN: self.target(_name(part))}
                inner = [{**option, **origin} for option in inner]
            options += [option if _is_null(option) else {**option, **rule} for option in inner]
        return options

    def _product(self, first: list[Schema], second: list[Schema]) -> list[Schema]:
        """The alternatives whose values both schemas allow."""
        options: list[Schema] = []
        for one in first:
            for other in second:
                options += self._both(one, other)
                if len(options) > _MOST:
                    raise ContradictionError(f"it comes to more than {_MOST} alternatives")
        if not options and first and second:
            kinds = self._named(first), self._named(second)
            raise ContradictionError(f"no value is allowed: nothing is {' and also '.join(kinds)}")
        return without_doubles(options)

    def _named(self, alternatives: list[Schema]) -> str:
        """The words for alternatives in an error."""
        found: list[str] = []
        for option in alternatives[:5]:
            schema = self.schemas[_name(option)] if "$ref" in option else option
            values = [schema["const"]] if "const" in schema else schema.get("enum", [])
            members = [*schema.get("properties", {})][:3]
            kind = f"an object of {', '.join(members)}" if members else schema.get("type", "this")
            found += list(map(repr, values[:5])) or [str(kind)]
        return " or ".join(dict.fromkeys(found))

    def _both(self, one: Schema, other: Schema) -> Iterator[Schema]:
        if "$ref" not in one and "$ref" not in other:
            both = merged(one, other)
            if both is not None:
                yield both
            return
        if "$ref" not in one or ("$ref" in other and _name(one) in self.ancestors(_name(other))):
            reference, rest = other, one
        else:
            reference, rest = one, other
        if self._implies(reference, rest):
            beside = {key: item[key] for item in (one, other) for key in item if _stays(key)}
            yield {"$ref": reference["$ref"], **beside}
            return
        for left in self._followed(one):
            for right in self._followed(other):
                yield from self._both(left, right)

    def _followed(self, option: Schema) -> list[Schema]:
        """The alternatives of what an option refers to, with what is beside the reference."""
        if "$ref" not in option:
            return [option]
        name = _name(option)
        if name in self._open:
            raise ContradictionError(f"{name} is a part of itself")
        self._open.add(name)
        try:
            found = self.alternatives(self.schemas[name])
            beside = {key: value for key, value in option.items() if key != "$ref"}
            options = [inner if _is_null(inner) else {**inner, **beside} for inner in found]
            return [item for inner in options for item in self._followed(inner)]
        finally:
            self._open.discard(name)

    def _implies(self, reference: Schema, rest: Schema) -> bool:
        """Whether the rest allows every value that the reference allows, except for limits."""
        name = _name(reference)
        if "$ref" in rest:
            other = _name(rest)
            return other == name or other in self.ancestors(name)
        asserted = {key for key in rest if not _stays(key) and key not in LIMITS}
        if asserted <= {"type"}:
            return not asserted or self._type(name) == rest["type"]
        return False

    def _type(self, name: str) -> str | None:
        """The one type of a component, if it says it plainly."""
        schema = self.schemas[name]
        plain = is_object(schema) and schema.get("nullable") is not True
        kind = schema.get("type") if plain else None
        return kind if isinstance(kind, str) else None

    def ancestors(self, name: str) -> frozenset[str]:
        """The components that a component is an extension of, by `allOf`."""
        if name not in self._ancestors:
            self._ancestors[name] = frozenset()  # in case of a circle
            found: set[str] = set()
            schema = self.schemas[name]
            if is_object(schema) and not schema.get("nullable"):
                parts = [part for part in schema.get("allOf", []) if is_object(part)]
                for part in [*parts, {key: schema[key] for key in schema if key == "$ref"}]:
                    if "$ref" in part:
                        parent = self.target(_name(part))
                        found |= {parent, *self.ancestors(parent)}
            self._ancestors[name] = frozenset(found)
        return self._ancestors[name]


#: What `Components.alternatives` looks at itself.
_ELSEWHERE = (MERGED, "$ref", "allOf", "anyOf", "discriminator", "nullable", "oneOf")
#: The annotations of a part of `allOf` that are not those of the whole.
_OF_THE_PART = ("default", "example", "examples", "title")


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).removeprefix(COMPONENT)


def _stays(keyword: str) -> bool:
    """Whether a keyword can be beside a reference."""
    return is_annotation(keyword) or keyword in (ORIGIN, RULE)


def _is_null(option: Schema) -> bool:
    return option.get("type") == "null"


def without_doubles(options: Iterable[Schema]) -> list[Schema]:
    """The options, each once."""
    found: list[Schema] = []
    for option in options:
        if option not in found:
            found.append(option)
    return found


def _own_options(schema: Schema) -> list[Schema]:
    """The alternatives of a schema's own keywords, one for each type."""
    own = {
        key: value
        for key, value in schema.items()
        if not is_annotation(key) and key not in _ELSEWHERE
    }
    conditions = [
        own.get("then"),
        own.get("else"),
        *as_object(own.get("dependentSchemas")).values(),
    ]
    named = {name for part in conditions for name in as_object(as_object(part).get("properties"))}
    if named:
        # Whether their types hold depends on the condition, which the client does not check.
        own[CONDITIONAL] = {name: {} for name in sorted(named)}
    kinds: Any = own.pop("type", None)
    if kinds is not None and not is_array(kinds):
        kinds = [kinds]
    if isinstance(schema.get("x-value-format"), str) and "string" in (kinds or ()):
        # The extension says what a string means that has more forms than its format allows.
        own["format"] = schema["x-value-format"]
    if "const" in own:
        value = own.pop("const")
        if value not in own.pop("enum", [value]):
            return []
        kind = json_type(value)
        return [NULL] if kind == "null" else [{**own, **_of_values(kind, [value], "const")}]
    if "enum" in own:
        found = values_by_type(schema)
        del own["enum"]
        return [
            NULL if kind == "null" else {**own, **_of_values(kind, found[kind], "enum")}
            for kind in found
        ]
    if kinds is None:
        return [own]
    return [NULL if kind == "null" else {"type": kind, **own} for kind in kinds]


def _of_values(kind: str, values: list[Any], keyword: str) -> Schema:
    """The schema of some values of one type. The client has no enum of fractions or objects."""
    if kind in ("object", "array") or (kind == "number" and keyword == "enum"):
        return {"type": kind}
    if keyword == "const" or kind == "boolean":
        return {"type": kind, "const": values[0]} if len(values) == 1 else {"type": kind}
    return {"type": kind, "enum": values}
