"""Say which parts of a document the client leaves out, such as webhooks. They are no error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.client.normalise.pointers import mapped
from generator.client.operations.requests import is_ignored
from generator.client.views.client import server_url
from generator.spec.operations import operations, security_schemes
from generator.spec.references import objects, pointer, resolve
from generator.spec.values import as_array, as_object


def notes(document: Mapping[str, Any]) -> list[str]:
    """One line for each kind of thing that is left out, with its first place."""
    kinds = {
        "header parameters that OpenAPI says to ignore": list(_ignored_headers(document)),
        "security schemes that no operation uses": list(_unused_schemes(document)),
        "values of discriminators, whose schemas the document lacks": list(_unmapped(document)),
        "webhooks: a client does not receive calls": [
            f"#/webhooks{pointer([name])}" for name in as_object(document.get("webhooks"))
        ],
        "callbacks: a client does not receive calls": list(_below(document, "callbacks")),
        "links: a client does not follow them": list(_below(document, "links")),
    }
    found = [
        f"left out: {kind} ({places[0]}{f' and {len(places) - 1} more' * (len(places) > 1)})"
        for kind, places in kinds.items()
        if places
    ]
    if not server_url(document):
        found.append("#/servers: no absolute URL without variables, so that Client needs base_url")
    return found


def _ignored_headers(document: Mapping[str, Any]) -> Iterator[str]:
    for place, _, item, operation in operations(document):
        for declared in (*as_array(item.get("parameters")), *as_array(operation.get("parameters"))):
            parameter = as_object(resolve(document, declared))
            if is_ignored(parameter):
                yield f"{place}/parameters: {parameter['name']}"


def _unused_schemes(document: Mapping[str, Any]) -> Iterator[str]:
    used = {
        name
        for _, _, _, operation in operations(document)
        for option in operation.get("security", document.get("security", []))
        for name in option
    }
    for name in security_schemes(document):
        if name not in used:
            yield f"#/components/securitySchemes{pointer([name])}"


def _unmapped(document: Mapping[str, Any]) -> Iterator[str]:
    schemas = as_object(as_object(document.get("components")).get("schemas"))
    for place, node in objects(document):
        rule = node.get("discriminator")
        for value, target in as_object(as_object(rule).get("mapping")).items():
            if isinstance(target, str) and mapped(target, schemas) is None:
                yield f"{place}/discriminator/mapping{pointer([value])}"


def _below(document: Mapping[str, Any], keyword: str) -> Iterator[str]:
    """The places of callbacks or links. A property with such a name is none of them."""
    for place, node in objects(document):
        holds = "responses" in node or "description" in node or place == "#/components"
        if holds and "type" not in node and "properties" not in node:
            for name in as_object(node.get(keyword)):
                yield f"{place}/{keyword}{pointer([name])}"
