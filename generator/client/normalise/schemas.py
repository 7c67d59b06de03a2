"""Write every schema as a reference, a union, or a schema of one type: what the parser knows."""

from __future__ import annotations

from typing import Any

from openapi_python_client.strings import in_double_quote_literal

from generator.client.normalise.alternatives import (
    ORIGIN,
    RULE,
    Components,
    ContradictionError,
    without_doubles,
)
from generator.client.normalise.enums import member_names
from generator.client.normalise.keywords import OF_ARRAYS, OF_OBJECTS, is_annotation
from generator.client.normalise.merge import CONDITIONAL, MERGED, Schema
from generator.client.normalise.pointers import COMPONENT, component, mapped, unused
from generator.spec.references import pointer
from generator.spec.values import as_array, as_object, is_array, is_object

#: The annotations of a reference that are not those of what it refers to.
_BESIDE_REFERENCE = ("default", "deprecated", "description", "readOnly", "writeOnly")


class Simplified:
    """The simplified schemas of a document.

    Attributes:
        schemas: The component schemas by name, simplified.
        unnamed: The components that the document does not name, so that no class has their name.
        refusals: The schemas that allow no value, each with its place.
    """

    def __init__(self, components: Components, unnamed: set[str]) -> None:
        self.schemas: dict[str, Any] = {}
        self.unnamed = unnamed
        self.refusals: list[str] = []
        self._components = components
        self._open: dict[frozenset[int], str] = {}
        """The schemas that are being simplified, and the components that they became."""
        self._done: dict[frozenset[int], tuple[Schema, Schema]] = {}
        """Schemas of the document, and what they became, so that each becomes only one class."""

    def add_components(self) -> None:
        """Simplify the component schemas that are not simplified yet."""
        # Simplifying one may add others.
        while waiting := [name for name in self._components.schemas if name not in self.schemas]:
            for name in waiting:
                schema = self._components.schemas[name]
                found = self.simplified(schema, f"{COMPONENT[:-1]}{pointer([name])}")
                self.schemas.setdefault(name, found)

    def rank(self, name: str) -> int:
        """How many components a component extends."""
        return len(self._components.ancestors(name))

    def simplified(self, schema: Any, place: str) -> Schema:
        """A schema, simplified; if it allows no value, its place is noted."""
        try:
            return self._schema(schema, place)
        except ContradictionError as error:
            self.refusals.append(f"{error.place or place}: {error}")
            return {}

    def _schema(self, schema: Any, place: str) -> Schema:
        if not is_object(schema):
            return self._expanded(schema, place)
        # Merging the same parts again gives the same schema.
        parts = [id(part) for part in schema["allOf"]] if MERGED in schema else [id(schema)]
        key = frozenset(parts)
        if key in self._done:
            return self._done[key][1]
        if key in self._open:
            # The schema contains itself, which only a component can do.
            if not self._open[key]:
                self._open[key] = self._new_component("part", schema)
            return {"$ref": COMPONENT + self._open[key]}
        self._open[key] = ""
        try:
            found = self._expanded(schema, place)
        finally:
            name = self._open.pop(key)
        if name:
            self.schemas[name] = found
            found = {"$ref": COMPONENT + name}
        self._done[key] = schema, found
        return found

    def _new_component(self, hint: str, schema: Schema) -> str:
        name = unused(self._components.schemas, hint)
        self._components.schemas[name] = schema
        self.unnamed.add(name)
        return name

    def _expanded(self, schema: Any, place: str) -> Schema:
        try:
            found = self._components.alternatives(schema)
        except ContradictionError as error:
            error.place = error.place or place
            raise
        annotations = {}
        if is_object(schema):
            annotations = {key: schema[key] for key in schema if is_annotation(key)}
        nodes: list[Schema] = []
        problem = ContradictionError("no value is allowed", place)
        several = len(found) > 1
        for option in found:
            try:
                nodes.append(self._node(option, place, several=several))
            except ContradictionError as error:
                problem = error
        nodes = without_doubles(nodes)
        if not nodes:
            raise problem
        if len(nodes) == 1:
            return self._annotated({**nodes[0], **annotations})
        rules = [node[RULE] for node in nodes if RULE in node]
        if rules:
            rule = schema.get("discriminator", rules[0]) if is_object(schema) else rules[0]
            annotations["discriminator"] = self._discriminator(rule, nodes)
        default = annotations.get("default")
        if is_object(default) or is_array(default) or not _is_plain(default):
            del annotations["default"]
        return {"anyOf": [self._option(node) for node in nodes], **annotations}

    def _part(
        self, schema: Any, place: str, *, several: bool, required: bool = False
    ) -> Schema | None:
        """A schema in an alternative; None if no value fits it, and no value is required.

        Merging several alternatives may combine some that contradict each other. Any other
        contradiction is a mistake of the document.
        """
        if not is_object(schema) or MERGED not in schema:
            return self.simplified(schema, place)
        try:
            return self._schema(schema, place)
        except ContradictionError:
            if required or not several:
                raise
            return None

    def _option(self, node: Schema) -> Schema:
        """A node as an option of a union, where a reference has nothing beside it."""
        return {"$ref": node["$ref"]} if "$ref" in node else self._annotated(node)

    def _annotated(self, node: Schema) -> Schema:
        """A node in the parser's form: it reads what is beside a reference only around `allOf`."""
        node = {key: value for key, value in node.items() if key not in (ORIGIN, RULE)}
        if "enum" in node and not _is_plain(node.get("default")):
            del node["default"]
        if "$ref" not in node:
            return node
        beside = {key: node[key] for key in _BESIDE_REFERENCE if key in node}
        target = as_object(self._components.schemas.get(component(node["$ref"]) or ""))
        if beside:
            beside |= {key: target[key] for key in ("readOnly", "writeOnly") if target.get(key)}
        if "enum" in target and not _is_plain(beside.get("default")):
            del beside["default"]
        if "enum" not in target and target.get("type") not in ("string", "integer", "number"):
            beside.pop("default", None)
        reference = {"$ref": node["$ref"]}
        return {"allOf": [reference], **beside} if beside else reference

    def _discriminator(self, discriminator: Schema, nodes: list[Schema]) -> Schema:
        """The discriminator of a union, with a mapping that names each option."""
        options: dict[str, str] = {}
        for index, node in enumerate(nodes):
            origin = node.get(ORIGIN)
            if origin is None:
                continue
            if "$ref" not in node:
                # The option now contains the keywords that were beside the union.
                name = self._new_component(origin, node)
                self.schemas[name] = self._annotated(node)
                nodes[index] = {"$ref": COMPONENT + name}
            options[origin] = nodes[index]["$ref"]
        mapping: dict[str, str] = {}
        for value, target in as_object(discriminator.get("mapping")).items():
            found = mapped(target, self._components.schemas)
            if found is not None:
                name = self._components.target(found)
                mapping[value] = options.get(name, COMPONENT + name)
        named = {*mapping.values()}
        mapping |= {name: ref for name, ref in options.items() if ref not in named}
        return {**discriminator, "mapping": mapping}

    def _node(self, option: Schema, place: str, *, several: bool) -> Schema:
        """An alternative as a schema of the parser's; a reference has its annotations beside it."""
        beside = {key: option[key] for key in option if is_annotation(key) or key in (ORIGIN, RULE)}
        if "$ref" in option:
            return {"$ref": option["$ref"], **beside}
        kind = option.get("type")
        if kind == "object" or (kind is None and any(key in option for key in OF_OBJECTS)):
            return {**self._object(option, place, several=several), **beside}
        if kind == "array" or (kind is None and any(key in option for key in OF_ARRAYS)):
            return {"type": "array", "items": self._items(option, place, several=several), **beside}
        if "const" in option:
            # The parser ignores `const` if there is a `type`.
            return {"const": option["const"], **beside}
        if kind is None:
            return beside
        found: Schema = {key: option[key] for key in ("type", "format") if key in option}
        if "enum" in option:
            names = member_names(option["enum"], as_array(option.get("x-enum-varnames")))
            found |= {"enum": option["enum"], "x-enum-varnames": names}
        return {**found, **beside}

    def _object(self, option: Schema, place: str, *, several: bool) -> Schema:
        required: list[str] = option.get("required", [])
        properties: dict[str, Schema] = {}
        declared = {**option.get(CONDITIONAL, {}), **option.get("properties", {})}
        for name, schema in declared.items():
            inner = f"{place}/properties{pointer([name])}"
            if name in required or schema is not False:
                part = self._part(schema, inner, several=several, required=name in required)
                properties |= {} if part is None else {name: part}
        found: Schema = {"type": "object"}
        additional = self._additional(option, place, several=several)
        if not properties:
            # Without properties, the parser makes a dict, in which no member is required.
            properties = {name: additional or {} for name in required}
        if properties:
            found["properties"] = properties
        if required:
            # Always in the same order, so that equal options are recognised as equal.
            undeclared = [name for name in required if name not in properties]
            found["required"] = [name for name in properties if name in required] + undeclared
        if additional is False or additional:
            found["additionalProperties"] = additional
        return found

    def _additional(self, option: Schema, place: str, *, several: bool) -> Any:
        """The schema of the properties without a name; False if there are none."""
        unevaluated = option.get("unevaluatedProperties", True)
        additional = option.get("additionalProperties", unevaluated)
        patterns = [
            item for item in option.get("patternProperties", {}).values() if item is not False
        ]
        if patterns and additional is False:
            return self._schema({"anyOf": patterns}, f"{place}/patternProperties")
        if patterns and is_object(additional):
            additional = {"anyOf": [*patterns, additional]}
        if additional is True or additional is False:
            return {} if additional else False
        part = self._part(additional, f"{place}/additionalProperties", several=several)
        return False if part is None else part

    def _items(self, option: Schema, place: str, *, several: bool) -> Schema:
        items = option.get("items", option.get("unevaluatedItems", True))
        prefix = option.get("prefixItems", [])
        if prefix:
            closed = items is False or option.get("maxItems", len(prefix) + 1) <= len(prefix)
            return self._schema(
                {"anyOf": prefix if closed else [*prefix, items]}, f"{place}/prefixItems"
            )
        return (items and self._part(items, f"{place}/items", several=several)) or {}


def _is_plain(default: Any) -> bool:
    """Whether the parser finds the default of an enum, whose strings it escapes."""
    return not isinstance(default, str) or in_double_quote_literal(default) == default
