"""The operations of a document, and what OpenAPI says of all operations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.spec.references import path_items, pointer
from generator.spec.values import as_array, as_object

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: The style of a parameter that names none.
DEFAULT_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
#: The styles that a parameter may have, by its location.
STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
#: The header parameters that OpenAPI ignores, in lower case.
IGNORED_HEADERS = {"accept", "authorization", "content-type"}


def operations(
    document: Mapping[str, Any],
) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Each operation with its place, its path, and the item of that path, references followed."""
    for path, item in path_items(document).items():
        for method in METHODS:
            if method in item:
                yield f"#/paths{pointer([path])}/{method}", path, item, as_object(item[method])


def parameters(item: Mapping[str, Any], operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters of an operation without references, and then those of its path."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for owner in (operation, item):
        for parameter in owner.get("parameters", []):
            # The operation's own parameter replaces that of its path.
            found.setdefault((parameter["in"], parameter["name"]), parameter)
    return list(found.values())


def path_shape(path: str) -> str:
    """A path without the names of its parameters: two paths of one shape are the same path."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def base_url(document: Mapping[str, Any]) -> str:
    """The URL of the first server, which may be relative to the URL of the document."""
    servers = as_array(document.get("servers")) or [{"url": "/"}]
    return _with_defaults(servers[0]).rstrip("/")


def own_server(item: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    """The URL of the first server of an operation or else of its path; empty if there is none."""
    for owner in (operation, item):
        for server in as_array(owner.get("servers")):
            return _with_defaults(server).rstrip("/") or "/"
    return ""


def _with_defaults(server: Mapping[str, Any]) -> str:
    url = str(server["url"])
    for name, variable in as_object(server.get("variables")).items():
        url = url.replace(f"{{{name}}}", str(as_object(variable).get("default")))
    return url


def security_schemes(document: Mapping[str, Any]) -> dict[str, Any]:
    """The security schemes of a document, by name."""
    return as_object(as_object(document.get("components")).get("securitySchemes"))


def scheme_signature(scheme: Mapping[str, Any]) -> tuple[str, ...]:
    """What a scheme adds to a request: two schemes of one signature are the same to a server."""
    keys = ("type", "scheme", "in", "name")
    return tuple(str(scheme[key]).lower() for key in keys if key in scheme)
