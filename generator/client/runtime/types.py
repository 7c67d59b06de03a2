"""Types that operations and models share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Generic, Literal, TypeVar

from attrs import field, frozen

T = TypeVar("T")


class Unset:
    """The type of ``UNSET``."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
"""The value of an optional field that is absent from the body; None means null."""


def brief(value: Any) -> str:
    """A short repr: the first item of a list, and how many follow."""
    items: list[Any] = value
    if isinstance(value, list) and len(items) > 1:
        return f"[{items[0]!r}, … and {len(items) - 1} more]"
    return repr(items)


def _short(content: bytes) -> str:
    return f"<{len(content)} bytes>"


@frozen
class Response(Generic[T]):
    """What a ``_detailed`` function returns: the HTTP response and its decoded body.

    Attributes:
        status_code: The HTTP status, any integer.
        content: The body, decompressed.
        headers: The headers. Names are matched in any case.
        parsed: The decoded body; None if the document has no body for this status, or if the body
            of an error does not match it.
    """

    status_code: int
    content: bytes = field(repr=_short)
    headers: Mapping[str, str] = field(repr=False)
    parsed: T | None


__all__ = ["UNSET", "Response", "Unset"]
