"""The support check: which parts of a document the client would not honour.

It reads the document alone, before generation, and does not ask openapi-python-client, which leaves
out in silence what it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from generator.client.normalise.keywords import ANNOTATIONS, LIMITS, TYPES
from generator.client.normalise.pointers import inner_schemas
from generator.client.operations.binary import MULTIPART, is_file
from generator.client.operations.requests import fixed_header, part_headers
from generator.spec.media_types import essence, is_media_type
from generator.spec.operations import DEFAULT_STYLES, STYLES, base_url, operations, own_server
from generator.spec.references import inlined, pointer, references, resolve
from generator.spec.values import as_object, is_object

#: A keyword that the specification does not know is a mistake, or has a meaning that is not known.
_KEYWORDS = ANNOTATIONS | LIMITS | TYPES
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VARIABLE = re.compile(r"\{[\w.-]+\}")
_URL = re.compile(r"(https?://[^\s{}\"'\\?#@/]+)?(/[^\s{}\"'\\?#@]*)?", re.IGNORECASE)
_RELATIVE = re.compile(r"[^\s{}\"'\\?#@:]*")


def unsupported(document: Mapping[str, Any]) -> list[str]:
    """The parts of a document that the client would not honour, each with its place."""
    return list(_unsupported(document))


def _unsupported(document: Mapping[str, Any]) -> Iterator[str]:
    url = base_url(document)
    # A caller can give another server than the document's.
    if not _RELATIVE.fullmatch(url):
        yield from _server(url, _VARIABLE.sub("1", url), "#")
    checks: dict[str, Callable[[Any, str], Iterator[str]]] = {
        "schemas": _schema,
        "parameters": _parameter,
        "requestBodies": _body,
        "responses": _content,
    }
    for kind, check in checks.items():
        for name, node in document.get("components", {}).get(kind, {}).items():
            yield from check(node, f"#/components/{kind}{pointer([name])}")
    yield from _references(document)
    if not any(operations(document)):
        yield "#/paths: there is no operation, and so nothing to call; add one"
    for place, _, item, operation in operations(document):
        url = own_server(item, operation)
        yield from _server(url, url, place)
        for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
            yield from _parameter(parameter, f"{place}/parameters")
        yield from _body(operation.get("requestBody", {}), f"{place}/requestBody")
        for status, response in operation.get("responses", {}).items():
            if not status.startswith("x-"):
                yield from _content(response, f"{place}/responses/{status}")


def _references(document: Mapping[str, Any]) -> Iterator[str]:
    """The references of schemas to what is no schema. All others are inlined."""
    for place, node in references(inlined(document)):
        target = resolve(document, node)
        keywords = target if is_object(target) else () if isinstance(target, bool) else ("",)
        if not all(map(_is_known, keywords)):
            yield f"{place}: the reference {node['$ref']!r} leads to no schema; correct it"


def _is_known(keyword: str) -> bool:
    return keyword in _KEYWORDS or keyword.startswith("x-")


def _server(url: str, complete: str, place: str) -> Iterator[str]:
    """Whether a client can use the URL of a server, of which the defaults are known."""
    if not _URL.fullmatch(complete):
        yield (
            f"{place}/servers/0/url: {url!r} is neither an http or https URL without a query nor "
            "an absolute path; give its variables a default"
        )
        return
    try:
        _ = urlsplit(complete).port
    except ValueError as error:
        yield f"{place}/servers/0/url: {url!r} leads to no server: {error}; correct it"


def _parameter(parameter: dict[str, Any], place: str) -> Iterator[str]:
    """The parts of a parameter that are not supported. A reference has none of its own."""
    if "$ref" in parameter:
        return
    where, name = parameter["in"], parameter["name"]
    place = f"{place} ({where} {name})"
    style = parameter.get("style", DEFAULT_STYLES[where])
    if style not in STYLES[where]:
        yield f"{place}/style: {style!r} is no style of a {where} parameter"
    if where in ("header", "cookie") and not _HEADER.fullmatch(name):
        yield f"{place}: this is no name of a {where}"
    yield from _schema(parameter.get("schema"), f"{place}/schema")
    for media_type, value in parameter.get("content", {}).items():
        inner = f"{place}/content{pointer([media_type])}/schema"
        yield from _schema(value.get("schema"), inner)


def _body(owner: dict[str, Any], place: str) -> Iterator[str]:
    """The parts of the media types of a request, with their schemas, that are not supported."""
    yield from _content(owner, place)
    for media_type, value in as_object(owner.get("content")).items():
        if essence(media_type) == MULTIPART:
            yield from _parts(value, f"{place}/content{pointer([media_type])}")


def _content(owner: dict[str, Any], place: str) -> Iterator[str]:
    """The parts of the media types of a request or response that are not supported."""
    for media_type, value in as_object(owner.get("content")).items():
        inner = f"{place}/content{pointer([media_type])}"
        if not is_media_type(media_type):
            yield f"{inner}: this is no media type; write type/subtype"
        yield from _schema(value.get("schema"), f"{inner}/schema")


def _parts(value: dict[str, Any], place: str) -> Iterator[str]:
    members = as_object(as_object(value.get("schema")).get("properties"))
    for name, encoding in as_object(value.get("encoding")).items():
        schema = as_object(members.get(name))
        if is_file(as_object(schema.get("items", schema))):
            continue  # the caller gives the headers of its parts
        for header, described in part_headers(encoding).items():
            if described.get("required") and fixed_header(described) is None:
                inner = f"{place}/encoding{pointer([name])}/headers{pointer([header])}"
                yield f"{inner}: a caller cannot give it; give its schema a const or default"


def _schema(schema: Any, place: str) -> Iterator[str]:
    """The parts of a schema, and of the schemas in it, that are not supported."""
    for inner, each in inner_schemas(schema, place):
        for keyword in each:
            if not _is_known(keyword):
                yield f"{inner}: the keyword {keyword!r} is not supported; an overlay can remove it"
