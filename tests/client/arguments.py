"""Random arguments of operations, and the values that a server reads from a request.

Both follow the document. An argument is a Python value together with its meaning.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple, get_args, get_type_hints
from urllib.parse import parse_qsl, unquote

import h11
from hypothesis import strategies as st

from tests.client.bodies import Schema, Schemas
from tests.client.documents import Operation, squashed
from tests.client.formats import FORMS, OFFSETS, form
from tests.client.http_library import httpx


class Argument(NamedTuple):
    """An argument of a call, and its meaning."""

    given: Any
    meant: object


def _as_it_is(value: Any) -> Argument:
    return Argument(value, value)


# In another time zone, the first and last day of the calendar have no date.
_MOMENTS = st.datetimes(
    dt.datetime(1, 1, 2),
    dt.datetime(9999, 12, 30),
    timezones=st.just(dt.UTC) | OFFSETS | st.timezones(),
)

_BY_FORM: dict[str, st.SearchStrategy[Argument]] = {
    "date": st.dates().map(_as_it_is)
    | _MOMENTS.map(lambda moment: Argument(moment, moment.astimezone(dt.UTC).date())),
    "date-time": _MOMENTS.map(_as_it_is),
    "uuid": st.uuids().map(_as_it_is),
}

# HTTP strips the space around a header's value, and removes dots as segments of a path.
_HEADER_TEXTS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
_TEXTS = {
    "path": st.text(min_size=1, max_size=8).filter(lambda text: text not in (".", "..")),
    "query": st.text(max_size=8),
    "header": _HEADER_TEXTS.map(str.strip),
    "cookie": st.text(max_size=8),
}
"""The strings that each kind of parameter can carry."""


@functools.cache
def parameters(operation: Operation) -> dict[str, dict[str, Any]]:
    """The parameters of an operation, by their Python names."""
    names = list(inspect.signature(operation.module.arguments).parameters)
    if operation.body is not None:
        names.remove("body")
    found = {
        name: parameter
        for name in names
        for parameter in operation.parameters
        if squashed(name) in (squashed(parameter["name"]), squashed("".join(_named(parameter))))
    }
    assert len(operation.parameters) == len(names) == len(found)
    return found


def _named(parameter: dict[str, Any]) -> tuple[str, str]:
    return parameter["name"], parameter["in"]


def arguments(operation: Operation) -> st.SearchStrategy[dict[str, Argument]]:
    """The arguments of a call: all required ones, and some of the others."""
    schemas = operation.document.schemas
    hints = get_type_hints(operation.module.arguments)
    required: dict[str, st.SearchStrategy[Argument]] = {}
    optional: dict[str, st.SearchStrategy[Argument]] = {}
    for name, parameter in parameters(operation).items():
        (option,) = schemas.options(parameter["schema"])
        kinds = {kind.__name__: kind for kind in _enums(hints[name])}
        values = _values(schemas, option, parameter["in"], list(kinds.values()))
        (required if parameter.get("required") else optional)[name] = values
    if (body := operation.body) is not None:
        models = schemas.values(body.schema).map(
            lambda value: Argument(body.model.from_dict(value), schemas.meaning(body.schema, value))
        )
        (required if body.required else optional)["body"] = models
    return st.fixed_dictionaries(required, optional=optional)


@functools.cache
def simplest(operation: Operation) -> dict[str, Any]:
    """The simplest arguments of a call: only the required ones."""
    schemas = operation.document.schemas
    found = {
        name: schemas.example(parameter["schema"])
        for name, parameter in parameters(operation).items()
        if parameter.get("required")
    }
    if operation.body is not None and operation.body.required:
        body = schemas.example(operation.body.schema)
        found["body"] = operation.body.model.from_dict(body)
    return found


def _enums(hint: Any) -> Iterator[type[Enum]]:
    if isinstance(hint, type) and issubclass(hint, Enum):
        yield hint
    for inner in get_args(hint):
        yield from _enums(inner)


def _values(
    schemas: Schemas, option: Schema, place: str, enums: list[type[Enum]]
) -> st.SearchStrategy[Argument]:
    texts = _TEXTS[place].map(_as_it_is)
    if "enum" in option:
        known = st.sampled_from(option["enum"])
        members = known.map(lambda value: Argument(enums[0](value), value))
        return known.map(_as_it_is) | members | texts
    if option["type"] == "array":
        (item,) = schemas.options(option["items"])
        items = st.lists(_values(schemas, item, place, enums), max_size=3)
        return items.map(
            lambda found: Argument([one.given for one in found], [one.meant for one in found])
        )
    if name := form(option):
        return _BY_FORM[name] | FORMS[name].texts.map(
            lambda text: Argument(text, FORMS[name].meaning(text))
        )
    if option["type"] == "string":
        return texts
    if option["type"] == "integer":
        return st.integers(option.get("minimum"), option.get("maximum")).map(_as_it_is)
    return schemas.values(option).map(_as_it_is)


def arrived(request: httpx.Request) -> tuple[str, dict[str, str]]:
    """The target and the headers that a server reads, after an HTTP parser on each side."""
    client, server = h11.Connection(h11.CLIENT), h11.Connection(h11.SERVER)
    head = h11.Request(
        method=request.method, target=request.url.raw_path, headers=request.headers.raw
    )
    for event in (head, h11.Data(request.content), h11.EndOfMessage()):
        server.receive_data(client.send(event) or b"")
    seen = server.next_event()
    assert isinstance(seen, h11.Request)
    headers = {name.decode(): value.decode() for name, value in seen.headers}
    return seen.target.decode(), headers


def understood(operation: Operation, request: httpx.Request) -> dict[str, object]:
    """The meanings of the arguments in a request, by their Python names."""
    schemas = operation.document.schemas
    texts = _texts(operation, *arrived(request))
    found: dict[str, object] = {}
    for name, parameter in parameters(operation).items():
        (option,) = schemas.options(parameter["schema"])
        meanings = [_meaning(schemas, option, text) for text in texts[_named(parameter)]]
        if meanings:
            found[name] = meanings if option["type"] == "array" else meanings[0]
    if operation.body is not None and request.content:
        found["body"] = schemas.meaning(operation.body.schema, json.loads(request.content))
    return found


def _texts(
    operation: Operation, target: str, headers: dict[str, str]
) -> dict[tuple[str, str], list[str]]:
    """The texts of each parameter in a request, by name and place."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    path, _, query = target.partition("?")
    literals = re.split(r"\{[^{}]*\}", operation.path)
    found = re.search("([^/]*)".join(map(re.escape, literals)) + "$", path)
    assert found is not None
    for name, text in zip(re.findall(r"\{(.*?)\}", operation.path), found.groups(), strict=True):
        texts[name, "path"].append(unquote(text))
    for name, text in parse_qsl(query, keep_blank_values=True):
        texts[name, "query"].append(text)
    for cookie in filter(None, headers.get("cookie", "").split("; ")):
        name, _, text = cookie.partition("=")
        texts[name, "cookie"].append(unquote(text))
    for name, place in map(_named, operation.parameters):
        if place == "header" and name.lower() in headers:
            texts[name, place].append(headers[name.lower()])
    return texts


def _meaning(schemas: Schemas, option: Schema, text: str) -> object:
    """The meaning of a text in a URL or header."""
    if option["type"] == "array":
        (option,) = schemas.options(option["items"])
    if option["type"] != "string":
        return json.loads(text)
    if name := form(option):
        assert schemas.is_valid(option, text)
        return FORMS[name].meaning(text)
    return text
