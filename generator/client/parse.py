"""Parse a document with openapi-python-client, and refuse what its parser leaves out."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from unittest import mock

from openapi_python_client.config import Config
from openapi_python_client.parser import GeneratorData, openapi
from openapi_python_client.parser.errors import GeneratorError as ParserError
from openapi_python_client.parser.errors import ParseError
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema.untrusted_string import UntrustedString

from generator.client.operations.binary import with_files_in_parts_only
from generator.client.operations.representations import with_plain_responses
from generator.client.operations.requests import with_plain_requests
from generator.client.schemas.discriminators import Discriminators
from generator.client.schemas.presence import Presence, find_presences
from generator.client.schemas.property_names import rename_properties
from generator.client.schemas.types import is_dict, members_of, without_null
from generator.errors import GeneratorError


@dataclass
class ParsedDocument(GeneratorData):
    """A document as openapi-python-client parsed it, and what its parser leaves out.

    Attributes:
        presences: The presence of the members of each class.
        has_unions: Whether there is a value of one type or another.
    """

    presences: dict[str, Presence]
    has_unions: bool


def parse(document: Mapping[str, Any], config: Config) -> ParsedDocument:
    """Parse a document.

    Raises:
        GeneratorError: The parser cannot read the document, or warns that it would drop something.
    """
    simple = with_plain_requests(with_plain_responses(with_files_in_parts_only(document)))
    renamed = rename_properties(simple, config.field_prefix)
    try:
        # The parser copies each operation several times, and then uses the copy only. A deep copy
        # is one of all classes that the operation leads to: most of the time for a long document.
        with mock.patch.object(openapi, "deepcopy", copy.copy):
            data = GeneratorData.from_dict(simple, config=config)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        # Some documents crash the parser: two enum values with one Python name, for example.
        raise GeneratorError(f"openapi-python-client stops at the document: {error}") from error
    if isinstance(data, ParserError):
        raise _warnings([data])
    collections = data.endpoint_collections_by_tag.values()
    errors = [error for collection in collections for error in collection.parse_errors]
    if errors or data.errors:
        raise _warnings([*errors, *data.errors])
    _properties(data)
    data.models = [model for model in data.models if not is_dict(model)]
    presences = find_presences(simple, data, renamed)
    properties = _properties(data)
    for prop in properties if renamed else ():
        prop.name = _own_name(prop.name, renamed)
        if isinstance(prop, ModelProperty) and prop.data.properties:
            named = prop.data.properties.items()
            prop.data.properties = {_own_name(name, renamed): inner for name, inner in named}
    discriminators = Discriminators(simple, data.models)
    unions = [prop for prop in properties if isinstance(prop, UnionProperty)]
    has_unions = any(len(without_null(union)[0]) > 1 for union in unions)
    for union in unions:
        discriminators.group(union)
    return ParsedDocument(**vars(data), presences=presences, has_unions=has_unions)


def _own_name(name: UntrustedString, renamed: Mapping[str, str]) -> UntrustedString:
    text = name.get_untrusted_value()
    return UntrustedString(renamed.get(text, text))


def _properties(data: GeneratorData) -> list[PropertyProtocol]:
    """All properties of a parsed document; each reference to a schema is one of its own.

    The parser copies a class for each reference. If the schema comes later in the document, this
    copy is made before the members are known. So each gets the members of the schema's class.
    """
    models = {str(model.class_info.name): model for model in data.models}
    waiting: list[PropertyProtocol] = [*data.models]
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            waiting += [response.prop for response in endpoint.responses]
            waiting += endpoint.list_all_parameters()
    found: dict[int, PropertyProtocol] = {}
    while waiting:
        prop = waiting.pop()
        if id(prop) in found:
            continue
        found[id(prop)] = prop
        match prop:
            case ModelProperty():
                model = models.get(str(prop.class_info.name), prop)
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
    return [*found.values()]


def _warnings(errors: Iterable[ParserError]) -> GeneratorError:
    """Every warning is an error, because the parser leaves out what it warns of."""
    return GeneratorError("\n".join(["openapi-python-client says:", *map(_quoted, errors)]))


def _quoted(error: ParserError) -> str:
    lines = [error.header, error.detail or ""]
    if isinstance(error, ParseError) and error.data is not None:
        lines.append(error.data.model_dump_json(exclude_none=True, by_alias=True)[:1000])
    # The parser's own messages show its guarded texts of the document like this.
    guarded = re.compile(r"<[\w.]+\.UntrustedString object at 0x[0-9a-f]+>")
    lines = [guarded.sub("…", line).strip() for line in lines]
    return "  - " + "\n    ".join(filter(None, lines))
