"""Parse the schemas of a document with openapi-python-client, and refuse what it leaves out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from openapi_python_client.config import Config
from openapi_python_client.parser.errors import ParseError, PropertyError
from openapi_python_client.parser.properties import (
    EnumProperty,
    ModelProperty,
    Schemas,
    build_schemas,
    property_from_data,
)
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema import Schema
from openapi_python_client.schema.openapi_schema_pydantic.reference import ReferenceOr
from openapi_python_client.schema.untrusted_string import UntrustedString
from pydantic import TypeAdapter

from generator.client.operations.binary import with_files
from generator.client.schemas.discriminators import Discriminators
from generator.client.schemas.presence import find_presences
from generator.client.schemas.property_names import rename_properties
from generator.client.schemas.types import component_of, is_dict, members_of, without_null
from generator.errors import GeneratorError

T = TypeVar("T")
_SCHEMA: TypeAdapter[Any] = TypeAdapter(ReferenceOr[Schema])
_COMPONENTS: TypeAdapter[Any] = TypeAdapter(dict[UntrustedString, ReferenceOr[Schema]])


class ParsedDocument:
    """The schemas of a normalised document as properties of openapi-python-client's parser.

    Attributes:
        models: The classes of objects.
        enums: The classes of enums.
        presences: The presence of the members of each class.
        has_unions: Whether a value that was parsed is of one type or another.

    Raises:
        GeneratorError: The parser cannot read a schema, or warns that it would drop something.
    """

    def __init__(self, document: Mapping[str, Any], config: Config) -> None:
        self._config = config
        components = with_files(document["components"]["schemas"], names=True)
        presences = find_presences(document, components)
        renamed = rename_properties(components, config.field_prefix)
        self._schemas: Schemas = _parsed(
            lambda: build_schemas(
                components=_COMPONENTS.validate_python(components), schemas=Schemas(), config=config
            )
        )
        if self._schemas.errors:
            raise _warnings(self._schemas.errors)
        classes = self._schemas.classes_by_name.values()
        models = [prop for prop in classes if isinstance(prop, ModelProperty)]
        self.enums = [prop for prop in classes if isinstance(prop, EnumProperty)]
        for enum in self.enums:
            # The parser escapes strings, and leaves control characters out.
            said = components[component_of(enum)]["enum"]
            enum.values.update(zip(enum.values, said, strict=True))
        self.has_unions = False
        self._by_name = {str(model.class_info.name): model for model in models}
        self._complete: dict[int, PropertyProtocol] = {}
        """The properties by their identity. No other object gets it while they are kept here."""
        properties = self._completed(models)
        if renamed:
            _restore_names(properties, renamed)
        self.models = [model for model in models if not is_dict(model)]
        self.presences = {
            str(model.class_info.name): presences[component_of(model)] for model in self.models
        }
        self._discriminators = Discriminators(document, self.models)
        self._group_unions(properties)

    def property(self, name: str, schema: Any) -> PropertyProtocol:
        """The property of a schema outside of the components.

        Args:
            name: What to call it in an error.
            schema: The schema; None allows anything.
        """
        data: Any = {} if schema is None else with_files(schema)
        prop, _ = _parsed(
            lambda: property_from_data(
                name=UntrustedString(name),
                required=True,
                data=_SCHEMA.validate_python(data),
                schemas=self._schemas,
                parent_name="",
                config=self._config,
            )
        )
        if isinstance(prop, PropertyError):
            raise _warnings([prop])
        self._group_unions(self._completed([prop]))
        return prop

    def _completed(self, start: Iterable[PropertyProtocol]) -> list[PropertyProtocol]:
        """The properties that were not reached before. Each reference has a property of its own.

        The parser copies a class for each reference. If the schema comes later in the document,
        this copy is made before the members are known. So each gets the members of its class.
        """
        found: list[PropertyProtocol] = []
        waiting = [*start]
        while waiting:
            prop = waiting.pop()
            if id(prop) in self._complete:
                continue
            self._complete[id(prop)] = prop
            found.append(prop)
            match prop:
                case ModelProperty():
                    model = self._by_name[str(prop.class_info.name)]
                    prop.required_properties = model.required_properties
                    prop.optional_properties = model.optional_properties
                    prop.additional_properties = model.additional_properties
                    waiting += members_of(model)
                    waiting += [model.additional_properties] if model.additional_properties else []
                case ListProperty():
                    waiting.append(prop.inner_property)
                case UnionProperty():
                    waiting += prop.inner_properties
                case _:
                    pass
        return found

    def _group_unions(self, properties: Iterable[PropertyProtocol]) -> None:
        unions = [prop for prop in properties if isinstance(prop, UnionProperty)]
        self.has_unions |= any(len(without_null(union)[0]) > 1 for union in unions)
        for union in unions:
            self._discriminators.group(union)


def _restore_names(properties: Iterable[PropertyProtocol], renamed: Mapping[str, str]) -> None:
    """Give properties that were renamed for the parser their own names again."""
    for prop in properties:
        prop.name = _own_name(prop.name, renamed)
        if isinstance(prop, ModelProperty) and prop.data.properties:
            named = prop.data.properties.items()
            prop.data.properties = {_own_name(name, renamed): inner for name, inner in named}


def _own_name(name: UntrustedString, renamed: Mapping[str, str]) -> UntrustedString:
    text = name.get_untrusted_value()
    return UntrustedString(renamed.get(text, text))


def _parsed(parse: Callable[[], T]) -> T:
    try:
        return parse()
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        # Some documents crash the parser: two enum values with one Python name, for example.
        raise GeneratorError(f"openapi-python-client stops at the document: {error}") from error


def _warnings(errors: Iterable[ParseError]) -> GeneratorError:
    """Every warning is an error, because the parser leaves out what it warns of."""
    return GeneratorError("\n".join(["openapi-python-client says:", *map(_quoted, errors)]))


def _quoted(error: ParseError) -> str:
    # The rest lists the schemas that the parser leaves out, in no fixed order.
    detail = (error.detail or "").partition("Failure to process schema")[0]
    lines = [error.header, detail]
    if error.data is not None:
        lines.append(error.data.model_dump_json(exclude_none=True, by_alias=True)[:1000])
    # The parser wraps texts of the document. Its messages show the wrapper like this.
    guarded = re.compile(r"<[\w.]+\.UntrustedString object at 0x[0-9a-f]+>")
    lines = [guarded.sub("…", line).strip() for line in lines]
    return "  - " + "\n    ".join(filter(None, lines))
