"""Read a body in pieces, and give the items of its array as they come.

Values and errors are those of the whole body. An item is complete when the next one begins. The
parser guesses where the last item of a piece begins; valid JSON before it confirms the guess.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import re
from typing import Any, Generic, TypeVar

from . import _decode as decode
from . import _fast
from ._operation import Array, invalid_json, too_deep
from .errors import ResponseValidationError

BodyT = TypeVar("BodyT")
ItemT = TypeVar("ItemT")

_SPACE = b" \t\n\r"
_SPACES = re.compile(r"[ \t\n\r]*")
_OPENING = re.compile(rb'\{[ \t\n\r]*"(?:[^"\\]|\\.)*"[ \t\n\r]*:')
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_one_value = json.JSONDecoder(parse_constant=decode.no_constant).raw_decode


class RepeatedMemberError(ResponseValidationError):
    """The body has two members of the array's name; of a whole body, the last one counts."""


class Parser(Generic[BodyT, ItemT]):
    """Parses a body in pieces of any size. It keeps no item that it has given.

    Attributes:
        breach: The first item that breaks the contract, as an error. No item after it is given.
        faulty: The JSON value of that item.
        content: The body without the items that were given, after its end.
    """

    def __init__(self, array: Array[BodyT, ItemT]) -> None:
        self.breach: ResponseValidationError | None = None
        self.faulty: Any = None
        self._array = array
        self._count = 0
        self._head = b""  # up to the first item, once the array is found
        self._start = 0  # how many characters of the rest come before an item: a comma
        self._opening = b""  # how the first item begins
        self._rest = b""  # what is not parsed yet, before the pieces
        self._pieces: list[bytes] = []
        self._size = 0
        self._least = 0.0  # the size from which parsing the rest is tried again
        self._passed = _Passed()
        self._value: Any = None
        self.content = b""

    def feed(self, piece: bytes) -> list[ItemT]:
        """The items that the next piece of the body completes."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size < self._least:
            return []
        self._join()
        items = self._complete() if self._head or self._begin() else []
        self._size = len(self._rest)
        if self._least < float("inf"):
            self._least = 0.0 if items else 2.0 * self._size
        return items

    def end(self) -> list[ItemT]:
        """The last items, after the last piece.

        Raises:
            ResponseValidationError: The body is not valid JSON.
        """
        self._join()
        content = self.content = self._head + self._rest
        try:
            self._value = decode.parse(content)
        except ValueError as error:
            message = self._passed.shifted(error, self._head)
            raise invalid_json(message, content) from None
        name = self._array.name
        if self._head:
            pairs: list[tuple[str, Any]] = json.loads(content, object_pairs_hook=list)
            if [member for member, _ in pairs].count(name) > 1:
                raise RepeatedMemberError("JSON", f"an object with two members {name!r}")
        members: dict[str, Any] = self._value
        if not isinstance(self._value, dict) or not isinstance(members.get(name), list):
            return []
        values: list[Any] = members[name]
        members[name] = []
        return self._decoded(values[self._start :])

    def body(self) -> BodyT:
        """The body without its items, after the end.

        Raises:
            ResponseValidationError: The body breaks the contract.
        """
        if self.breach:
            self._value[self._array.name] = [self.faulty]
        try:
            body = self._array.body(self._value)
            if self.breach is None:
                return body
        except RecursionError:
            raise too_deep() from None
        except ResponseValidationError as error:
            # This is the error of the item, now the first one, or of a member before the array.
            path = self.breach and error.path.replace("[0]", f"[{self._count}]", 1)
            if self.breach is None or self.breach.path != path:
                raise
        raise self.breach

    def _join(self) -> None:
        self._rest = b"".join([self._rest, *self._pieces])
        self._pieces = []

    def _begin(self) -> bool:
        """Find the beginning of the array."""
        name = json.dumps(self._array.name, ensure_ascii=False).encode()
        pattern = rb"[ \t\n\r]*".join([re.escape(name), rb":", rb"\["])
        if not (found := re.search(pattern, self._rest)):
            return False
        head = self._rest[: found.end()]
        with contextlib.suppress(ValueError):
            value: Any = decode.parse(head + b"]}")
            if isinstance(value, dict) and [*value.items()][-1] == (self._array.name, []):
                self._rest = self._rest.removeprefix(_BYTE_ORDER_MARK)
                self._head = head.removeprefix(_BYTE_ORDER_MARK)
                self._pass(len(self._head))
                return True
        self._least = float("inf")  # only the whole body can be read
        return False

    def _complete(self) -> list[ItemT]:
        """The items before the last one."""
        if not self._opening and (found := _OPENING.search(self._rest)):
            self._opening = found[0]
        end = self._rest.rfind(self._opening) if self._opening else 0
        before = self._rest[: max(end, 0)].rstrip(_SPACE)
        if before.endswith(b","):
            end = len(before) - 1
            content = b"[%b]" % before[self._start : end]
            if items := self._fast(content):
                self._pass_items(end)
                return items
            with contextlib.suppress(ValueError):
                if values := decode.parse(content):
                    self._pass_items(end)
                    return self._decoded(values)
        values, end = self._scan()
        if values:
            self._pass_items(end)
        return self._decoded(values)

    def _scan(self) -> tuple[list[Any], int]:
        """The JSON values before the last one, and where they end."""
        values: list[Any] = []
        text, end, start = "", 0, self._start
        with contextlib.suppress(ValueError, RecursionError):
            text, _ = codecs.utf_8_decode(self._rest, "surrogatepass", False)
            while True:
                value, after = _one_value(text, _after_spaces(text, start))
                after = _after_spaces(text, after)
                if text[after : after + 1] != ",":
                    break
                values.append(value)
                end, start = after, after + 1
        return values, len(text[:end].encode("utf-8", "surrogatepass"))

    def _pass_items(self, end: int) -> None:
        self._pass(end)
        if not self._start:
            # A number replaces the items, so that the rest is parsed as in the whole body.
            self._head += b"0"
            self._start = 1

    def _pass(self, end: int) -> None:
        self._passed.add(self._rest[:end])
        self._rest = self._rest[end:]

    def _fast(self, content: bytes) -> list[ItemT]:
        """The items of an array by the fast path; none if there is no such path for them."""
        reader = None if self.breach else _fast.reader(self._array.item)
        items: list[ItemT] = []
        if reader:
            with contextlib.suppress(*_fast.REFUSALS, ResponseValidationError):
                items = reader.read_array(content)
        self._count += len(items)
        return items

    def _decoded(self, values: list[Any]) -> list[ItemT]:
        items: list[ItemT] = []
        if self.breach:
            return items
        try:
            for value in values:
                items.append(self._array.item(value))  # noqa: PERF401 - see `decode.array`
        except (ResponseValidationError, RecursionError) as error:
            index = self._count + len(items)
            self.faulty = values[len(items)]
            if isinstance(error, RecursionError):
                self.breach = too_deep()
            else:
                self.breach = error.inside(index).inside(self._array.name)
        self._count += len(items)
        if items and (reader := _fast.reader(self._array.item)):
            reader.expect_unknown_of(items[0])
        return items


def _after_spaces(text: str, start: int) -> int:
    found = _SPACES.match(text, start)
    return found.end() if found else start


class _Passed:
    """How much of a body is parsed, for the places that errors name."""

    def __init__(self) -> None:
        self._bytes = self._characters = self._lines = self._column = 0

    def add(self, piece: bytes) -> None:
        """Add the next piece."""
        text = piece.decode("utf-8", "surrogatepass")
        self._bytes += len(piece)
        self._characters += len(text)
        self._lines += text.count("\n")
        self._column = _column(text, self._column)

    def shifted(self, error: ValueError, head: bytes) -> str:
        """The message of an error in a body whose parsed part is only ``head``."""
        if isinstance(error, json.JSONDecodeError):
            before = error.doc[len(head.decode("utf-8", "surrogatepass")) : error.pos]
            line, column = self._lines + before.count("\n"), _column(before, self._column)
            place = self._characters + len(before)
            return f"{error.msg}: line {line + 1} column {column + 1} (char {place})"
        if isinstance(error, UnicodeError):
            shift = self._bytes - len(head)
            return re.sub(r"[0-9]+(?=[-:])", lambda found: str(int(found[0]) + shift), str(error))
        return str(error)


def _column(text: str, before: int) -> int:
    """The characters of the last line, of which ``before`` are before the text."""
    _, line_end, last = text.rpartition("\n")
    return len(last) if line_end else before + len(last)
