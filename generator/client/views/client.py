"""What the templates show of the client: its keys, its server, its docstring."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrs import frozen
from openapi_python_client.strings import PythonIdentifier

from generator.client import reserved
from generator.client.views.docstrings import (
    docstring,
    literal_lines,
    paragraph,
    section,
    sentence,
)
from generator.errors import GeneratorError
from generator.spec import operations
from generator.spec.values import is_array

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class Scheme:
    """A security scheme, as ``Client`` takes its key."""

    name: str
    argument: str
    header: str
    prefix: str
    environment: list[str]
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
        argument = str(PythonIdentifier(name, prefix))
        description = literal_lines(sentence(scheme.get("description")), 76)
        found.append(Scheme(name, argument, header, before, environment, description))
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


def client_docstring(document: Mapping[str, Any], found: list[Scheme], package: str) -> str:
    """The docstring of ``Client``."""
    info = document["info"]
    variable = f"{package.upper()}_BASE_URL"
    keys = [
        (
            scheme.argument,
            "".join(scheme.description)
            + (
                f" The default is {' or '.join(scheme.environment)} of the environment."
                * bool(scheme.environment)
            ),
        )
        for scheme in found
    ]
    arguments = [
        *keys,
        (
            "base_url",
            f"The URL of the API. The default is {variable} of the environment, "
            f"else {server_url(document)}.",
        ),
        (
            "timeout",
            "Seconds that apply separately to connecting and to each read and write of every "
            "attempt; it is not a limit on the whole call. Or an ``httpx.Timeout``, of which "
            "``httpx.Timeout(None)`` waits without end.",
        ),
        (
            "max_retries",
            "How many retries may follow the first attempt of a call, if the failure looks "
            "temporary and the method is idempotent.",
        ),
        ("headers", "Headers to send with every call."),
        (
            "verify_ssl",
            "How to verify servers: a bool, a path or an ``ssl.SSLContext``.",
        ),
        ("follow_redirects", "Whether to follow redirects; a key is sent to its own origin only."),
        (
            "httpx_args",
            "More arguments of ``httpx.Client`` and ``httpx.AsyncClient``, such as ``proxy``.",
        ),
        (
            "http_library",
            "``httpx2`` uses the maintained fork of httpx, which the extra [httpx2] installs.",
        ),
    ]
    parts = (
        paragraph(sentence(info.get("description"))),
        paragraph(
            "One client can serve many threads and many event loops. ``with_headers``, "
            "``with_timeout`` and ``with_max_retries`` return copies that share its connections. "
            "Its ``with`` block closes them at the end."
        ),
        section("Args", arguments),
        section(
            "Raises",
            [("ConfigurationError", "An argument or an environment variable is invalid.")],
        ),
    )
    return docstring(f"A client for {sentence(info['title'])}", *parts)
