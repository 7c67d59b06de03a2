"""Rows that are kept as the bytes of their response, which take less memory than all its models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .._array import Parser, RepeatedMemberError
from .._operation import Array, Reader

PIECE = 32_768
"""How many bytes are decoded at once: what they become fits into the caches of a processor."""


class KeptRows:
    """The rows of a response, which are decoded whenever they are iterated over.

    Attributes:
        body: The response without its rows, once they have been iterated over.
        kinds: The type of each column.
    """

    def __init__(self, array: Array[Any, Any], content: bytes) -> None:
        self._array = array
        self._content = content
        self._count = 0
        self.body: Any = None
        self.kinds: Mapping[str, Any] = {}

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        parser, count = Parser(self._array), 0
        for start in range(0, len(self._content), PIECE):
            rows = parser.feed(self._content[start : start + PIECE])
            count += len(rows)
            yield from rows
        rows = parser.end()
        yield from rows
        self.body, self._count = parser.body(), count + len(rows)


def keeping(
    array: Array[Any, Any],
    attribute: str,
    find_kinds: Callable[[Iterable[Any]], Mapping[str, Any]],
    whole: Reader[Any],
) -> Reader[Any]:
    """A reader of a response that keeps its rows as bytes.

    Args:
        array: The array of rows.
        attribute: The attribute of the response that has them.
        find_kinds: Finds the columns of rows. It iterates over all of them, which checks them.
        whole: The reader of the whole response.
    """

    def read(content: bytes, content_type: str) -> Any:
        rows = KeptRows(array, content)
        try:
            rows.kinds = find_kinds(rows)
        except RepeatedMemberError:
            return whole(content, content_type)
        setattr(rows.body, attribute, rows)
        return rows.body

    return read
