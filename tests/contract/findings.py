"""What the contract checks have to say: one kind of record for all of them.

No finding holds personal data: values stand in it by their type and their shape only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tests.contract.json_values import is_array, is_object

Kind = Literal["breach", "drift"]
"""A breach is a failure. Drift is worth knowing, and fails nothing."""

EXCERPT = 160
"""How many characters of a value an excerpt shows."""

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_.-]*[0-9]{0,3}")


@dataclass(frozen=True)
class Finding:
    """One deviation.

    Attributes:
        kind: Whether it is a failure.
        code: Its name, such as `wrong-type`; the same deviation always has the same one.
        path: The JSON path of the value, or the part of the message, such as `status`.
        expected: What the document, or what is known of the API, asks for.
        received: What came instead: a type, a status, a media type.
        excerpt: The shape of what came, without its content.
        where: The first exchange that showed it.
        count: How often it was seen.
    """

    kind: Kind
    code: str
    path: str
    expected: str = ""
    received: str = ""
    excerpt: str = ""
    where: str = ""
    count: int = 1

    @property
    def key(self) -> tuple[str, str]:
        """What makes two findings the same: the code, and the path in any element of an array."""
        return self.code, generic(self.path)

    def __str__(self) -> str:
        text = f"{self.code} at {self.path}"
        if self.expected or self.received:
            text += f": expected {self.expected or 'nothing'}, received {self.received}"
        if self.excerpt:
            text += f", such as {self.excerpt}"
        return text


class Findings:
    """Findings, the same ones counted instead of repeated."""

    def __init__(self, found: Iterable[Finding] = ()) -> None:
        self._by_key: dict[tuple[str, str], Finding] = {}
        self.add(found)

    def add(self, found: Iterable[Finding]) -> None:
        """Add findings; of the same ones the first is kept, with the count of all."""
        for finding in found:
            known = self._by_key.setdefault(finding.key, replace(finding, count=0))
            self._by_key[finding.key] = replace(known, count=known.count + finding.count)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    @property
    def breaches(self) -> list[Finding]:
        """Those that are failures."""
        return [finding for finding in self if finding.kind == "breach"]

    @property
    def drift(self) -> list[Finding]:
        """Those that are not."""
        return [finding for finding in self if finding.kind == "drift"]


def generic(path: str) -> str:
    """A JSON path with every position in an array as `[*]`."""
    return re.sub(r"\[\d+\]", "[*]", path)


def json_path(place: Sequence[str | int]) -> str:
    """A place as a JSON path, with names that might be personal by their shape."""
    return "$" + "".join(map(_step, place))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    name = public_name(step)
    return f".{name}" if name.isidentifier() else f"[{json.dumps(name, ensure_ascii=False)}]"


def public_name(name: str) -> str:
    """The name of a member, by its shape if it may be an identifier, a key or an address."""
    return name if len(name) <= 40 and _PLAIN_NAME.fullmatch(name) else shape(name)[:40]


def shape(text: str) -> str:
    """Text with every letter as `a` or `A` and every digit as `9`: its form without its content."""
    return "".join(
        "9" if char.isdigit() else ("A" if char.isupper() else "a") if char.isalpha() else char
        for char in text
    )


def excerpt(value: Any) -> str:
    """A JSON value by its shape, cut to a readable length."""
    text = _shaped(value)
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def _shaped(value: Any) -> str:
    if is_array(value):
        return f"[{', '.join(_shaped(item) for item in value[:3])}]"
    if is_object(value):
        members = (f'"{public_name(name)}": {_shaped(item)}' for name, item in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return shape(repr(value)[:EXCERPT])
    return json.dumps(
        shape(value[:EXCERPT]) if isinstance(value, str) else value, ensure_ascii=False
    )
