"""Parse a document with openapi-python-client, and refuse what its parser leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from openapi_python_client.config import Config
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError as ParserError
from openapi_python_client.parser.errors import ParseError
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty

from generator.client.representations import with_plain_responses
from generator.client.requests import with_plain_requests
from generator.client.types import is_dict, members_of
from generator.errors import GeneratorError
from generator.spec.values import is_array, is_object


def parse(document: Mapping[str, Any], config: Config) -> GeneratorData:
    """Parse a document.

    Raises:
        GeneratorError: The parser cannot read the document, or warns that it would drop something.
    """
    try:
        plain = with_plain_requests(with_plain_responses(document))
        data = GeneratorData.from_dict(_normalised(plain), config=config)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        # Some documents crash the parser: two enum values with one Python name, for example.
        raise GeneratorError(f"openapi-python-client stops at the document: {error}") from error
    if isinstance(data, ParserError):
        raise _warnings([data])
    collections = data.endpoint_collections_by_tag.values()
    errors = [error for collection in collections for error in collection.parse_errors]
    if errors or data.errors:
        raise _warnings([*errors, *data.errors])
    _complete(data)
    data.models = [model for model in data.models if not is_dict(model)]
    return data


def _normalised(node: Any) -> Any:
    """A copy of a document in terms that the parser understands."""
    if is_array(node):
        return [_normalised(item) for item in node]
    if not is_object(node):
        return node
    copied = {name: _normalised(value) for name, value in node.items()}
    if node.get("type") == "string" and isinstance(node.get("x-value-format"), str):
        # The extension names what a string means whose form is wider than the format's.
        copied["format"] = node["x-value-format"]
    if is_array(node.get("enum")) and None in node["enum"] and is_array(node.get("type")):
        # Null among the values says it, too. The parser would make a class for each type.
        kinds = [kind for kind in node["type"] if kind != "null"]
        copied["type"] = kinds[0] if len(kinds) == 1 else kinds
    return copied


def _complete(data: GeneratorData) -> None:
    """Give every reference to a schema the members of the schema's class.

    The parser copies a class for each reference. If the schema comes later in the document, this
    copy is made before the members are known.
    """
    models = {str(model.class_info.name): model for model in data.models}
    waiting: list[PropertyProtocol] = [*data.models]
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            waiting += [response.prop for response in endpoint.responses]
            waiting += endpoint.list_all_parameters()
    seen: set[int] = set()
    while waiting:
        prop = waiting.pop()
        if id(prop) in seen:
            continue
        seen.add(id(prop))
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
