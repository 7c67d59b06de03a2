"""What the templates show of the client: its server and its docstring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.client.views.docstrings import docstring, paragraphs, raw, section, sentence
from generator.client.views.security import Scheme, usage_notes
from generator.errors import GeneratorError
from generator.spec import operations


def server_url(document: Mapping[str, Any]) -> str:
    """The URL of the first server.

    Raises:
        GeneratorError: A client could not use it without its user's help.
    """
    url = operations.base_url(document)
    if not re.fullmatch(r"https?://[^\s{}\"'\\]+", url):
        raise GeneratorError(
            f"servers[0].url: expected an absolute http or https URL, found {url!r}"
        )
    return url


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
    url = f"The default is {package.upper()}_BASE_URL of the environment, else "
    arguments.append(("base_url", f"The URL of the API. {url}{server_url(document)}."))
    return section("Args", arguments)
