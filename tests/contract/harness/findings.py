"""Findings: the deviations that the checks report.

A finding shows the type and the shape of a value, never its content, which may be personal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from generator.spec.values import is_array, is_object

Kind = Literal["breach", "error", "drift"]
"""A breach is a failure. An error is a reason why nothing could be checked, such as an outage.
Drift is reported, and is no failure."""

Place = tuple[str | int, ...]
"""Where in a JSON value: names of members and positions in arrays."""

EXCERPT = 160
"""The longest excerpt, in characters."""

_STATUS = re.compile(r"[1-5][0-9]{2}")

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_.-]*[0-9]{0,3}")


@dataclass(frozen=True)
class Finding:
    """One deviation."""

    kind: Kind  # whether it is a failure
    code: str  # its name, such as `wrong-type`
    path: str  # the JSON path of the value, or the part of the message, such as `status`
    expected: str = ""  # what the document, or what is known of the API, requires
    received: str = ""  # what came instead: a type, a status, a media type
    excerpt: str = ""  # the shape of what came
    where: str = ""  # the first exchange that showed it
    count: int = 1  # how often it was seen
    labels: frozenset[str] = frozenset()  # all exchanges that showed it

    @property
    def key(self) -> tuple[str, str]:
        """Code and path identify a finding; the positions in arrays do not count."""
        return self.code, generic(self.path)

    def __str__(self) -> str:
        text = f"{self.code} at {self.path}"
        if self.expected or self.received:
            text += f": expected {self.expected or 'nothing'}, received {self.received}"
        return f"{text}, such as {self.excerpt}" if self.excerpt else text


TO_DO = {
    "unknown-parameter": "learn what the API does with it, and add it to facts.py and the sandbox",
    "undocumented-parameter": "the API accepts it: ask upstream, or document it by the overlay",
    "unknown-status": "record a sample when the API sends it",
    "undocumented-status": "document it, or `default`, by an overlay action",
    "status-not-named": "nothing, unless the API sends it often: then document it",
    "undocumented-body": "give the response a schema by an overlay action",
    "no-schema": "give the response a schema by an overlay action",
    "unknown-field": "document it by an overlay action, or add it to KNOWN_DRIFT in facts.py",
    "never-present": "record a sample that has it, or add it to KNOWN_DRIFT in facts.py",
    "always-whole": "make it an integer by an overlay action, or add it to KNOWN_DRIFT in facts.py",
    "repeated-row": "learn which field tells the rows apart",
    "allows-more": "restrict the document by an overlay action, unless the API sends such values",
}
"""What a maintainer does about drift, by its name."""

FORBIDDEN = (
    "the document forbids what is recorded of the API: correct it by an overlay action; "
    "if the API has changed, correct the sample or facts.py"
)
"""What a maintainer does about a document that contradicts the facts."""


class Findings:
    """Findings; equal ones are counted, not repeated."""

    def __init__(self, found: Iterable[Finding] = ()) -> None:
        self._by_key: dict[tuple[Kind, str, str], Finding] = {}
        self.add(found)

    def add(self, found: Iterable[Finding]) -> None:
        """Add findings. Of equal ones the first is kept, with the count of all."""
        for finding in found:
            key = (finding.kind, *finding.key)
            known = self._by_key.setdefault(key, replace(finding, count=0))
            labels = known.labels | finding.labels | {finding.where}
            self._by_key[key] = replace(known, count=known.count + finding.count, labels=labels)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._by_key.values())

    @property
    def breaches(self) -> list[Finding]:
        """The failures."""
        return [finding for finding in self if finding.kind == "breach"]

    @property
    def errors(self) -> list[Finding]:
        """The reasons why not everything was checked."""
        return [finding for finding in self if finding.kind == "error"]

    @property
    def drift(self) -> list[Finding]:
        """What is no failure."""
        return [finding for finding in self if finding.kind == "drift"]


def generic(path: str) -> str:
    """A JSON path with `[*]` for every position in an array."""
    return re.sub(r"\[\d+\]", "[*]", path)


def json_path(place: Place) -> str:
    """A place as a JSON path. Names that may be personal are shown by their shape."""
    return "$" + "".join(map(_step, place))


def replaced(value: Any, place: Place, new: Any) -> Any:
    """A copy of a JSON value with another value at a place; `...` removes the member there.

    Raises:
        LookupError: There is no such place.
    """
    if not place:
        return new
    copy = value.copy()
    copy[place[0]] = replaced(value[place[0]], place[1:], new)
    if copy[place[0]] is ...:
        del copy[place[0]]
    return copy


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    name = public_name(step)
    return f".{name}" if name.isidentifier() else f"[{json.dumps(name, ensure_ascii=False)}]"


def public_name(name: str) -> str:
    """The name of a member; its shape if it may be an identifier, a key or an address."""
    return name if len(name) <= 40 and _PLAIN_NAME.fullmatch(name) else shape(name)[:40]


def shape(text: str) -> str:
    """Text with every letter as `a` or `A`, and every digit as `9`."""
    return "".join(
        "9" if char.isdigit() else ("A" if char.isupper() else "a") if char.isalpha() else char
        for char in text
    )


def excerpt(value: Any, name: str = "") -> str:
    """The shape of the JSON value of that name, at most `EXCERPT` characters long."""
    text = _shaped(value, name)
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def _shaped(value: Any, name: str = "") -> str:
    if name == "code" and _STATUS.fullmatch(str(value)):
        return json.dumps(value)  # a status is not personal, and its shape says nothing
    if is_array(value):
        return f"[{', '.join(_shaped(item) for item in value[:3])}]"
    if is_object(value):
        members = (f'"{public_name(name)}": {_shaped(item, name)}' for name, item in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return shape(repr(value)[:EXCERPT])
    text = shape(value[:EXCERPT]) if isinstance(value, str) else value
    return json.dumps(text, ensure_ascii=False)
