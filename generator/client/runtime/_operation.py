"""An operation of the document: its request, and how to decode each of its responses."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Generic, TypeVar

from . import _decode as decode
from . import _fast
from ._encode import is_model
from .errors import ResponseValidationError

T = TypeVar("T")
SuccessT = TypeVar("SuccessT")
ErrorT = TypeVar("ErrorT")

Reader = Callable[[bytes, str], T]
"""Decodes a body; the second argument is its Content-Type."""

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s\";]*)", re.IGNORECASE)


class OtherMediaTypeError(ResponseValidationError):
    """The body is of a documented media type that the operation does not read."""


def json_body(decoder: decode.Decoder[T]) -> Reader[T]:
    """A reader of JSON. It is UTF-8 whatever the Content-Type says (RFC 8259)."""

    def read(content: bytes, _: str) -> T:
        fast_path = _fast.reader(decoder)
        if fast_path:
            with contextlib.suppress(*_fast.REFUSALS, ResponseValidationError):
                decoded: T = fast_path.read(content)
                return decoded
        try:
            value = decode.parse(content)
        except ValueError as error:
            raise invalid_json(str(error), content) from None
        try:
            decoded = decoder(value)
        except RecursionError:
            raise too_deep() from None
        if fast_path:
            fast_path.expect_unknown_of(decoded)
        return decoded

    return read


def invalid_json(message: str, content: bytes) -> ResponseValidationError:
    """The error for a body that is not JSON."""
    return ResponseValidationError("JSON", f"invalid JSON ({message})" if content else "no body")


def too_deep() -> ResponseValidationError:
    """The error for a body that Python cannot decode."""
    return ResponseValidationError("JSON", "JSON that is nested too deeply")


def text_body(content: bytes, content_type: str) -> str:
    """Read a body of text. It is UTF-8 if its Content-Type does not say otherwise."""
    charset = _CHARSET.search(content_type)
    try:
        return content.decode(charset[1] if charset else "utf-8", errors="replace")
    except (LookupError, UnicodeError):
        return content.decode("utf-8", errors="replace")


def bytes_body(content: bytes, _: str) -> bytes:
    """Read a body of bytes."""
    return content


def no_body(_content: bytes, _content_type: str) -> None:
    """Ignore the body: the document says that this response has none."""


def one_of_several(reader: Reader[T], read: tuple[str, ...], others: tuple[str, ...]) -> Reader[T]:
    """``reader`` for a response that may have other media types than those that are read."""

    def choose(content: bytes, content_type: str) -> T:
        came = content_type.partition(";")[0].strip().lower()
        if not _matches(came, read) and _matches(came, others):
            reads = "a _detailed function returns unparsed"
            if came == "text/event-stream":
                reads = "the _stream method reads"
            raise OtherMediaTypeError(" or ".join(read) or "no body", f"{came}, which {reads}")
        return reader(content, content_type)

    return choose


def _matches(media_type: str, ranges: tuple[str, ...]) -> bool:
    return any(fnmatchcase(media_type, pattern) for pattern in ranges)


def _reader(readers: Mapping[str, Reader[T]], status_code: int) -> Reader[T] | None:
    for pattern in (str(status_code), f"{status_code // 100}XX", "default"):
        if pattern in readers:
            return readers[pattern]
    return None


class Array(Generic[SuccessT, T]):
    """The one array of a success, whose items can be read one by one.

    Attributes:
        name: The member of the success that has it.
        body: The decoder of the success.
        item: The decoder of an item.
    """

    __slots__ = ("body", "item", "name")

    def __init__(self, name: str, body: decode.Decoder[SuccessT], item: decode.Decoder[T]) -> None:
        self.name = name
        self.body = body
        self.item = item


class Operation(Generic[SuccessT, ErrorT]):
    """An operation of the document.

    Attributes:
        method: The HTTP method, in capitals.
        path: The path of the document, with its parameters in braces.
        server: The URL of its own server; empty if it is the client's.
        security: The alternatives, each the names of the security schemes that are used together.
            Empty if no key is sent.
        query: By name of a query parameter, the argument that gives it.
        accept: The media types of a success.
        success: By status of a success, the reader of its body; "2XX" and "default" match the rest.
        errors: The same for errors.
    """

    __slots__ = ("accept", "errors", "method", "path", "query", "security", "server", "success")

    def __init__(
        self,
        *,
        method: str,
        path: str,
        server: str = "",
        security: tuple[tuple[str, ...], ...] = (),
        query: Mapping[str, str] = MappingProxyType({}),
        accept: str = "*/*",
        success: Mapping[str, Reader[SuccessT]],
        errors: Mapping[str, Reader[ErrorT]],
    ) -> None:
        self.method = method
        self.path = path
        self.server = server
        self.security = security
        self.query = query
        self.accept = accept
        self.success = success
        self.errors = errors

    def read_success(self, status_code: int, content: bytes, content_type: str) -> SuccessT:
        """The value of a success.

        Raises:
            ResponseValidationError: The document has no response of this status, or another body.
        """
        return self.success_reader(status_code)(content, content_type)

    def success_reader(self, status_code: int) -> Reader[SuccessT]:
        """The reader of a success.

        Raises:
            ResponseValidationError: The document has no response of this status.
        """
        reader = _reader(self.success, status_code)
        if reader is None:
            statuses = " or ".join(self.success)
            raise ResponseValidationError(f"status {statuses}", str(status_code))
        return reader

    def read_error(self, status_code: int, content: bytes, content_type: str) -> ErrorT | None:
        """The documented body of an error, or None if the body is another."""
        reader = _reader(self.errors, status_code)
        try:
            return reader(content, content_type) if reader else None
        except ResponseValidationError:
            return None

    def is_error(self, breach: ResponseValidationError, content: bytes, content_type: str) -> bool:
        """Whether a success that breaks the contract is an error: some servers send it under 200.

        It is an error if a required member of a success is missing or null, and the body is that of
        a documented error.
        """
        if breach.received not in ("nothing", "null") or breach.depth != 1:
            return False
        for reader in self.errors.values():
            try:
                body = reader(content, content_type)
            except ResponseValidationError:
                continue
            # A body without any documented member matches every error, and proves nothing.
            if is_model(body) and body.to_dict() != body.additional_properties:
                return True
        return False
