"""What the templates show of the keys of a client: the security schemes that operations use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen
from openapi_python_client.strings import PythonIdentifier

from generator.client import reserved
from generator.client.views.docstrings import literal_lines, sentence
from generator.errors import GeneratorError
from generator.spec.operations import operations, security_schemes
from generator.spec.references import pointer
from generator.spec.values import is_array, is_object

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@frozen
class Scheme:
    """A security scheme, as ``Client`` takes its key.

    Attributes:
        kind: Its class in the package.
        header: The name of its header, query parameter or cookie.
    """

    name: str
    argument: str
    kind: str
    header: str
    prefix: str
    environment: list[str]
    notes: dict[str, list[str]]
    description: list[str]

    @property
    def annotation(self) -> str:
        """The type of its argument."""
        return "tuple[str, str]" if self.kind == "BasicScheme" else "str"

    @property
    def documentation(self) -> str:
        """What the argument is, and where the key comes from if it is not given."""
        text = "".join(self.description)
        if self.kind == "BasicScheme":
            text += " A user name and a password; a variable has them as ``user:password``."
        variables = " or ".join(self.environment)
        return text + f" The default is {variables} of the environment." * bool(variables)


#: What the user of a client does for a scheme that takes no key, by its type or HTTP scheme.
_WITHOUT_KEY = {
    "digest": 'httpx_args={"auth": httpx.DigestAuth(user, password)}',
    "mutualtls": "verify_ssl=context, an ssl.SSLContext that has loaded the client's certificate",
}


def _without_key(scheme: Mapping[str, Any]) -> str | None:
    """How to use a scheme for which the client takes no key; None for any other."""
    kind = str(scheme["scheme"] if scheme["type"] == "http" else scheme["type"])
    return _WITHOUT_KEY.get(kind.lower())


def _requirements(document: Mapping[str, Any], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = data.get("security", document.get("security", []))
    return found


def alternatives(document: Mapping[str, Any], data: Mapping[str, Any]) -> list[list[str]]:
    """The alternatives of an operation, each the schemes whose keys are sent together.

    An alternative without a key comes last, so that a key that is there is sent. Where two schemes
    of an alternative name the same token of the same header, one is enough.
    """
    schemes = security_schemes(document)
    found: list[list[str]] = []
    for option in _requirements(document, data):
        sent: dict[Any, str] = {}
        for name in option:
            scheme = schemes[name]
            if _without_key(scheme) is None:
                sent.setdefault(name if scheme["type"] == "apiKey" else _prefix(scheme), name)
        found.append(list(sent.values()))
    found.sort(key=lambda names: not names)
    return found if any(found) else []


def _prefix(scheme: Mapping[str, Any]) -> str:
    """The part of ``Authorization`` before the key."""
    kind = str(scheme.get("scheme", "bearer"))
    return f"{kind.title() if kind.lower() in ('basic', 'bearer') else kind} "


def _used(document: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The schemes that operations use; no call would send the key of any other."""
    schemes = security_schemes(document)
    used: set[str] = set()
    for _, _, _, data in operations(document):
        used |= {name for names in alternatives(document, data) for name in names}
        used |= {
            name
            for option in _requirements(document, data)
            for name in option
            if _without_key(schemes[name])
        }
    return [(name, schemes[name]) for name in schemes if name in used]


def schemes(document: Mapping[str, Any], prefix: str) -> list[Scheme]:
    """The security schemes that operations use and that take a key.

    Raises:
        GeneratorError: The client cannot send the key of a scheme.
    """
    found: list[Scheme] = []
    for name, scheme in _used(document):
        place = f"#/components/securitySchemes{pointer([name])}"
        if _without_key(scheme) is not None:
            continue
        match scheme:
            case {"type": "http", "scheme": str(kind)} if kind.lower() == "basic":
                cls, header, before = "BasicScheme", "Authorization", _prefix(scheme)
            case {"type": "apiKey", "in": "query" | "cookie" as where, "name": str(header)}:
                cls, before = f"{where.title()}Scheme", ""
            case {"type": "apiKey", "in": "header", "name": str(header)}:
                cls, before = "Scheme", ""
            case _:  # for oauth2 and openIdConnect, a bearer token
                cls, header, before = "Scheme", "Authorization", _prefix(scheme)
        if cls != "QueryScheme" and not _TOKEN.fullmatch(header):
            where = "a cookie" if cls == "CookieScheme" else "a header"
            raise GeneratorError(f"{place}: {header!r} is no name of {where}")
        if before and not _TOKEN.fullmatch(before.rstrip(" ")):
            raise GeneratorError(f"{place}: {before[:-1]!r} is no name of an HTTP scheme")
        environment: Any = scheme.get("x-environment-variables", [])
        if not is_array(environment) or not all(isinstance(item, str) for item in environment):
            raise GeneratorError(f"{place}: x-environment-variables is no list of names")
        notes: Any = scheme.get("x-environment-variable-notes", {})
        if not is_object(notes) or not notes.keys() <= set(environment):
            raise GeneratorError(
                f"{place}: x-environment-variable-notes has other names than "
                "x-environment-variables"
            )
        said = {key: literal_lines(sentence(str(note)), 76) for key, note in notes.items()}
        argument = str(PythonIdentifier(name, prefix))
        description = literal_lines(sentence(scheme.get("description")), 76)
        found.append(Scheme(name, argument, cls, header, before, environment, said, description))
    _check(document, found)
    return found


def _check(document: Mapping[str, Any], found: list[Scheme]) -> None:
    arguments = [scheme.argument for scheme in found]
    for scheme in found:
        if scheme.argument in reserved.IN_CONSTRUCTOR or arguments.count(scheme.argument) > 1:
            raise GeneratorError(
                f"#/components/securitySchemes{pointer([scheme.name])}: {scheme.argument!r} is "
                "taken by another argument of Client: rename the scheme by security_schemes in the "
                "configuration"
            )
    headers = {
        scheme.name: scheme.name
        if scheme.kind in ("QueryScheme", "CookieScheme")
        else scheme.header.lower()
        for scheme in found
    }
    for place, _, _, data in operations(document):
        for names in alternatives(document, data):
            if len({headers[name] for name in names}) < len(names):
                raise GeneratorError(
                    f"{place}/security: {' and '.join(names)} are sent together in one header"
                )


def usage_notes(document: Mapping[str, Any]) -> str:
    """What the docstring of ``Client`` says of the schemes that take no key."""
    return " ".join(
        f"For the security scheme {name}, pass {how}."
        for name, scheme in _used(document)
        if (how := _without_key(scheme))
    )
