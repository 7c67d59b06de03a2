"""What the templates show of the client: its keys, its server, its docstring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen
from openapi_python_client.strings import PythonIdentifier

from generator.client import reserved
from generator.client.views.docstrings import (
    docstring,
    literal_lines,
    paragraphs,
    raw,
    section,
    sentence,
)
from generator.errors import GeneratorError
from generator.spec import operations
from generator.spec.values import is_array, is_object


@frozen
class Scheme:
    """A security scheme, as ``Client`` takes its key."""

    name: str
    argument: str
    header: str
    prefix: str
    environment: list[str]
    notes: dict[str, list[str]]
    description: list[str]


def schemes(document: Mapping[str, Any], prefix: str) -> list[Scheme]:
    """The security schemes of the document.

    Raises:
        GeneratorError: A scheme is of a kind that the client has not.
    """
    found: list[Scheme] = []
    for name, scheme in document.get("components", {}).get("securitySchemes", {}).items():
        match scheme:
            case {"type": "http", "scheme": str(kind)} if kind.lower() == "bearer":
                header, before = "Authorization", "Bearer "
            case {"type": "apiKey", "in": "header", "name": str(header)}:
                before = ""
            case _:
                raise GeneratorError(
                    f"#/components/securitySchemes/{name}: only http bearer and apiKey in a header "
                    "are supported"
                )
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", header):
            raise GeneratorError(f"securitySchemes.{name}: {header!r} is no name of a header")
        environment: Any = scheme.get("x-environment-variables", [])
        if not is_array(environment) or not all(isinstance(item, str) for item in environment):
            raise GeneratorError(
                f"securitySchemes.{name}: x-environment-variables is no list of names"
            )
        notes: Any = scheme.get("x-environment-variable-notes", {})
        if not is_object(notes) or not notes.keys() <= set(environment):
            raise GeneratorError(
                f"securitySchemes.{name}: x-environment-variable-notes has other names than "
                "x-environment-variables"
            )
        argument = str(PythonIdentifier(name, prefix))
        description = literal_lines(sentence(scheme.get("description")), 76)
        said = {key: literal_lines(sentence(str(note)), 76) for key, note in notes.items()}
        found.append(Scheme(name, argument, header, before, environment, said, description))
    arguments = [scheme.argument for scheme in found]
    for argument in arguments:
        if argument in reserved.IN_CONSTRUCTOR or arguments.count(argument) > 1:
            raise GeneratorError(
                f"securitySchemes: {argument!r} is taken by another argument of Client"
            )
    return found


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
    return docstring(title, paragraphs(raw(info.get("description"))), default="The client.")


def client_arguments(document: Mapping[str, Any], found: list[Scheme], package: str) -> str:
    """The section of the docstring with the arguments that depend on the document."""
    arguments = [
        (scheme.argument, "".join(scheme.description) + default_of(scheme)) for scheme in found
    ]
    url = f"The default is {package.upper()}_BASE_URL of the environment, else "
    arguments.append(("base_url", f"The URL of the API. {url}{server_url(document)}."))
    return section("Args", arguments)


def default_of(scheme: Scheme) -> str:
    """Where the key of a scheme comes from if it is not given, as the end of a text."""
    variables = " or ".join(scheme.environment)
    return f" The default is {variables} of the environment." if variables else ""
