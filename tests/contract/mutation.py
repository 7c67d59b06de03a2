"""Every single-step change of an OpenAPI document that matters to its client or its server.

A pure function of the document: the same document gives the same mutants, in the same order. What
it leaves alone: titles, descriptions, summaries, examples and `info`, which no message shows.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, cast

Document = dict[str, Any]
Path = tuple[str | int, ...]
Change = Callable[[Any], None]
"""Changes the node at a path, in a copy of the document."""

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
FORMATS = ("date", "date-time", "uuid")
_OTHER_VALUES: dict[str, Any] = {"string": "other", "number": 0, "integer": 0, "boolean": True}


class Mutant(NamedTuple):
    """A document that differs from the original in one place.

    Attributes:
        id: The place and the change, such as `#/servers/0/url: another host`.
        keyword: The keyword that was changed, added or removed.
        kinds: The JSON types of the schema that it stands in, if it stands in one.
        document: The whole document.
    """

    id: str
    keyword: str
    kinds: tuple[str, ...]
    document: Document


class _Step(NamedTuple):
    path: Path
    what: str
    keyword: str
    change: Change
    kinds: tuple[str, ...] = ()


def mutants(document: Mapping[str, Any]) -> Iterator[Mutant]:
    """All mutants of a document."""
    seen: set[str] = set()
    for step in _steps(dict(document)):
        mutated = copy.deepcopy(dict(document))
        step.change(_at(mutated, step.path))
        name = f"#/{'/'.join(_escaped(part) for part in step.path)}: {step.what}"
        if mutated != document and name not in seen:
            seen.add(name)
            yield Mutant(name, step.keyword, step.kinds, mutated)


def _steps(document: Document) -> Iterator[_Step]:
    names = sorted(document.get("components", {}).get("schemas", {}))
    for name in names:
        yield from _schema_steps(document, ("components", "schemas", name), names)
    for path, item in document["paths"].items():
        yield from _path_steps(document, path)
        for method in item:
            yield from _operation_steps(document, ("paths", path, method), names)
    yield from _security_steps(document)
    yield from _server_steps(document)


# --------------------------------------------------------------------------------------------------
# Schemas
# --------------------------------------------------------------------------------------------------


def _schema_steps(document: Document, path: Path, names: list[str]) -> Iterator[_Step]:
    schema: Document = _at(document, path)
    if "$ref" in schema:
        yield from _reference_steps(path, schema, names)
        return
    kinds = _kinds(schema)
    steps = (
        _type_steps(path, schema, kinds),
        _value_steps(path, schema, kinds),
        _text_steps(path, schema, kinds),
        _object_steps(path, schema) if "object" in kinds else (),
    )
    for group in steps:
        yield from (step._replace(kinds=kinds) for step in group)
    for name in schema.get("properties", {}):
        yield from _schema_steps(document, (*path, "properties", name), names)
    if "items" in schema:
        item = {"type": "string"} if schema["items"] != {"type": "string"} else {"type": "integer"}
        yield _Step(path, f"items of type {item['type']}", "items", _set("items", item), kinds)
        yield _Step(path, "items of any type", "items", _set("items", {}), kinds)
        yield from _schema_steps(document, (*path, "items"), names)


def _reference_steps(path: Path, schema: Document, names: list[str]) -> Iterator[_Step]:
    for name in names:
        target = f"#/components/schemas/{name}"
        if target != schema["$ref"]:
            yield _Step(path, f"a reference to {name}", "$ref", _set("$ref", target))
    for kind in ("object", "string"):
        yield _Step(
            path, f"{kind} instead of a reference", "$ref", _replace(type=kind, without="$ref")
        )


def _type_steps(path: Path, schema: Document, kinds: tuple[str, ...]) -> Iterator[_Step]:
    if not kinds:
        return
    plain = [kind for kind in kinds if kind != "null"]
    nullable = "null" in kinds
    for kind in TYPES:
        if kind not in plain and kind != "null":
            changed = [kind, "null"] if nullable else kind
            yield _Step(path, f"type {kind}", "type", _set("type", changed))
            # A union with a bare object or array says little, and an integer is a number already.
            if kind not in ("object", "array") and (kind, "number") != ("integer", plain[0]):
                wider = [*kinds, kind]
                yield _Step(path, f"type {' or '.join(wider)}", "type", _set("type", wider))
    if nullable:
        one = plain[0] if len(plain) == 1 else plain
        yield _Step(path, "not nullable", "type", _set("type", one))
        yield _Step(path, "type null", "type", _set("type", "null"))
    else:
        yield _Step(path, "nullable", "type", _set("type", [*kinds, "null"]))
    yield _Step(path, "no type", "type", _drop("type"))


def _value_steps(path: Path, schema: Document, kinds: tuple[str, ...]) -> Iterator[_Step]:
    known = [kind for kind in kinds if kind in _OTHER_VALUES]
    if not known:
        return
    value = _OTHER_VALUES[known[0]]
    for keyword, given in (("enum", [value]), ("const", value)):
        yield _Step(path, f"another {keyword}", keyword, _set(keyword, given))
        if keyword in schema:
            yield _Step(path, f"no {keyword}", keyword, _drop(keyword))
    for index, item in enumerate(schema.get("enum", [])):
        rest = [other for other in schema["enum"] if other != item]
        yield _Step(path, f"enum without {index}", "enum", _set("enum", rest))


def _text_steps(path: Path, schema: Document, kinds: tuple[str, ...]) -> Iterator[_Step]:
    for keyword in ("format", "x-value-format"):
        if keyword in schema:
            yield _Step(path, f"no {keyword}", keyword, _drop(keyword))
        if keyword in schema or (keyword == "format" and "string" in kinds):
            others = FORMATS if "string" in kinds else ("float", "int32")
            for other in others:
                if schema.get(keyword) != other:
                    yield _Step(path, f"{keyword} {other}", keyword, _set(keyword, other))
    if "pattern" in schema:
        yield _Step(path, "no pattern", "pattern", _drop("pattern"))
        for what, pattern in _patterns(schema["pattern"]):
            yield _Step(path, f"pattern {what}", "pattern", _set("pattern", pattern))
    elif "string" in kinds:
        yield _Step(path, "a pattern", "pattern", _set("pattern", "^[a-z]+$"))


def _patterns(pattern: str) -> Iterator[tuple[str, str]]:
    """The pattern with one anchor, one `?`, one alternative or one part of a class other."""
    if pattern.startswith("^"):
        yield "without ^", pattern[1:]
    if pattern.endswith("$"):
        yield "without $", pattern[:-1]
    for found in re.finditer(r"(?<=\))\?", pattern):
        yield f"without ? at {found.start()}", pattern[: found.start()] + pattern[found.end() :]
    for start, end in _alternatives(pattern):
        shorter = pattern[:start] + pattern[end:]
        yield f"without {pattern[start:end].strip('|')} at {start}", shorter
    for found in re.finditer(r"\[([^\]]+)\]", pattern):
        before, after = pattern[: found.start()], pattern[found.end() :]
        yield f"any character for {found[0]} at {found.start()}", f"{before}.{after}"
        parts = re.findall(r".-.|.", found[1])
        for part in parts if len(parts) > 1 else ():
            rest = "".join(item for item in parts if item != part)
            yield f"without {part} of {found[0]} at {found.start()}", f"{before}[{rest}]{after}"
    for found in re.finditer(r"\{(\d+)\}", pattern):
        before, after = pattern[: found.start()], pattern[found.end() :]
        yield f"one more at {found.start()}", f"{before}{{{int(found[1]) + 1}}}{after}"


def _alternatives(pattern: str) -> Iterator[tuple[int, int]]:
    """Where an alternative stands, together with the bar before or after it."""
    stack: list[list[int]] = []
    for place, char in enumerate(pattern):
        if char == "(":
            stack.append([place])
        elif char == "|" and stack:
            stack[-1].append(place)
        elif char == ")" and stack:
            bounds = [*stack.pop(), place]
            for first, second in itertools.pairwise(bounds):
                if len(bounds) > 2:
                    last = second == bounds[-1]
                    yield (first, second) if last else (first + 1, second + 1)


def _object_steps(path: Path, schema: Document) -> Iterator[_Step]:
    required: list[str] = schema.get("required", [])
    properties: Document = schema.get("properties", {})
    for name in required:
        yield _Step(path, f"{name} not required", "required", _require(without=name))
    for name in [*(name for name in properties if name not in required), "undocumented"]:
        yield _Step(path, f"{name} required", "required", _require(name))
    for name in properties:
        yield _Step(path, f"no property {name}", "properties", _remove_property(name))
        yield _Step(path, f"{name} renamed", "properties", _rename_property(name))
        if name in required:
            yield _Step(path, f"{name} required, unsaid", "properties", _forget_property(name))
    if properties:
        yield _Step(
            path, "closed", "additionalProperties", _set("additionalProperties", value=False)
        )


def _kinds(schema: Document) -> tuple[str, ...]:
    kinds = schema.get("type", ())
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


# --------------------------------------------------------------------------------------------------
# Paths, operations, answers
# --------------------------------------------------------------------------------------------------


def _path_steps(document: Document, path: str) -> Iterator[_Step]:
    yield _Step(("paths",), f"{path} renamed", "paths", _rename(path, f"{path}-renamed"))
    for method in document["paths"][path]:
        other = "post" if method != "post" else "put"
        yield _Step(("paths", path), f"{other} for {method}", "method", _rename(method, other))


def _operation_steps(document: Document, path: Path, names: list[str]) -> Iterator[_Step]:
    operation: Document = _at(document, path)
    yield _Step(path, "another operationId", "operationId", _set("operationId", "get-other"))
    yield _Step(path, "another tag", "tags", _set("tags", ["other"]))
    yield _Step(path, "no tag", "tags", _drop("tags"))
    yield _Step(path, "no security", "security", _drop("security"))
    yield _Step(path, "empty security", "security", _set("security", []))
    optional: list[Document] = [{}, *operation.get("security", [])]
    yield _Step(path, "optional security", "security", _set("security", optional))
    for index in range(len(operation.get("parameters", []))):
        yield from _parameter_steps(document, path, index, names)
    responses: Document = operation.get("responses", {})
    inside = (*path, "responses")
    for status in responses:
        yield _Step(inside, f"no {status}", "responses", _drop(status))
        for other in ("418", "4XX", "default"):
            if other not in responses:
                yield _Step(inside, f"{status} is {other}", "responses", _rename(status, other))
        yield from _content_steps(document, (*inside, status), names)


def _parameter_steps(
    document: Document, operation: Path, index: int, names: list[str]
) -> Iterator[_Step]:
    path = (*operation, "parameters", index)
    parameter: Document = _at(document, path)
    kept = [item for at, item in enumerate(_at(document, path[:-1])) if at != index]
    yield _Step(operation, f"no parameter {index}", "parameters", _set("parameters", kept))
    yield _Step(path, "another name", "name", _set("name", f"{parameter['name']}_renamed"))
    required = not parameter.get("required", False)
    yield _Step(path, f"required: {required}".lower(), "required", _set("required", required))
    for place in ("query", "header", "cookie", "path"):
        if place != parameter["in"]:
            yield _Step(path, f"in {place}", "in", _set("in", place))
    yield from _schema_steps(document, (*path, "schema"), names)


def _content_steps(document: Document, path: Path, names: list[str]) -> Iterator[_Step]:
    answer: Document = _at(document, path)
    if "content" not in answer:
        return
    yield _Step(path, "no content", "content", _drop("content"))
    yield _Step(path, "empty content", "content", _set("content", {}))
    inside = (*path, "content")
    for media_type, content in answer["content"].items():
        for other in ("text/plain", "application/problem+json", "application/octet-stream"):
            yield _Step(inside, other, "content", _rename(media_type, other))
        yield _Step((*inside, media_type), "no schema", "schema", _drop("schema"))
        if "schema" in content:
            yield from _schema_steps(document, (*inside, media_type, "schema"), names)


def _security_steps(document: Document) -> Iterator[_Step]:
    path: Path = ("components", "securitySchemes")
    schemes: Document = document.get("components", {}).get("securitySchemes", {})
    if not schemes:
        return
    yield _Step(("components",), "no security schemes", "securitySchemes", _drop("securitySchemes"))
    for name, scheme in schemes.items():
        inside = (*path, name)
        yield _Step((), f"{name} renamed everywhere", "securitySchemes", _rename_scheme(name))
        yield _Step(inside, "basic", "scheme", _set("scheme", "basic"))
        for place in ("header", "query", "cookie"):
            key = _replace(type="apiKey", name="X-Key", without="scheme", **{"in": place})
            yield _Step(inside, f"apiKey in {place}", "type", key)
        variables = scheme.get("x-environment-variables", [])
        keyword = "x-environment-variables"
        yield _Step(inside, f"no {keyword}", keyword, _drop(keyword))
        yield _Step(inside, "variables reversed", keyword, _set(keyword, variables[::-1]))
        for variable in variables:
            rest = [other for other in variables if other != variable]
            yield _Step(inside, f"without {variable}", keyword, _set(keyword, rest))


def _server_steps(document: Document) -> Iterator[_Step]:
    yield _Step((), "no servers", "servers", _drop("servers"))
    for index, server in enumerate(document.get("servers", [])):
        url: str = server["url"]
        path: Path = ("servers", index)
        scheme, _, rest = url.partition("://")
        host, slash, tail = rest.partition("/")
        for what, other in (
            ("another host", f"{scheme}://other.{host}{slash}{tail}"),
            ("another path", f"{url}/other"),
            ("no path", f"{scheme}://{host}"),
            ("another scheme", f"http://{rest}"),
            ("another port", f"{scheme}://{host}:8443{slash}{tail}"),
        ):
            yield _Step(path, what, "url", _set("url", other))


# --------------------------------------------------------------------------------------------------
# Changes
# --------------------------------------------------------------------------------------------------


def _at(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _set(key: str, value: Any) -> Change:
    def change(node: Document) -> None:
        node[key] = copy.deepcopy(value)

    return change


def _drop(key: str) -> Change:
    def change(node: Document) -> None:
        node.pop(key, None)

    return change


def _replace(*, without: str, **members: Any) -> Change:
    def change(node: Document) -> None:
        node.pop(without, None)
        node.update(members)

    return change


def _rename(old: str, new: str) -> Change:
    """Rename a member, in its place."""

    def change(node: Document) -> None:
        members = list(node.items())
        node.clear()
        node.update((new if key == old else key, value) for key, value in members)

    return change


def _require(name: str | None = None, *, without: str | None = None) -> Change:
    def change(node: Document) -> None:
        names = [item for item in node.get("required", []) if item != without]
        names += [name] if name else []
        node.pop("required", None)
        if names:  # an empty list is no difference to none
            node["required"] = names

    return change


def _forget_property(name: str) -> Change:
    def change(node: Document) -> None:
        del node["properties"][name]

    return change


def _remove_property(name: str) -> Change:
    def change(node: Document) -> None:
        _forget_property(name)(node)
        _require(without=name)(node)

    return change


def _rename_property(name: str) -> Change:
    def change(node: Document) -> None:
        new = f"{name}_renamed"
        _rename(name, new)(node["properties"])
        if name in node.get("required", []):
            node["required"] = [new if item == name else item for item in node["required"]]

    return change


def _rename_scheme(name: str) -> Change:
    """Rename a security scheme where it is defined and wherever it is used."""

    def change(node: Any) -> None:
        new = f"{name}Renamed"
        _rename(name, new)(node["components"]["securitySchemes"])
        for item in node["paths"].values():
            for operation in cast("Document", item).values():
                for requirement in operation.get("security", []):
                    _rename(name, new)(requirement)

    return change
