"""Give every object and enum a component of its own, with a unique class name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import chain, count
from typing import Any

from openapi_python_client.config import Config
from openapi_python_client.parser.openapi import generate_operation_id
from openapi_python_client.parser.properties import Class
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import ClassName, PythonIdentifier, get_content_type, pascal_case

from generator.client.names import shortened
from generator.client.normalise.alternatives import NULL
from generator.client.normalise.keywords import is_annotation
from generator.client.normalise.merge import Schema
from generator.client.normalise.pointers import COMPONENT, component, unused
from generator.spec.media_types import EVENT_STREAM, essence
from generator.spec.operations import operations
from generator.spec.references import copied
from generator.spec.values import as_array, as_object, is_object

#: What the parser calls a body of a media type, where an operation has several.
_BODY_KINDS = {
    "application/x-www-form-urlencoded": "data",
    "multipart/form-data": "files",
    "application/octet-stream": "content",
}
#: The keywords that describe a schema in one place, and not its class.
_BESIDE_REFERENCE = ("default", "deprecated", "readOnly", "writeOnly")


def name_classes(
    document: dict[str, Any],
    holders: set[int],
    unnamed: set[str],
    rank: Callable[[str], int],
    config: Config,
) -> None:
    """Make a component of every object and enum, and let its title be the name of its class.

    The names are those that the parser would give, as far as they are not taken.

    Args:
        document: A document with simplified schemas.
        holders: The identities of what has a simplified schema. The client does not read others.
        unnamed: The components that are named after the place where they are used first.
        rank: Of two components, the lower one names what both have.
        config: The configuration of openapi-python-client.
    """
    names = _ClassNames(document, holders, unnamed, config)
    names.name_components(rank)
    for kind, suffix in (("responses", "Response"), ("requestBodies", "Body"), ("parameters", "")):
        for name, holder in as_object(document["components"].get(kind)).items():
            base = pascal_case(name)
            names.name_in(holder, "", base if base.endswith(suffix) else base + suffix)
    for place, path, item, _ in operations(document):
        names.name_in_operation(path, place.rpartition("/")[2], item)
    names.name_rest()


def has_class(schema: Schema) -> bool:
    """Whether a simplified schema is of a class: an object or an enum."""
    return schema.get("type") == "object" or "enum" in schema


class _ClassNames:
    """The names of classes that are taken, and the components that have them."""

    def __init__(
        self, document: dict[str, Any], holders: set[int], unnamed: set[str], config: Config
    ) -> None:
        self._schemas: dict[str, Any] = document["components"]["schemas"]
        self._holders = holders
        self._unnamed = set(unnamed)
        self._config = config
        self._classes: dict[str, Class] = {}
        self._taken: set[str] = set()
        self._hoists: dict[int, tuple[Schema, Schema]] = {}
        """The schemas that had no component, each with the reference to its new component."""
        self._inline: dict[str, tuple[Any, str]] = {}
        """By the name of the class that such a schema would get: its content and its component."""

    def name_components(self, rank: Callable[[str], int]) -> None:
        """Name the classes of the components, and then those of what is in them.

        Args:
            rank: Of two components, the lower one names what both have.
        """
        named = [name for name in self._schemas if name not in self._unnamed]
        classes = {
            name: component for name in named if (component := self._without_null(name)) is not None
        }
        waiting = {name: title_of(self._schemas[classes[name]]) or name for name in classes}
        titles = Counter(self._class(title).name for title in waiting.values())
        by_name = [name for name in waiting if self._class(name) == self._class(waiting[name])]
        by_title = [name for name in waiting if titles[self._class(waiting[name]).name] == 1]
        for name in [*by_name, *by_title]:
            # A component's own name is preferred to another's title.
            if name in waiting and self._is_free(waiting[name]):
                self._claim(classes[name], waiting.pop(name))
        for name in waiting:
            self._claim(classes[name], self._free(name))
        for name in sorted(named, key=rank):
            if name in classes:
                self._name_members(self._schemas[classes[name]], self._class_of(classes[name]))
            else:
                self._name(self._schemas, name, "", name)

    def _without_null(self, name: str) -> str | None:
        """The component that has the class of a component, or None if there is no class.

        A component that may also be null has no class itself: this makes a second one, which has.
        """
        schema = self._schemas[name]
        if has_class(schema):
            return name
        options = schema.get("anyOf", [])
        rest = [option for option in options if option != NULL]
        if len(options) != 2 or len(rest) != 1 or not has_class(rest[0]):
            return None
        found = f"{name}."  # the parser makes the same class name of it
        while found in self._schemas:
            found += "."
        beside = {key: value for key, value in schema.items() if key != "anyOf"}
        self._schemas[found] = {**rest[0], **beside}
        annotations = {key: beside[key] for key in beside if is_annotation(key)}
        self._schemas[name] = {"anyOf": [{"$ref": COMPONENT + found}, NULL], **annotations}
        return found

    def name_rest(self) -> None:
        """Name the components that are used nowhere."""
        for name in sorted(self._unnamed):
            if name in self._unnamed:
                holder = {"schema": {"$ref": COMPONENT + name}}
                self._name(holder, "schema", "", name)

    def name_in_operation(self, path: str, method: str, item: dict[str, Any]) -> None:
        """Name the classes of an operation's schemas."""
        operation, prefix = item[method], self._config.field_prefix
        if "operationId" in operation:
            owner = str(PythonIdentifier(str(operation["operationId"]), prefix))
        else:
            owner = str(
                generate_operation_id(path=UntrustedString(path), method=method, prefix=prefix)
            )
        for parameter in as_array(operation.get("parameters")):
            self.name_in(parameter, owner, str(parameter.get("name")))
        for status, response in as_object(operation.get("responses")).items():
            self.name_in(response, owner, f"response_{status}")
        self.name_in(operation.get("requestBody"), owner, "body", is_body=True)
        for parameter in as_array(item.get("parameters")):
            self.name_in(parameter, owner, str(parameter.get("name")))

    def name_in(self, holder: Any, owner: str, name: str, *, is_body: bool = False) -> None:
        """Name the classes of a parameter, a response or a body."""
        if not is_object(holder):
            return
        if "schema" in holder:
            self._name(holder, "schema", owner, name)
        content = as_object(holder.get("content"))
        seen: list[Any] = []
        named: dict[int, dict[str, Any]] = {}
        for media_type, value in content.items():
            if not is_object(value) or "schema" not in value:
                continue
            if value["schema"] not in seen:
                seen.append(copied(value["schema"]))
            index = seen.index(value["schema"])
            if id(value) not in self._holders:
                continue
            if index in named:
                value["schema"] = named[index]["schema"]
                continue
            named[index] = value
            parent, own = owner, name
            if not is_body and index > 0:
                is_event = essence(media_type) == EVENT_STREAM
                own = "event" if is_event else re.sub(r"\W", " ", essence(media_type))
            if is_body and len(content) > 1:
                kind = _BODY_KINDS.get(str(get_content_type(media_type, self._config)), "json")
                parent = f"{owner}_{kind}"
            self._name(value, "schema", parent, own)

    def _name(self, holder: Any, key: Any, parent: str, name: str) -> None:
        """Name the classes of a schema in its place.

        Args:
            holder: The object or array that has the schema.
            key: Its key or index there.
            parent: The name of the class or operation that it belongs to.
            name: Its name in there.
        """
        schema: Schema = holder[key]
        target = referenced(schema)
        if target in self._unnamed:
            self._unnamed.discard(target)
            found = self._schemas[target]
            if has_class(found):
                self._claim(target, self._free(*self._candidates(found, parent, name)))
                self._name_members(found, self._class_of(target))
            else:
                self._name(self._schemas, target, parent, name)
        elif target is None and has_class(schema):
            if id(schema) not in self._hoists:
                # Keep the schema, so that Python gives its id() to no other.
                self._hoists[id(schema)] = schema, self._hoisted(schema, parent, name)
            holder[key] = self._hoists[id(schema)][1]
        elif target is None:
            for index, option in enumerate(schema.get("anyOf", [])):
                title = option.get("title")
                part = title if title and title != schema.get("title") else f"type_{index}"
                self._name(schema["anyOf"], index, parent, f"{name}_{part}")
            if "items" in schema:
                self._name(schema, "items", parent, f"{name}_item")

    def _name_members(self, schema: Schema, owner: str) -> None:
        for name in schema.get("properties", {}):
            self._name(schema["properties"], name, owner, name)
        if schema.get("additionalProperties"):
            self._name(schema, "additionalProperties", owner, "AdditionalProperty")

    def _hoisted(self, schema: Schema, parent: str, name: str) -> Schema:
        """The reference to a new component in place of a schema."""
        candidates = self._candidates(schema, parent, name)
        beside = {key: schema.pop(key) for key in _BESIDE_REFERENCE if key in schema}
        if "enum" not in schema:
            beside.pop("default", None)
        first = str(self._class(candidates[0]).name)
        said = schema["enum"] if "enum" in schema else copied(schema)
        if first in self._inline and self._inline[first][0] == said:
            name = self._inline[first][1]
        else:
            text = self._free(*candidates)
            name = str(ClassName(text.rpartition("/")[2], self._config.field_prefix))
            name = unused(self._schemas, name) if name in self._schemas else name
            self._schemas[name] = schema
            self._claim(name, text)
            self._name_members(schema, self._class_of(name))
            self._inline.setdefault(first, (said, name))
        reference = {"$ref": COMPONENT + name}
        return {"allOf": [reference], **beside} if beside else reference

    def _candidates(self, schema: Schema, parent: str, name: str) -> list[str]:
        """The names for the class of a schema in place, the parser's own first."""
        title = title_of(schema)
        prefix = pascal_case(parent)
        is_model = schema.get("type") == "object"
        if is_model and title and not self._config.use_path_prefixes_for_title_model_names:
            prefix = ""
        found = [prefix + pascal_case(title or name) if prefix else title or name]
        return [*found, pascal_case(parent) + pascal_case(name)]

    def _class(self, text: str) -> Class:
        if text not in self._classes:
            self._classes[text] = Class.from_string(string=text, config=self._config)
        return self._classes[text]

    def _class_of(self, name: str) -> str:
        return str(self._class(title_of(self._schemas[name]) or name).name)

    def _is_free(self, text: str) -> bool:
        info = self._class(text)
        names = {str(info.name), f"{info.module_name}.py"}
        return not (names & self._taken or self._is_long(text))

    def _free(self, *candidates: str) -> str:
        """The first of some names that is free, or the last one with a number."""
        texts = [self._shortened(text) for text in candidates]
        numbered = (f"{texts[-1]}{number}" for number in count(2))
        return next(text for text in chain(texts, numbered) if self._is_free(text))

    def _shortened(self, text: str) -> str:
        while self._is_long(text):
            text = text[: len(text) * 9 // 10]
        return text

    def _is_long(self, text: str) -> bool:
        """Whether no file can be named after the class."""
        module = str(self._class(text).module_name)
        return module != shortened(module)

    def _claim(self, name: str, text: str) -> None:
        """Give the class of a component a free name."""
        info = self._class(text)
        self._taken |= {str(info.name), f"{info.module_name}.py"}
        schema = self._schemas[name]
        title = schema.get("title")
        if title is not None and title != text:
            schema.setdefault("description", title)
            del schema["title"]
        if self._class_of(name) != str(info.name):
            schema["title"] = text


def title_of(schema: Schema) -> str:
    """The title of a schema, if a class can be named after it."""
    title = str(schema.get("title", ""))
    return title if any(map(str.isalnum, title)) else ""


def referenced(schema: Schema) -> str | None:
    """The component that a simplified schema is a reference to, if it is one."""
    if "allOf" in schema:
        schema = schema["allOf"][0]
    return component(schema["$ref"]) if "$ref" in schema else None
