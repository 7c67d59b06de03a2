"""The page of the contract: openapi.yaml in tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from generator.client.views.docstrings import without_relative_links
from generator.spec.operations import operations, parameters
from generator.spec.references import inlined, resolve

Object = Mapping[str, Any]
LIMITS = (
    *("format", "x-value-format", "pattern", "const", "default", "minimum", "exclusiveMinimum"),
    *("maximum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
    *("minItems", "maxItems", "uniqueItems"),
)


def page(document: Path) -> str:
    """The Markdown of the page."""
    spec: Object = inlined(
        yaml.safe_load(without_relative_links(document.read_text(encoding="utf-8")))
    )
    sections = [part for found in operations(spec) for part in operation(spec, *found)]
    return "\n\n".join([*head(spec, document.name), *sections, *schemas(spec)]) + "\n"


def head(spec: Object, name: str) -> Iterator[str]:
    """The introduction, and what applies to all operations."""
    info: Object = spec["info"]
    yield "# The contract"
    yield (
        f"What [{name}]({name}) says, in tables: {info['title']}, version {info['version']}, "
        f"as OpenAPI {spec['openapi']}."
    )
    if text := info.get("description"):
        yield str(text)
    servers = [code(server["url"]) for server in spec.get("servers", [])]
    if servers:
        yield f"Server: {', '.join(servers)}"
    schemes: Object = spec.get("components", {}).get("securitySchemes", {})
    if schemes:
        yield "## Security"
        yield table(
            ("scheme", "type", "description"),
            (
                (code(key), scheme_type(scheme), scheme.get("description", ""))
                for key, scheme in schemes.items()
            ),
        )


def scheme_type(scheme: Object) -> str:
    """How the key of a security scheme is sent."""
    if scheme["type"] == "apiKey":
        return f"{scheme['in']} {code(scheme['name'])}"
    return " ".join(str(scheme[key]) for key in ("type", "scheme") if key in scheme)


def operation(spec: Object, place: str, path: str, item: Object, found: Object) -> Iterator[str]:
    """The section of one operation: parameters, body, responses and examples."""
    title = f"{place.rpartition('/')[2].upper()} {path}"
    yield f"## {title}"
    yield from (str(found[key]) for key in ("summary", "description") if key in found)
    facts = [f"Operation {code(found['operationId'])}"] if "operationId" in found else []
    facts += [f"tag {code(tag)}" for tag in found.get("tags", [])]
    security = found.get("security", spec.get("security", []))
    facts += [
        f"security {' or '.join(code(' + '.join(one) or 'none') for one in security)}"
    ] * bool(security)
    if facts:
        yield ", ".join(facts) + "."
    if declared := parameters(item, found):
        yield f"### Parameters of {title}"
        yield table(
            ("name", "in", "type", "required", "description"),
            (
                (
                    code(one["name"]),
                    one["in"],
                    kind(one.get("schema", {})),
                    required(one.get("required")),
                    about(one, one.get("schema", {})),
                )
                for one in declared
            ),
        )
    if "requestBody" in found:
        body = resolve(spec, found["requestBody"])
        yield f"### Body of {title}"
        yield table(
            ("content type", "type", "required"),
            (
                (code(media), kind(content.get("schema", {})), required(body.get("required")))
                for media, content in body["content"].items()
            ),
        )
    yield f"### Responses of {title}"
    responses = {status: resolve(spec, one) for status, one in found["responses"].items()}
    yield table(
        ("status", "description", "content type", "body"),
        (
            (
                code(status),
                one["description"],
                code(media) if media else "",
                kind(content.get("schema", {})) if content else "",
            )
            for status, one in responses.items()
            for media, content in contents(one)
        ),
    )
    for status, one in responses.items():
        for _, content in contents(one):
            if "example" in content:
                yield f"An example with status {code(status)}:"
                example = json.dumps(content["example"], indent=2, ensure_ascii=False, default=str)
                yield f"```json\n{example}\n```"


def contents(response: Object) -> Iterable[tuple[str, Object]]:
    """The media types of a response, or one empty media type."""
    found: Object = response.get("content") or {"": {}}
    return found.items()


def schemas(spec: Object) -> Iterator[str]:
    """The sections of the named schemas."""
    for name, schema in spec.get("components", {}).get("schemas", {}).items():
        yield f"## {name} {{#{anchor(name)}}}"
        if text := schema.get("description"):
            yield str(text)
        if "properties" not in schema:
            yield f"{kind(schema)}. {limits(schema)}".strip()
        if found := list(fields(schema)):
            yield table(("field", "type", "required", "description"), found)


def fields(schema: Object | bool, place: str = "") -> Iterator[tuple[str, str, str, str]]:
    """The fields of a schema and of its inline schemas, such as ``address.city``."""
    if isinstance(schema, bool):
        return
    needed = schema.get("required", [])
    properties: Object = schema.get("properties", {})
    for name, one in properties.items():
        described: Object = {} if isinstance(one, bool) else one
        yield (
            code(f"{place}{name}"),
            kind(one),
            required(name in needed),
            about(described, described),
        )
        yield from fields(one, f"{place}{name}.")
    for word in ("allOf", "anyOf", "oneOf"):
        parts: list[Object | bool] = schema.get(word, [])
        for part in parts:
            yield from fields(part, place)
    if "items" in schema:
        yield from fields(schema["items"], f"{place.removesuffix('.')}[].")
    if "additionalProperties" in schema:
        yield from fields(schema["additionalProperties"], f"{place}*.")


def about(described: Object, schema: Object) -> str:
    """The description, followed by the limits."""
    return " ".join(filter(None, (str(described.get("description", "")), limits(schema))))


def limits(schema: Object) -> str:
    """The constraints of a schema, other than its type."""
    found = [f"{key.removeprefix('x-')} {code(schema[key])}" for key in LIMITS if key in schema]
    if "enum" in schema:
        found.append(f"one of {', '.join(map(code, schema['enum']))}")
    return f"({', '.join(found)})" if found else ""


def kind(schema: Object | bool) -> str:
    """The type of a schema in words, with links to named schemas."""
    if isinstance(schema, bool) or not schema:
        return "" if schema is False else "any"
    if reference := schema.get("$ref"):
        name = str(reference).rpartition("/")[2]
        return f"[{name}](#{anchor(name)})"
    for word, joint in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
        if word in schema:
            return joint.join(kind(one) for one in schema[word])
    if schema.get("type") == "array":
        return f"array of {kind(schema.get('items', {}))}"
    named: str | list[str] = schema.get("type", "any")
    return " or ".join(named) if isinstance(named, list) else named


def required(value: object) -> str:
    """The cell of a column that says yes or no."""
    return "yes" if value else "no"


def anchor(name: str) -> str:
    """The anchor of a schema."""
    return f"schema-{name}"


def code(value: object) -> str:
    """A value of the document as code, with Markdown and HTML escaped."""
    text = re.sub(r"[^\w\s/.-]|_", lambda found: f"&#{ord(found[0])};", str(value))
    return f"<code>{text.replace('&#124;', '&#124;<wbr>')}</code>"


def table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table. A bar or line end in a cell is escaped or replaced."""
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(
        "| " + " | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in line) + " |"
        for line in lines
    )
