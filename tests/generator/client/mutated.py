"""Bodies with mistakes and oddities, and a comparison of two ways to read a body."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import attrs
import pytest

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9][-+.0-9eE]*|true|false|null')
_MEMBER = re.compile(
    rb'"(?:[^"\\]|\\.)*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?[0-9][-+.0-9eE]*|true|false|null)'
)

_VALUES = (
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1E400", b"0.1e1", b"3.0", b"1e2",
    b"-0", b"-0.0", b"01", b"1.", b".5", b"+1", b"1e", b"9007199254740993",
    b"9223372036854775807", b"9223372036854775808", b"18446744073709551615",
    b"18446744073709551616", b"-9223372036854775809", b"9" * 60, b"1" * 400, b"9" * 4301,
    b"5e-324", b"1e-400", b"1.7976931348623157e308", b"1.7976931348623159e308",
    b"0.1000000000000000055511151231257827", b"true", b"false", b"null", b"[]", b"{}", b"[1,[2]]",
    b'{"a":null}', b'""', b'"1"', b'"2026-08-23"', b'"2026-08-23 00:00:00"', b'"2026-02-30"',
    b'"2026-08-23T10:00:00Z"', b'"00000000-0000-4000-8000-000000000001"', b'"\\ud800"',
    b'"\\udc00\\ud800"', b'"\\ud83d\\ude00"', b'"\xed\xa0\x80"', b'"\xff"', b'"\xc3\xa9"',
    b'"\x00"', b'"\x1f"', b'"\x7f"', b'"a\nb"', b'"\\u00e9\\/\\n"', b'"\\x"', b"tru", b"'a'",
    b"[" * 1200 + b"]" * 1200,
)  # fmt: skip
_NAMES = (
    b'"cached_tokens"', b'"date"', b'"data"', b'"error"', b'""', b'"a\\"b"', b'"\\ud800"',
    b'"\xff"', b'"\x00"', b'"self"', b'"additional_properties"', b'"\xc3\xa9"', b'"usag\\u0065"',
)  # fmt: skip


def mutated(bodies: list[Any], number: int, seed: int = 0) -> Iterator[bytes]:
    """So many copies of ``bodies``, each changed in up to three places, the same each time."""
    rng = random.Random(seed)
    texts = [json.dumps(body, separators=(",", ":")).encode() for body in bodies]
    for _ in range(number):
        content = rng.choice(texts)
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            content = rng.choice(_CHANGES)(content, rng)
        yield content


def _value(content: bytes, rng: random.Random) -> bytes:
    """Another value, or name, in place of one."""
    return _replaced(content, _TOKEN, rng, lambda _: rng.choice(_VALUES))


def _name(content: bytes, rng: random.Random) -> bytes:
    return _replaced(content, _TOKEN, rng, lambda _: rng.choice(_NAMES))


def _twice(content: bytes, rng: random.Random) -> bytes:
    return _replaced(content, _MEMBER, rng, lambda found: found + b"," + found)


def _more(content: bytes, rng: random.Random) -> bytes:
    """One member more: unknown, or there a second time with another value."""
    added = rng.choice(_NAMES) + b":" + rng.choice(_VALUES)
    before = rng.random() < 0.5
    return _replaced(
        content, _MEMBER, rng, lambda found: b",".join((added, found) if before else (found, added))
    )


def _less(content: bytes, rng: random.Random) -> bytes:
    return _replaced(content, _MEMBER, rng, lambda _: b'"less":0')


def _bytes(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content) + 1)
    return (
        content[:place]
        + rng.choice((b"", b"\x00", b"\xff", b" ", b"}", b'"'))
        + content[place + 1 :]
    )


def _form(content: bytes, rng: random.Random) -> bytes:
    text = content.decode("utf-8", "surrogateescape")
    codec = rng.choice(("utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"))
    return rng.choice(
        (
            text.encode(codec, "surrogatepass"),
            b" \n\r\t" + content + b"\n ",
            b"\x0c" + content,
            content + content,
            content[: rng.randrange(len(content) + 1)],
        )
    )


_CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_value,) * 6, _name, _twice, *(_more,) * 2, _less, _bytes, _form,
)  # fmt: skip


def _replaced(
    content: bytes, what: re.Pattern[bytes], rng: random.Random, make: Callable[[bytes], bytes]
) -> bytes:
    found = list(what.finditer(content))
    if not found:
        return content
    match = rng.choice(found)
    return content[: match.start()] + make(match[0]) + content[match.end() :]


def exact(value: Any) -> Any:
    """All of a decoded value: types, order, the sign of zero, and which members are absent."""
    kind: Any = value.__class__
    if attrs.has(kind):
        members = [(field.name, getattr(value, field.name)) for field in attrs.fields(kind)]
        return kind, [(name, exact(member)) for name, member in members]
    members_of: dict[str, Any] = value
    items_of: list[Any] = value
    if isinstance(value, dict):
        return [(name, exact(member)) for name, member in members_of.items()]
    if isinstance(value, list):
        return [exact(item) for item in items_of]
    return kind, repr(value)


def outcome(package: Any, operation: Any, status: int, content: bytes) -> Any:
    """The result of reading a body: the value, or the error with its place."""
    try:
        return exact(operation.read_success(status, content, "application/json"))
    except package.errors.ResponseValidationError as error:
        return "refused", error.path, error.expected, error.received


def _none(_decoder: object) -> None:
    """There is no reader."""


@contextmanager
def plain(package: ModuleType) -> Generator[None]:
    """Reading as it is where msgspec is not installed."""
    fast: Any = package._fast
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "parser", lambda: None)
        patch.setattr(fast, "reader", _none)
        yield
