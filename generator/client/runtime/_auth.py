"""Keys: where the client finds them, how it checks them, and how it keeps them secret."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from typing import NoReturn, cast

from attrs import field, frozen

from .errors import ConfigurationError


@frozen
class Scheme:
    """A security scheme of the document.

    Attributes:
        argument: The argument of ``Client`` for the key.
        header: The header that sends the key.
        prefix: The part of the header's value before the key.
        environment: The environment variables to read, in this order, if the argument is not given.
        description: The document's description of the key.
        notes: What the document says of some of these variables.
    """

    argument: str
    header: str
    prefix: str
    environment: tuple[str, ...]
    description: str
    notes: Mapping[str, str] = field(factory=dict[str, str])

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
                    given = Credential(os.environ[variable], source, note)
                    break
        if given is not None and (problem := given.problem(self.prefix)):
            raise ConfigurationError(f"the key of {given.source} {problem}")
        return given

    def hint(self, used: Credential) -> str:
        """What to do if the server refuses the key."""
        source = f"The client used the key of {used.source}."
        return " ".join(filter(None, (self.description, source, used.note)))

    def missing(self) -> str:
        """How to provide the key, for the error that there is none."""
        variables = f", or set {' or '.join(self.environment)}" if self.environment else ""
        return f"no key: pass {self.argument}=…{variables}. {self.description}".rstrip()


class Credential:
    """A key. Its repr does not show it, and it cannot be pickled.

    Attributes:
        source: Where the key comes from, as words for a message.
        note: What the document says of this source.
    """

    __slots__ = ("_key", "note", "source")

    def __init__(self, key: str, source: str, note: str = "") -> None:
        self._key = key
        self.source = source
        self.note = note

    @classmethod
    def given(cls, key: str | None, argument: str) -> Credential | None:
        """The key that was given as an argument; None if there was no such argument."""
        return None if key is None else cls(key, f"the argument {argument}")

    def __repr__(self) -> str:
        return f"<key of {self.source}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key cannot be pickled")

    def problem(self, prefix: str) -> str | None:
        """What is wrong with the key, without showing it; None if it is well-formed."""
        key = self._key
        if not isinstance(cast("object", key), str):
            return f"must be a str, not {type(key).__name__}"
        if not key.strip():
            return "is blank"
        if not key.isascii():
            return "contains characters that are not ASCII"
        if prefix.strip() and key.lower().startswith(prefix.lower()):
            return f"begins with {prefix.strip()!r}: give only the key"
        if not key.isprintable() or " " in key:
            return "contains white space or a control character, such as a line end"
        return None

    def apply(self, headers: MutableMapping[str, str], scheme: Scheme) -> None:
        """Put the key into the headers of a request."""
        headers[scheme.header] = scheme.prefix + self._key

    def redact(self, content: bytes) -> bytes:
        """``content`` without the key, which some servers repeat in their errors."""
        return content.replace(self._key.encode(), b"[key]")
