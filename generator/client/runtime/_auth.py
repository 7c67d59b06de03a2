"""Keys: where the client finds them, how it checks them, and how it keeps them secret."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._http import httpx

Security = tuple[tuple[str, ...], ...]
"""The alternatives of an operation, each the names of the schemes that are used together."""


class Scheme:
    """A security scheme of the document, whose key is sent in a header.

    Attributes:
        argument: The argument of ``Client`` for the key.
        header: The header that sends the key.
        prefix: The part of the header's value before the key.
        environment: The environment variables to read, in this order, if the argument is not given.
        description: The document's description of the key.
        notes: What the document says of some of these variables.
    """

    in_url: ClassVar[bool] = False

    def __init__(
        self,
        argument: str,
        header: str,
        prefix: str,
        environment: tuple[str, ...],
        description: str,
        notes: Mapping[str, str] | None = None,
    ) -> None:
        self.argument = argument
        self.header = header
        self.prefix = prefix
        self.environment = environment
        self.description = description
        self.notes = notes or {}

    def credential(self, given: Credential | None) -> Credential | None:
        """The given key, else the first one in the environment variables.

        Raises:
            ConfigurationError: The key is malformed. The message does not show it.
        """
        if given is None:
            for variable in self.environment:
                if os.environ.get(variable):  # no local: a traceback may show locals
                    source = f"the environment variable {variable}"
                    note = self.notes.get(variable, "")
                    given = Credential(self.from_text(os.environ[variable]), source, note)
                    break
        if given is not None and (problem := self.problem(given.key)):
            raise ConfigurationError(f"the key of {given.source} {problem}")
        return given

    def hint(self, used: Credential) -> str:
        """What to do if the server refuses the key."""
        source = f"The client used the key of {used.source}."
        return " ".join(filter(None, (self.description, source, used.note)))

    def missing(self) -> str:
        """How to provide the key, for the error that it is missing."""
        variables = f", or set {' or '.join(self.environment)}" if self.environment else ""
        return f"no key: pass {self.argument}=…{variables}. {self.description}".rstrip()

    def from_text(self, text: str) -> Any:
        """The argument of ``Client`` for a text, which comes from a variable or a file."""
        return text

    def problem(self, key: Any) -> str | None:
        """What is wrong with a key, without showing it; None if it is well-formed."""
        if not isinstance(key, str):
            return f"must be a str, not {type(key).__name__}"
        if not key.strip():
            return "is blank"
        if not key.isascii():
            return "contains characters that are not ASCII"
        if self.prefix.strip() and key.lower().startswith(self.prefix.lower()):
            return f"begins with {self.prefix.strip()!r}: give only the key"
        if not key.isprintable() or " " in key:
            return "contains white space or a control character, such as a line end"
        return None

    def add(self, request: httpx.Request, key: Any) -> None:
        """Add a key to a request, unless the caller has set the header."""
        if self.header not in request.headers:
            request.headers[self.header] = self.prefix + key

    def remove(self, request: httpx.Request) -> None:
        """Remove the key from a request."""
        request.headers.pop(self.header, None)

    def secrets(self, key: Any) -> list[str]:
        """The texts by which a server that repeats the key would reveal it."""
        return [key]


class Credential:
    """A key. Its repr does not show it, and it cannot be pickled.

    Attributes:
        key: The key.
        source: Where the key comes from, as words for a message.
        note: What the document says of this source.
    """

    __slots__ = ("key", "note", "source")

    def __init__(self, key: Any, source: str, note: str = "") -> None:
        self.key = key
        self.source = source
        self.note = note

    @classmethod
    def given(cls, key: object, argument: str) -> Credential | None:
        """The key that was given as an argument; None if there was no such argument."""
        return None if key is None else cls(key, f"the argument {argument}")

    def __repr__(self) -> str:
        return f"<key of {self.source}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key cannot be pickled")


class Keys:
    """The keys of a client, by the names of their schemes.

    Args:
        schemes: The schemes of the document.
        given: The keys that were given as arguments.
        required: Whether no operation can be called without a key.

    Raises:
        ConfigurationError: A key is malformed, or there is none and one is required.
    """

    __slots__ = ("_credentials", "_schemes")

    def __init__(
        self,
        schemes: Mapping[str, Scheme],
        given: Mapping[str, Credential | None],
        *,
        required: bool,
    ) -> None:
        self._schemes = schemes
        self._credentials: dict[str, Credential] = {}
        for name, scheme in schemes.items():
            if credential := scheme.credential(given[name]):
                self._credentials[name] = credential
        if required and not self._credentials:
            raise self._missing(schemes)

    def __bool__(self) -> bool:
        return bool(self._credentials)

    def _missing(self, names: Iterable[str]) -> ConfigurationError:
        return ConfigurationError("; ".join(self._schemes[name].missing() for name in names))

    def used_for(self, security: Security) -> tuple[str, ...]:
        """The schemes that a call uses: the first alternative whose keys are all there.

        Raises:
            ConfigurationError: There is no such alternative.
        """
        for alternative in security:
            if all(name in self._credentials for name in alternative):
                return alternative
        if security:
            raise self._missing(dict.fromkeys(name for names in security for name in names))
        return ()

    def add_to(self, request: httpx.Request, security: Security) -> None:
        """Add the keys of a call to its request."""
        for name in self.used_for(security):
            self._schemes[name].add(request, self._credentials[name].key)

    def remove_from(self, request: httpx.Request) -> None:
        """Remove all keys from a request."""
        for scheme in self._schemes.values():
            scheme.remove(request)

    def in_query(self) -> set[str]:
        """The query parameters that send keys."""
        return {scheme.header for scheme in self._schemes.values() if scheme.in_url}

    def headers(self) -> set[str]:
        """The headers that send keys, in lower case."""
        return {scheme.header.lower() for scheme in self._schemes.values()}

    def redact(self, content: bytes) -> bytes:
        """``content`` without the keys, which some servers repeat in their errors."""
        for name, credential in self._credentials.items():
            for secret in self._schemes[name].secrets(credential.key):
                content = content.replace(secret.encode(), b"[key]")
        return content

    def hint(self, security: Security) -> str:
        """A description of the keys of a call, for the error of a server that refuses them."""
        used = self.used_for(security)
        return " ".join(self._schemes[name].hint(self._credentials[name]) for name in used)
