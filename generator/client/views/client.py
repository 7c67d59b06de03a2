"""What the templates show of the client: its server and its docstring."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.client.views.docstrings import docstring, paragraphs, raw, section, sentence
from generator.client.views.security import Scheme, usage_notes
from generator.spec import operations

#: The URL of a server as it is: without variables, a query, a fragment or a user name.
ABSOLUTE_URL = re.compile(r"https?://[^\s{}\"'\\\\?#@]+")


def server_url(document: Mapping[str, Any]) -> str:
    """The URL of the first server; empty if it is relative or incomplete: a caller must give it."""
    url = operations.base_url(document)
    if not document.get("servers"):
        url = next(filter(ABSOLUTE_URL.fullmatch, _own_servers(document)), url)
    return url if ABSOLUTE_URL.fullmatch(url) else ""


def _own_servers(document: Mapping[str, Any]) -> Iterator[str]:
    for _, _, item, operation in operations.operations(document):
        yield operations.own_server(item, operation)


def client_docstring(document: Mapping[str, Any]) -> str:
    """The beginning of the docstring of ``Client``."""
    info = document["info"]
    title = f"A client for {sentence(info['title'])}"
    return docstring(
        title,
        paragraphs(raw(info.get("description"))),
        usage_notes(document),
        default="The client.",
    )


def client_arguments(document: Mapping[str, Any], found: list[Scheme], package: str) -> str:
    """The section of the docstring with the arguments that depend on the document."""
    arguments = [(scheme.argument, scheme.documentation) for scheme in found]
    url = f"The default is {package.upper()}_BASE_URL of the environment"
    server = server_url(document)
    url += f", else {server}." if server else "; the document names no server."
    arguments.append(("base_url", f"The URL of the API. {url}"))
    return section("Args", arguments)
